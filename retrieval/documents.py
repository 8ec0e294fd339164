"""What is searched: each procedure and FAQ as a target, with the short texts (chunks) that may match a question.

Only short texts are indexed (titles, aliases, questions, names of cases): a question resembles them, and long clerk's
text would match everything. Scoring is `index` and `ranking`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from corpus.faq import Faq
from corpus.guide import Guide
from corpus.record import Level, Procedure


class TargetKind(StrEnum):
    """What an answer can be about."""

    PROCEDURE = "procedure"
    FAQ = "faq"


class ChunkKind(StrEnum):
    """Which text of a target a chunk is."""

    TITLE = "title"
    ALIAS = "alias"
    QUESTION = "question"
    CASE = "case"


@dataclass(frozen=True)
class Target:
    """A procedure or FAQ that can be found, with what ranking must know of it."""

    id: str
    kind: TargetKind
    title: str
    field: str = ""
    commune: bool = False
    citizen: bool = False
    guided: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For storing beside the index."""
        return asdict(self)


@dataclass(frozen=True)
class Chunk:
    """One short text of the target at position `target`."""

    target: int
    kind: ChunkKind
    text: str


def targets_of(procedures: Sequence[Procedure], faqs: Sequence[Faq], guides: dict[str, Guide]) -> list[Target]:
    """The targets, procedures first, each list in its own order."""
    found = [
        Target(
            p.code,
            TargetKind.PROCEDURE,
            p.title,
            p.field,
            Level.COMMUNE in p.levels,
            _for_citizens(p),
            p.code in guides,
        )
        for p in procedures
    ]
    return found + [Target(f.id, TargetKind.FAQ, f.question, f.topic, True, True, True) for f in faqs]


def chunks_of(procedures: Sequence[Procedure], faqs: Sequence[Faq], guides: dict[str, Guide]) -> list[Chunk]:
    """The chunks of the same targets; a text that a target repeats is kept once."""
    found: list[Chunk] = []
    for position, procedure in enumerate(procedures):
        found += _distinct(position, _procedure_texts(procedure, guides.get(procedure.code)))
    for position, faq in enumerate(faqs, start=len(procedures)):
        texts = [(ChunkKind.TITLE, faq.question), *((ChunkKind.QUESTION, v) for v in faq.variants)]
        found += _distinct(position, texts)
    return found


def _procedure_texts(procedure: Procedure, guide: Guide | None) -> Iterator[tuple[ChunkKind, str]]:
    yield ChunkKind.TITLE, procedure.title
    if guide:
        yield ChunkKind.ALIAS, guide.title
        yield from ((ChunkKind.ALIAS, alias) for alias in guide.aliases)
        yield from ((ChunkKind.QUESTION, question) for question in guide.questions)
    for case in procedure.cases:
        if case.name and not case.is_note:
            yield ChunkKind.CASE, case.name


def _distinct(target: int, texts: Iterable[tuple[ChunkKind, str]]) -> list[Chunk]:
    seen: set[str] = set()
    chunks = []
    for kind, text in texts:
        if text.lower() not in seen:
            seen.add(text.lower())
            chunks.append(Chunk(target, kind, text))
    return chunks


def _for_citizens(procedure: Procedure) -> bool:
    """Whether the record names citizens among those it is for; a record that names nobody may be for them."""
    return not procedure.subjects or any("công dân" in s.lower() or "cá nhân" in s.lower() for s in procedure.subjects)
