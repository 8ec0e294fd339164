"""Finds which aspects a question asks for, and what is left of it to search with.

The patterns are data (`language/aspects.yaml`, `language/wrapping.yaml`). Showing aspects is `compose`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from answering.answer import Aspect
from retrieval.text import canonical, fold, tokens

_LANGUAGE = Path(__file__).parent / "language"


@dataclass(frozen=True)
class Asked:
    """The aspects asked for in the order of the question, and the rest of its words."""

    aspects: tuple[Aspect, ...]
    content: str


@dataclass(frozen=True)
class _Rule:
    aspect: Aspect
    pattern: re.Pattern[str]
    weak: bool


@cache
def _rules() -> tuple[_Rule, ...]:
    raw = yaml.safe_load((_LANGUAGE / "aspects.yaml").read_text(encoding="utf-8"))
    return tuple(
        _Rule(Aspect(entry["aspect"]), re.compile(rf"(?<!\w)(?:{p})(?!\w)"), bool(entry.get("weak")))
        for entry in raw
        for p in entry["patterns"]
    )


@cache
def _wrapping() -> tuple[re.Pattern[str], re.Pattern[str]]:
    raw = yaml.safe_load((_LANGUAGE / "wrapping.yaml").read_text(encoding="utf-8"))
    return (
        re.compile(rf"^\s*(?:{'|'.join(f'(?:{p})' for p in raw['lead'])})\s*"),
        re.compile(rf"\s*(?:(?<!\w)(?:{'|'.join(raw['tail'][1:])})|{raw['tail'][0]})\s*$"),
    )


def find_aspects(text: str) -> Asked:
    """Read the aspects out of a corrected question.

    The content keeps the question's own words, without the asking: "tách hộ mất bao lâu" leaves "tách hộ".
    """
    rest = canonical(text)
    found: list[tuple[int, Aspect]] = []
    for rule in _rules():
        if rule.weak and found:
            continue
        while (match := rule.pattern.search(fold(rest))) and match.end() > match.start():
            found.append((match.start(), rule.aspect))
            rest = rest[: match.start()] + "\x00" * (match.end() - match.start()) + rest[match.end() :]
    ordered = [aspect for _, aspect in sorted(found, key=lambda f: f[0])]
    return Asked(tuple(dict.fromkeys(ordered)), unwrap(rest.replace("\x00", " ")))


_TELLING = frozenset("thẻ thể vay thi lá vá rời rơi bán bàn nhà bản cơm đỉ tại trại hạ hả số sổ đầu".split())
"""Words with meaning that look like a wrapping word once the diacritics are gone: "thẻ" is not "thế"."""


def _tells(taken: str) -> bool:
    return not _TELLING.isdisjoint(tokens(taken))


def unwrap(text: str) -> str:
    """Take polite and asking words off both ends, as long as something is left to take."""
    lead, tail = _wrapping()
    text = re.sub(r"\s+", " ", text).strip()
    while True:
        folded = fold(text)
        start = lead.match(folded)
        end = tail.search(folded)
        start = None if start and _tells(text[: start.end()]) else start
        end = None if end and _tells(text[end.start() :]) else end
        if start and start.end():
            text = text[start.end() :].strip()
        elif end and end.start() < len(text):
            text = text[: end.start()].strip()
        else:
            return text
