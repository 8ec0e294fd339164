"""What the chat offers before anything is asked: a few of the most common procedures."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import yaml

import corpus
from answering.answer import Option
from corpus.library import Library

OFFERED = 6
SAME_FIELD = 2
"""At most so many of one field, or the six would all be papers of civil status."""

_MOST_ASKED = Path(corpus.__file__).parent / "most_asked.yaml"


def common_procedures(library: Library) -> list[Option]:
    """What residents ask most, by the titles they use; fewer than `OFFERED` where the library has not so many."""
    fields: Counter[str] = Counter()
    offered: list[Option] = []
    for code in _most_asked():
        guide = library.guide(code)
        if guide and fields[guide.field] < SAME_FIELD and len(offered) < OFFERED:
            fields[guide.field] += 1
            offered.append(Option(code=code, title=guide.title))
    return offered


@cache
def _most_asked() -> tuple[str, ...]:
    return tuple(yaml.safe_load(_MOST_ASKED.read_text(encoding="utf-8")))
