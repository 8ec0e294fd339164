"""Tells whether a guide still agrees with the record that is loaded, figure by figure."""

from __future__ import annotations

from corpus.durations import write_duration
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
        if _charges(now) != _charges(facts):
            found.append("fees differ from the facts sheet")
        # The portal's PDF prints "1 ngày" where its record leaves the unit open: what is new there is no change.
        if not _durations(facts) <= _durations(now):
            found.append("durations differ from the facts sheet")
    return found


def changes_beside(record: Procedure, facts: Procedure | None) -> list[str]:
    """What else changed in the record: reported, but no reason to hide a guide, which does not state it."""
    if facts is None or record.sheet_only:
        return []
    now = sheet_of(record)
    compared = (("executing_agencies", "agencies"), ("legal_basis", "legal basis"), ("results", "results"))
    return [
        f"{what} differ from the facts sheet" for name, what in compared if getattr(now, name) != getattr(facts, name)
    ]


def _charges(sheet: Procedure) -> set[tuple[str, str]]:
    """Amounts by channel, without kinds and notes: the portal prints those otherwise in each of its formats."""
    return {(s.channel.value, str(fee.amount)) for s in sheet.submissions for fee in s.fees if fee.amount}


def _durations(sheet: Procedure) -> set[tuple[str, str]]:
    return {(s.channel.value, write_duration(s.duration)) for s in sheet.submissions if s.duration}
