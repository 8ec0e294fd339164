"""Compares two states of the corpus, procedure by procedure and fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus.durations import write_duration
from corpus.library import Library, spell_amount
from corpus.record import Procedure


@dataclass(frozen=True)
class Change:
    """One difference; `before` is empty for what is new, `after` for what is gone."""

    id: str
    title: str
    fact: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.id} {self.title[:60]}: {self.fact} {self.before or '–'} → {self.after or '–'}"


def compare(before: Library | None, after: Library) -> list[Change]:
    """The differences from `before` (None: nothing was published) to `after`, in order of code."""
    earlier = before.procedures if before else {}
    changes = [
        c
        for code in sorted({*earlier, *after.procedures})
        for c in _procedure(code, earlier.get(code), after.procedures.get(code))
    ]
    for name, was, now in (
        ("guide", before.guides if before else {}, after.guides),
        ("FAQ", before.faqs if before else {}, after.faqs),
    ):
        changes += _entries(name, was, now)
    return changes


def _procedure(code: str, was: Procedure | None, now: Procedure | None) -> Iterator[Change]:
    known = now or was
    assert known
    if was is None or now is None:
        yield Change(code, known.title, "procedure", was.title if was else "", now.title if now else "")
        return
    for fact, read in FACTS.items():
        if read(was) != read(now):
            yield Change(code, known.title, fact, read(was), read(now))


def _entries(name: str, was: dict[str, Any], now: dict[str, Any]) -> Iterator[Change]:
    for key in sorted({*was, *now}):
        if was.get(key) != now.get(key):
            entry = now.get(key) or was[key]
            title = getattr(entry, "title", None) or entry.question
            yield Change(
                key,
                title,
                name,
                "there" if key in was else "",
                ("changed" if key in was else "new") if key in now else "",
            )


def _fees(procedure: Procedure) -> str:
    said = {
        f"{s.channel}: {spell_amount(f) if f.amount is not None else f.note}"
        for s in procedure.submissions
        for f in s.fees
    }
    return "; ".join(sorted(said))


def _durations(procedure: Procedure) -> str:
    return "; ".join(
        sorted({f"{s.channel}: {write_duration(s.duration)}" for s in procedure.submissions if s.duration})
    )


def _papers(procedure: Procedure) -> str:
    return "; ".join(sorted(p.name for c in procedure.cases if not c.is_note for p in c.papers))


FACTS: dict[str, Callable[[Procedure], str]] = {
    "title": lambda p: p.title,
    "fee": _fees,
    "duration": _durations,
    "papers": _papers,
    "agencies": lambda p: "; ".join(p.executing_agencies),
    "conditions": lambda p: p.conditions,
    "steps": lambda p: "\n".join(p.steps),
    "legal basis": lambda p: "; ".join(sorted(b.code for b in p.legal_basis)),
    "results": lambda p: "; ".join(p.results),
    "decision": lambda p: p.decision or "",
    "updated": lambda p: p.updated_on.isoformat() if p.updated_on else "",
}
