"""The facts sheet: figures and names of the guided procedures as data, so that a fresh clone answers without import.

It is made from imported records by `motcua corpus facts` and holds no running text of theirs: codes, amounts, times,
names of agencies, laws and results, dates. Guides are checked against it, and drift is measured from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import SourceFileError
from corpus.record import Fee, LegalBasis, Procedure, Submission

FACTS = Path(__file__).parent / "facts" / "procedures.json"

MAX_NOTE_WORDS = 6
MAX_NAME_WORDS = 12


def sheet_of(procedure: Procedure) -> Procedure:
    """The procedure's figures and names without its running text; a name as long as a sentence is cut short."""
    return procedure.model_copy(
        update={
            "title": _name(procedure.title),
            "submissions": tuple(_figures_only(s) for s in procedure.submissions),
            "cases": (),
            "steps": (),
            "conditions": "",
            "receiving_address": "",
            "note": "",
            "keywords": "",
            "legal_basis": tuple(LegalBasis(code=basis.code) for basis in procedure.legal_basis if basis.code),
            "results": tuple(_name(result) for result in procedure.results),
            "executing_agencies": tuple(_name(agency) for agency in procedure.executing_agencies),
            "competent_agencies": (),
            "authorized_agencies": (),
            "coordinating_agencies": (),
            "sheet_only": True,
        }
    )


def _name(text: str) -> str:
    words = text.split()
    return text if len(words) <= MAX_NAME_WORDS else " ".join(words[:MAX_NAME_WORDS]).rstrip(" ,;") + "…"


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
    """Write the sheet in order of code, one value a line so that a change reads well; returns how many."""
    sheets = [
        sheet_of(p).model_dump(mode="json", exclude_defaults=True) for p in sorted(procedures, key=lambda p: p.code)
    ]
    path.write_text(json.dumps(sheets, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(sheets)


def read_facts(path: Path = FACTS) -> dict[str, Procedure]:
    """The facts sheet by code. Raises `SourceFileError` that names the entry."""
    try:
        sheets = [Procedure.model_validate(raw) for raw in json.loads(path.read_text(encoding="utf-8"))]
    except ValidationError as error:
        raise SourceFileError(path, str(error.errors()[0]["msg"])) from error
    except (OSError, ValueError) as error:
        raise SourceFileError(path, f"cannot be read ({error}); make it again with `motcua corpus facts`") from error
    return {procedure.code: procedure for procedure in sheets}
