"""Everyday words and what they stand for, as reviewable data beside the code that reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from retrieval.text import canonical, fold

EVERYDAY = Path(__file__).parent / "everyday.yaml"


@dataclass(frozen=True)
class Reading:
    """A question in official words, as one of its everyday phrases suggests. `is_situation`: only proposed."""

    text: str
    phrase: str
    is_situation: bool
    is_clause: bool = False
    """True for a part of the message, which fits more procedures than the whole does."""


@dataclass(frozen=True)
class _Phrase:
    """A phrase with its patterns: as it is written, and folded for questions typed without diacritics."""

    text: str
    pattern: re.Pattern[str]
    folded: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> _Phrase:
        plain = canonical(text)
        return cls(plain, _whole(plain), _whole(fold(plain)))

    def stands_in(self, text: str, *, is_plain: bool) -> bool:
        return (
            self.text in text
            and self.pattern.search(text) is not None
            or (is_plain and self.folded.search(text) is not None)
        )


@dataclass(frozen=True)
class _Entry:
    phrase: _Phrase
    means: str
    unless: tuple[_Phrase, ...]
    is_situation: bool


class Lexicon:
    """Reads everyday phrases in questions."""

    def __init__(self, table: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        entries = [
            _Entry(_Phrase.of(phrase), canonical(entry["means"]), unless, section == "situations")
            for section in ("words", "situations")
            for entry in table.get(section, ())
            for unless in [tuple(map(_Phrase.of, entry.get("not", ())))]
            for phrase in entry["say"]
        ]
        self._entries = sorted(entries, key=lambda e: (e.is_situation, -len(e.phrase.text)))

    @classmethod
    def bundled(cls) -> Lexicon:
        """The table that the project ships."""
        return cls(yaml.safe_load(EVERYDAY.read_text(encoding="utf-8")))

    @property
    def meanings(self) -> list[str]:
        """The official phrases, for checking that each still names a procedure."""
        return sorted({entry.means for entry in self._entries})

    @property
    def phrases(self) -> list[str]:
        """Every everyday phrase, for teaching the language model how people write."""
        return sorted({entry.phrase.text for entry in self._entries})

    def readings(self, text: str) -> list[Reading]:
        """How the question reads in official words; at most two.

        All `words` are replaced in one reading, longer phrases first; the first fitting situation gives another.
        """
        plain = canonical(text)
        is_plain = fold(plain) == plain
        fitting = [
            e
            for e in self._entries
            if e.phrase.stands_in(plain, is_plain=is_plain)
            and not any(n.stands_in(plain, is_plain=is_plain) for n in e.unless)
        ]
        words, first = plain, ""
        for entry in fitting:
            is_new = entry.means not in words or entry.means in entry.phrase.text  # "tách hộ" in "tách hộ khẩu"
            if not entry.is_situation and is_new:
                pattern = entry.phrase.folded if is_plain else entry.phrase.pattern
                replaced = pattern.sub(entry.means, words)
                if replaced != words:
                    words, first = replaced, first or entry.phrase.text
        found = [Reading(words, first, False)] if first else []
        situation = next((e for e in fitting if e.is_situation), None)
        return [*found, Reading(situation.means, situation.phrase.text, True)] if situation else found


def _whole(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")
