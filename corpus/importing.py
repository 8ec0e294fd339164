"""Imports the files that operators have: the portal's JSON, its printed sheets, FAQ workbooks.

Each file and each record is read on its own: one that cannot be read is reported and skipped, the rest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from corpus.errors import SourceFileError
from corpus.faq import Faq
from corpus.faq_workbook import read_faq_workbook
from corpus.json_records import read_json_records
from corpus.portal_json import read_record
from corpus.record import Procedure
from corpus.records import DraftStore
from corpus.scope import in_scope
from corpus.sheet import read_sheet

SHEETS = frozenset({".doc", ".docx", ".pdf"})
WORKBOOKS = frozenset({".xlsx", ".csv"})
Thing = TypeVar("Thing", Faq, Procedure)


@dataclass
class ImportReport:
    """What an import did, in numbers and in words; `problems` names every record and file that was skipped."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0
    out_of_scope: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.changed)} changed, {self.same} same, "
            f"{self.out_of_scope} of other provinces or between offices left out, {len(self.problems)} not read"
        )


def import_paths(
    paths: Sequence[Path], store: DraftStore, province: str, *, progress: Callable[[int], None] = lambda n: None
) -> ImportReport:
    """Import files and folders into the draft.

    `progress` is told how many records were read so far. Raises `CorpusError` when the draft cannot be written; it is
    then as it was.
    """
    report = ImportReport()
    procedures, faqs = store.procedures(), store.faqs()
    read = 0
    for path in _files(paths, report):
        try:
            for thing in _read(path, report):
                read += 1
                progress(read)
                if isinstance(thing, Faq):
                    _keep(thing.id, thing, faqs, report)
                elif in_scope(thing, province):
                    _keep(thing.code, thing, procedures, report)
                else:
                    report.out_of_scope += 1
        except (SourceFileError, OSError) as error:
            report.problems.append(str(error))
    if report.added or report.changed:
        store.keep_procedures(procedures)
        store.keep_faqs(faqs)
    return report


def _keep(key: str, thing: Thing, known: dict[str, Thing], report: ImportReport) -> None:
    if known.get(key) == thing:
        report.same += 1
        return
    (report.changed if key in known else report.added).append(key)
    known[key] = thing


def _files(paths: Sequence[Path], report: ImportReport) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and _kind(p))
        elif path.exists():
            yield path
        else:
            report.problems.append(f"{path}: no such file")


def _kind(path: Path) -> str:
    """ "json", "sheet", "workbook" by the file's name, "" for anything else."""
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst", ".zstd"):
        suffixes = suffixes[:-1]
    last = suffixes[-1] if suffixes else ""
    return (
        "json"
        if last in (".json", ".jsonl", ".ndjson")
        else "sheet"
        if last in SHEETS
        else ("workbook" if last in WORKBOOKS else "")
    )


def _read(path: Path, report: ImportReport) -> Iterator[Procedure | Faq]:
    kind = _kind(path)
    if kind == "sheet":
        yield read_sheet(path)
    elif kind == "workbook":
        yield from read_faq_workbook(path)
    elif kind == "json":
        yield from _records(path, report)
    else:
        raise SourceFileError(
            path,
            "not a kind of file that can be imported; use .json, .jsonl (.gz, .zst), .docx, .doc, .pdf, .xlsx or .csv",
        )


def _records(path: Path, report: ImportReport) -> Iterator[Procedure]:
    for number, raw in read_json_records(path):
        try:
            if isinstance(raw, Exception):
                raise ValueError(f"not JSON ({raw})")
            yield read_record(raw)
        except ValueError as error:
            report.problems.append(str(SourceFileError(path, _first_problem(error), line=number)))


def _first_problem(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"record skipped, {'.'.join(map(str, first['loc'])) or 'record'}: {first['msg']}"
    return f"record skipped, {error}"
