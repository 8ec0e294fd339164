"""The facts sheet: figures and names of the guided procedures as data, so that a fresh clone answers without import.

It is made from imported records by `motcua corpus facts` and holds no running text of theirs: codes, amounts, durations,
names of agencies, laws and results, dates. Guides are checked against it, and drift is measured from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import SourceFileError
from corpus.record import Fee, Procedure, Submission

FACTS = Path(__file__).parent / "facts" / "procedures.jsonl"

MAX_NOTE_WORDS = 6


def sheet_of(procedure: Procedure) -> Procedure:
    """The procedure's figures and names without its running text."""
    return procedure.model_copy(
        update={
            "submissions": tuple(_figures_only(s) for s in procedure.submissions),
            "cases": (),
            "steps": (),
            "conditions": "",
            "receiving_address": "",
            "sheet_only": True,
        }
    )


def _figures_only(submission: Submission) -> Submission:
    charged = [f for f in submission.fees if f.amount]
    kept = charged if len(charged) == 1 else [f for f in submission.fees if f.is_free and not charged]
    fees = tuple(Fee(kind=f.kind, amount=f.amount, currency=f.currency, note=_unit_only(f.note)) for f in kept[:1])
    return Submission(channel=submission.channel, duration=submission.duration, fees=fees)


def _unit_only(note: str) -> str:
    """A note of a few words, which is a unit ("/trang") and no sentence; several fees told apart by longer notes are
    left to the guide and the record."""
    return note if len(note.split()) <= MAX_NOTE_WORDS else ""


def write_facts(procedures: Iterable[Procedure], path: Path = FACTS) -> int:
    """Write the sheet, one procedure a line in order of code; returns how many."""
    lines = [sheet_of(p).model_dump_json(exclude_defaults=True) for p in sorted(procedures, key=lambda p: p.code)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


def read_facts(path: Path = FACTS) -> dict[str, Procedure]:
    """The facts sheet by code. Raises `SourceFileError` that names the line."""
    found = {}
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")  # a title may hold U+2028, no line end here
    for number, line in enumerate(lines if lines != [""] else [], 1):
        try:
            procedure = Procedure.model_validate_json(line)
        except ValidationError as error:
            raise SourceFileError(path, str(error.errors()[0]["msg"]), line=number) from error
        found[procedure.code] = procedure
    return found
