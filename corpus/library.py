"""The corpus in memory: every procedure, guide, FAQ and place of one state, looked up by code or id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.durations import write_duration
from corpus.faq import Faq
from corpus.figures import FigureSource
from corpus.guide import Guide
from corpus.place import Place
from corpus.record import Fee, Procedure


@dataclass(frozen=True)
class Library:
    """All that may be said. `drifted` names the guides that no longer agree with their record."""

    procedures: dict[str, Procedure]
    guides: dict[str, Guide] = field(default_factory=dict)
    faqs: dict[str, Faq] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    drifted: frozenset[str] = frozenset()

    def guide(self, code: str) -> Guide | None:
        """The guide over a procedure, None where there is none or it has drifted from its record."""
        return None if code in self.drifted else self.guides.get(code)

    def figures_of(self, code: str) -> FigureSource:
        """The figures that an answer on this procedure or FAQ may use."""
        if code in self.faqs:
            return FigureSource(faq_figures(self.faqs[code]))
        texts = list(record_texts(self.procedures[code]))
        guide = self.guide(code)
        return FigureSource([*texts, *(guide_figures(guide) if guide else ())])


def spell_amount(fee: Fee) -> str:
    """The amount of a fee in words: "20.000 đồng", "10 USD". The fee must have an amount."""
    if fee.amount is None:
        raise ValueError("a fee without an amount cannot be spelled")
    whole = f"{fee.amount:,.2f}".replace(",", "\0").replace(".", ",").replace("\0", ".").removesuffix(",00")
    return f"{whole} {'đồng' if fee.currency == 'VND' else fee.currency}"


def record_texts(procedure: Procedure) -> Iterable[str]:
    """Every text of a record that can hold a figure, with structured amounts and durations spelled out."""
    yield from (procedure.code, procedure.title, procedure.conditions, procedure.receiving_address)
    yield procedure.decision or ""
    yield from procedure.steps
    yield from procedure.results
    # 2.002165: an agency is named by "Điều 33 của Luật TNBTCNN năm 2017".
    yield from (*procedure.executing_agencies, *procedure.competent_agencies)
    yield from (*procedure.authorized_agencies, *procedure.coordinating_agencies)
    for basis in procedure.legal_basis:
        yield from (basis.code, basis.title)
    for submission in procedure.submissions:
        yield submission.description
        if submission.duration:
            yield write_duration(submission.duration)
        for fee in submission.fees:
            yield fee.note
            if fee.amount:
                yield spell_amount(fee)
    for case in procedure.cases:
        yield case.name or ""
        for paper in case.papers:
            yield paper.name
            yield from (f"{n} bản" for n in (paper.originals, paper.copies) if n)
            yield from (form.name for form in paper.forms)


def guide_figures(guide: Guide) -> Iterable[str]:
    """The figures a guide declares, with where they come from."""
    for figure in guide.figures:
        yield from (figure.text, figure.source)


def faq_figures(faq: Faq) -> Iterable[str]:
    """The figures an FAQ declares, and its sources' own numbers."""
    for figure in faq.figures:
        yield from (figure.text, figure.source)
    yield from (source.title for source in faq.sources)
    yield from faq.related
