"""Figures in Vietnamese text: amounts, durations, codes and numbers of documents, each with its unit.

One reading serves three guards: a guide's figures stand in its facts, an answer's figures stand in its sources, and
drift between a guide and its record is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from corpus.wording import nfc

_DOCUMENT = re.compile(r"\b\d+[a-zA-Z]?/(?:(?:19|20)\d{2}/)?[A-ZĐ][A-Za-zĐđ0-9]*(?:[-–][A-ZĐ][A-Za-zĐđ0-9]*)*")
_PROCEDURE = re.compile(r"\b\d\.\d{6}(?:\.[A-Z0-9.\-]+)?\b")
_DATE = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})[/.\-]((?:19|20)\d{2})\b")
_ORDINAL = re.compile(r"^\s*(\d{1,2})[.)]\s+", re.MULTILINE)
_NUMBER = re.compile(r"\d{1,3}(?:[.\u202f ]\d{3})+(?!\d)|\d+(?:,\d+)?")
_UNIT = re.compile(
    r"\s*(?:[-–]\s*)?(nghìn đồng|ngàn đồng|triệu đồng|tỷ đồng|nghìn|ngàn|triệu|tỷ|đồng|vnđ|vnd|đ\b|usd|đô la|%"
    r"|phần trăm|ngày làm việc|ngày|giờ làm việc|giờ|tiếng|phút|tháng|tuần|năm|tuổi)".replace(" ", r"\s+"),
    re.IGNORECASE,
)
_MONEY = {
    "nghìn đồng": 1_000,
    "ngàn đồng": 1_000,
    "triệu đồng": 1_000_000,
    "tỷ đồng": 10**9,
    "nghìn": 1_000,
    "ngàn": 1_000,
    "triệu": 1_000_000,
    "tỷ": 10**9,
    "đồng": 1,
    "vnđ": 1,
    "vnd": 1,
    "đ": 1,
}
_SAME = {"đô la": "usd", "phần trăm": "%", "tiếng": "giờ", "giờ làm việc": "giờ làm việc"}


class Figure(NamedTuple):
    """A number with its unit: "đồng", "ngày làm việc"…, "" for a bare number, "văn bản" for a document's."""

    value: str
    unit: str

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


def figures_in(text: str) -> list[Figure]:
    """The figures of a text in order: "05 ngày làm việc" and "5 ngày làm việc" are the same figure.

    Ordinals that number a list ("1. Nộp hồ sơ") are no figures.
    """
    found: list[Figure] = []
    rest = _ORDINAL.sub(" ", nfc(text))
    for pattern, unit in ((_DOCUMENT, "văn bản"), (_PROCEDURE, "mã")):
        found += [Figure(m.group().upper().replace("–", "-"), unit) for m in pattern.finditer(rest)]
        rest = pattern.sub(" · ", rest)
    found += [Figure("/".join(str(int(g)) for g in m.groups()), "ngày") for m in _DATE.finditer(rest)]
    rest = _DATE.sub(" · ", rest)
    for match in _NUMBER.finditer(rest):
        named = _UNIT.match(rest, match.end())
        found.append(_figure(match.group(), " ".join(named.group(1).lower().split()) if named else ""))
    return found


def _figure(number: str, unit: str) -> Figure:
    whole, _, fraction = re.sub(r"[.\u202f ]", "", number).partition(",")
    if unit in _MONEY:
        scaled = int(whole or 0) * _MONEY[unit] + int(fraction.ljust(9, "0")[:9] or 0) * _MONEY[unit] // 10**9
        return Figure(str(scaled), "đồng")
    value = str(int(whole)) + (f",{fraction}" if fraction else "")
    return Figure(value, _SAME.get(unit, unit))


class FigureSource:
    """The figures that some sources hold, asked whether they hold those of a text."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._held = set[Figure]()
        for text in texts:
            for figure in figures_in(text):
                self._held |= {figure, *_parts(figure)}
            # Numbers of a list are bare numbers once its lines are run together: "…; 2. Có phương án".
            self._held |= {Figure(str(int(number)), "") for number in _ORDINAL.findall(nfc(text))}

    def missing(self, text: str) -> list[Figure]:
        """The figures of `text` that no source holds, in order.

        A bare number is held by the same number with any unit; a number with a unit only by one with that unit.
        """
        values = {figure.value for figure in self._held}
        return [f for f in figures_in(text) if f not in self._held and not (not f.unit and f.value in values)]


def _parts(figure: Figure) -> list[Figure]:
    """What a date, a document's number or a form's number says by the way: its year, its bare number."""
    if figure.unit in ("văn bản", "mã") or "/" in figure.value:
        return [Figure(str(int(n)), "") for n in re.findall(r"\d+", figure.value)]
    return []
