"""Step 1, guard: danger, small talk, abuse, messages too long or empty, personal data, before anything else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from answering.answer import Status
from answering.context import Context
from answering.masking import mask
from answering.texts import say
from corpus.wording import nfc
from retrieval.text import fold

MAX_QUESTION = 1000
"""Characters. The longest question of 234 real ones has 170; five times that still fits a story."""

_PATTERNS = Path(__file__).parent / "language" / "guard.yaml"


@cache
def _patterns() -> dict[str, Any]:
    return dict(yaml.safe_load(_PATTERNS.read_text(encoding="utf-8")))


def guard(context: Context) -> Context:
    """Mask personal data, then end early where the message is no question on procedures."""
    question = context.question
    masked = mask(question)
    context = context.having(masked=masked, warnings=("personal_data",) if masked != question else ())
    if not question.strip():
        return context.ending(Status.SMALL_TALK, "empty", say("empty"))
    plain = re.sub(r"\s+", " ", fold(question)).strip()
    if (danger := _danger(context, plain)) is not None:
        return danger
    if len(question) > MAX_QUESTION:
        return context.ending(Status.OUT_OF_SCOPE, "too_long", say("too_long", limit=MAX_QUESTION))
    if not re.search(r"[^\W_]", plain):
        return context.ending(Status.SMALL_TALK, "no_words", say("no_words"))
    return _small_talk(context, plain) or context


def _danger(context: Context, plain: str) -> Context | None:
    for kind in _patterns()["emergency"]:
        if any(re.search(p, plain) for p in kind["patterns"]):
            return context.ending(Status.EMERGENCY, f"call_{kind['number']}", say("emergency", number=kind["number"]))
    return None


def _small_talk(context: Context, plain: str) -> Context | None:
    patterns = _patterns()
    for name, pattern in patterns["small_talk"].items():
        if re.search(pattern, plain):
            return context.ending(Status.SMALL_TALK, name, say(name))
    for name, text in (("human", plain), ("abuse", nfc(context.question).lower())):
        if re.search(patterns[name], text):
            return context.ending(Status.SMALL_TALK, name, say(name))
    return None
