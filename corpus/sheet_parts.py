"""What a sheet of the portal prints, still as text: the common ground of the readers of .docx and .pdf."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.record import FeeKind


@dataclass(frozen=True, slots=True)
class PrintedFee:
    """One charge as printed; `kind` is None where the sheet prints none."""

    kind: FeeKind | None
    amount: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintedMethod:
    """A row of the table of ways to hand in."""

    channel: str
    time: str
    fees: tuple[PrintedFee, ...]
    description: str


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A row of a table of papers; `quantity` is the printed text."""

    name: str
    forms: str
    quantity: str


@dataclass(frozen=True, slots=True)
class PrintedCase:
    """A table of papers with the name above it."""

    name: str
    papers: tuple[PrintedPaper, ...]


@dataclass(frozen=True, slots=True)
class PrintedBasis:
    """A row of the table of legal bases; the .pdf prints no date and no issuer."""

    code: str
    title: str
    issued: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class SheetParts:
    """A whole sheet; texts that the sheet leaves empty are ""."""

    code: str
    title: str
    decision: str
    levels: str
    field: str
    subjects: str
    steps: str
    methods: tuple[PrintedMethod, ...]
    cases: tuple[PrintedCase, ...]
    legal_basis: tuple[PrintedBasis, ...]
    executing_agencies: str
    competent_agencies: str
    authorized_agencies: str
    coordinating_agencies: str
    address: str
    conditions: str
    results: tuple[str, ...]
    keywords: str
    description: str
