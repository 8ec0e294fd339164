"""Step 6, decide: answer, ask back with two to five options, or say kindly that it is not ours."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answering.answer import Aspect, Option, Status
from answering.context import Context, Outcome, Part
from answering.texts import say
from corpus.library import Library
from retrieval.documents import TargetKind
from retrieval.search import Hit
from retrieval.text import fold

_ELSEWHERE = Path(__file__).parent / "language" / "elsewhere.yaml"

ANSWER_FROM = 0.30
"""Least score of an answer. Set on the development set and on invented questions about other things, 2026-11-22."""
CLEAR_SHARE = 0.42
"""Least share of an answer among all candidates; below it siblings are offered."""
OPTIONS = 5


@cache
def _elsewhere() -> list[dict[str, Any]]:
    return list(yaml.safe_load(_ELSEWHERE.read_text(encoding="utf-8")))


class Decide:
    """Decides for each part what becomes of it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __call__(self, context: Context) -> Context:
        """Set the outcome, the chosen target and the options of each part."""
        if (away := _done_elsewhere(context)) is not None:
            return away
        return context.having(parts=tuple(self._decided(part) for part in context.parts))

    def _decided(self, part: Part) -> Part:
        if part.kept:
            known = part.kept[0] in self._library.procedures or part.kept[0] in self._library.faqs
            return _chosen(part, part.kept[0], 1.0) if known else _ended(part, Status.OUT_OF_SCOPE, "unknown_code")
        if not part.hits:
            return _ended(part, Status.CLARIFY, "no_topic")
        top = part.hits[0]
        if top.score < ANSWER_FROM:
            return _ended(part, Status.OUT_OF_SCOPE, "no_match")
        rivals = _rivals(part.hits)
        if len(rivals) > 1 and _share(rivals) < CLEAR_SHARE:
            return replace(_ended(part, Status.CLARIFY, "siblings"), options=_options(rivals, self._library))
        return _chosen(part, top.target.id, top.score)


def _share(rivals: list[Hit]) -> float:
    return rivals[0].share / sum(h.share for h in rivals)


def _rivals(hits: tuple[Hit, ...]) -> list[Hit]:
    """The hits that could be meant as well; one of several with the same title stands for all of them."""
    kept: list[Hit] = []
    for hit in hits:
        if all(fold(hit.target.title) != fold(k.target.title) for k in kept):
            kept.append(hit)
    return kept


def _options(rivals: list[Hit], library: Library) -> tuple[Option, ...]:
    near = [h for h in rivals if h.logit > rivals[0].logit - 2.5][:OPTIONS]
    near = near if len(near) > 1 else rivals[:2]
    return tuple(Option(code=h.target.id, title=title_of(h.target.id, library)) for h in near)


def title_of(target: str, library: Library) -> str:
    """What people call a procedure: the guide's title, else the record's; an FAQ's question."""
    if target in library.faqs:
        return library.faqs[target].question
    guide = library.guide(target)
    return guide.title if guide else library.procedures[target].title


def _chosen(part: Part, target: str, confidence: float) -> Part:
    return replace(part, outcome=Outcome(Status.ANSWERED, "found"), chosen=target, confidence=round(confidence, 4))


def _ended(part: Part, status: Status, reason: str) -> Part:
    return replace(part, outcome=Outcome(status, reason))


def _done_elsewhere(context: Context) -> Context | None:
    plain = fold(context.text)
    if any(part.kept for part in context.parts):
        return None
    for entry in _elsewhere():
        if re.search(entry["pattern"], plain) and not ("unless" in entry and re.search(entry["unless"], plain)):
            return context.ending(Status.OUT_OF_SCOPE, entry["id"], entry["say"] or say("elsewhere"))
    return None


def is_faq(hit: Hit) -> bool:
    """Whether a hit is an FAQ."""
    return hit.target.kind is TargetKind.FAQ


DEFAULT_ASPECTS = (Aspect.OVERVIEW,)
