"""Tells whether a guide still agrees with the record that is loaded, figure by figure."""

from __future__ import annotations

from corpus.facts import sheet_of
from corpus.figures import FigureSource
from corpus.guide import Guide
from corpus.library import record_texts
from corpus.record import Procedure


def drift_of(guide: Guide, record: Procedure, facts: Procedure | None) -> list[str]:
    """What changed in the record since the guide was written, one sentence each; empty where nothing did.

    A record that was only published again, with the same facts, is no drift.
    """
    if record.sheet_only:
        return []
    held = FigureSource(record_texts(record))
    found = [
        f"{figure.text!r} is no longer in the record"
        for figure in guide.figures
        if figure.source == "record" and held.missing(figure.text)
    ]
    if facts is not None:
        now = sheet_of(record)
        for name, what in (
            ("submissions", "fees or durations"),
            ("executing_agencies", "agencies"),
            ("legal_basis", "legal basis"),
            ("results", "results"),
        ):
            if getattr(now, name) != getattr(facts, name):
                found.append(f"{what} differ from the facts sheet")
    return found
