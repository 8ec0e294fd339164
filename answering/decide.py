"""Step 6, decide: answer, ask back with two to five options, or say kindly that it is not ours."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answering.answer import Option, Status
from answering.context import Context, Outcome, Part
from answering.texts import say
from corpus.library import Library
from retrieval.documents import TargetKind
from retrieval.search import Hit
from retrieval.text import fold

_ELSEWHERE = Path(__file__).parent / "language" / "elsewhere.yaml"

ANSWER_FROM = 0.30
"""Least score of an answer."""
LIKE_FROM, MAYBE_FROM = 0.52, 0.45
"""Least likeness of meaning of an answer to a long story, whose words no title covers, and of an offer to choose.

Of 230 own tuning questions nine in ten right answers lie above the first; of 15 questions on other things (weather,
prices, cooking) none did. 2026-11-22."""
MAYBE_WORDS = 0.5
"""Least share of the question's words that the likeliest procedure knows, for an offer to choose."""
SHORT = 8
"""Words up to which a question may be too broad; a longer one tells a story and means one thing."""
BROAD = ((0.55, 3.7), (0.72, 2.3), (1.01, 0.4))
"""(share of the found procedure's name that the question has, least lead in logits over the next): a question with
little of the name needs a larger lead to be answered outright."""
BROAD_ASPECT = ((0.30, 1.5),)
"""The same for a question on an aspect, which names its procedure more often than not."""
OPTIONS = 5
NEAR = 4.0
"""Logits below the likeliest within which a procedure is offered."""


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
        if not _fits(top):
            if top.features["dense_best"] < MAYBE_FROM or top.features["words_all"] < MAYBE_WORDS:
                return _ended(part, Status.OUT_OF_SCOPE, "no_match")
            return self._offered(part, "unsure")
        if _is_broad(part):
            return self._offered(part, "siblings")
        return _chosen(part, top.target.id, top.score)

    def _offered(self, part: Part, reason: str) -> Part:
        rivals = _rivals(part.hits)
        near = [h for h in rivals if h.logit > rivals[0].logit - NEAR][:OPTIONS]
        near = near if len(near) > 1 else rivals[:2]
        options = tuple(Option(code=h.target.id, title=title_of(h.target.id, self._library)) for h in near)
        return replace(_ended(part, Status.CLARIFY, reason), options=options)


def _fits(hit: Hit) -> bool:
    return hit.score >= ANSWER_FROM or hit.features["dense_best"] >= LIKE_FROM


def _is_broad(part: Part) -> bool:
    """Whether the question names less than a procedure, and several carry what it names."""
    top = part.hits[0]
    rivals = [h for h in _rivals(part.hits) if h.target.kind is TargetKind.PROCEDURE and _is_sibling(h, top)]
    if len(rivals) < 2 or rivals[0] is not top or top.features["exact"] or part.condition or part.carries_topic:
        return False
    if len(part.content.split()) > SHORT:
        return False
    named = max(top.features["name_chunk"], top.features["title_chunk"])
    lead = top.logit - rivals[1].logit
    bounds = BROAD_ASPECT if part.aspects else BROAD
    least = next((least for bound, least in bounds if named < bound), 0.0)
    return lead < least


def _is_sibling(hit: Hit, top: Hit) -> bool:
    """Whether a resident who means the one could mean the other: what the guides cover is not mixed with the rest."""
    return hit is top or hit.target.guided or not top.target.guided


def _rivals(hits: tuple[Hit, ...]) -> list[Hit]:
    """The hits that could be meant as well; one of several with the same title stands for all of them."""
    kept: dict[str, Hit] = {}
    for hit in hits:
        kept.setdefault(fold(hit.target.title), hit)
    return list(kept.values())


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
    plain = context.text.lower()
    if any(part.kept for part in context.parts):
        return None
    for entry in _elsewhere():
        if re.search(entry["pattern"], plain) and not ("unless" in entry and re.search(entry["unless"], plain)):
            return context.ending(Status.OUT_OF_SCOPE, entry["id"], entry["say"] or say("elsewhere"))
    return None
