"""How an answer is laid out on a page: what stands before its items, and where its plain text has lists.

`web/chat.js` does the same in the browser; a test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from answering.answer import Answer, Status

_BULLET = "• "
_EMERGENCY_NUMBER = re.compile(r"\b11[345]\b")


@dataclass(frozen=True)
class Passage:
    """A list or a run of paragraphs of a block's text."""

    kind: Literal["list", "text"]
    lines: tuple[str, ...]


def passages_of(text: str) -> Iterator[Passage]:
    """The text of a block, its lines with a bullet gathered into lists."""
    lines = (line for line in text.split("\n") if line.strip())
    for is_list, group in groupby(lines, key=lambda line: line.startswith(_BULLET)):
        yield Passage("list" if is_list else "text", tuple(line.removeprefix(_BULLET) for line in group))


def lead_of(answer: Answer) -> list[str]:
    """The paragraphs of an answer that stand in no item and no option: a warning, a question back, small talk.

    Only `text` has them. It holds, with empty lines between: a warning, a sentence, each item, the options.
    """
    if answer.items:
        first = answer.items[0]
        title = first.title.upper() if first.kind == "procedure" else first.title
        before, found, _ = answer.text.partition(title)
        return _paragraphs(before) if found else []
    return _paragraphs(answer.text)[:-1 if answer.options else None]


def calls_of(answer: Answer) -> list[str]:
    """The numbers to call in an emergency, in the order the answer names them."""
    found = _EMERGENCY_NUMBER.findall(answer.text) if answer.status is Status.EMERGENCY else []
    return list(dict.fromkeys(found))


def link_of(url: str | None) -> str | None:
    """The address where a browser may be sent there: an imported source could name a script."""
    return url if url and url.startswith(("https://", "http://")) else None


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.strip().split("\n\n") if part]
