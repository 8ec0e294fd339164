"""Corrects what a person typed into words the index knows: shorthand, glued words, typos, missing diacritics.

Names, numbers, dates and codes are left as they stand. What the words mean is `lexicon`; what is asked is
`answering.understand`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from corpus.wording import nfc
from retrieval.text import fold, has_diacritics, is_syllable, tokens

_SHORTHAND = Path(__file__).parent / "lexicon" / "shorthand.yaml"
_LOANWORDS = Path(__file__).parent / "lexicon" / "loanwords.yaml"
_SPEECH = Path(__file__).parent / "lexicon" / "everyday_speech.yaml"
_WORD = re.compile(
    r"\d+[a-z]?(?:/\d{4})?/(?:[A-ZĐ][\w\-]*|[a-zđ]+(?:-[a-zđ]+)+)|\d+(?:[./,:\-]\d+)+|\d+|[^\W\d_]+|[^\w\s]", re.UNICODE
)
_LABEL = re.compile(r"^\s*(?:(?:câu(?: hỏi)?|turn|user|hỏi|question|khách|q)\s*\d*\s*[:.)\-]\s*)+", re.IGNORECASE)
KEEP_BONUS = 5.0
"""Log-probability in favour of a plain word in a sentence with diacritics: a wrong change costs more than none."""
_MAX_GLUED = 48
"""Longest run of letters that is taken apart; real ones hold a sentence of about ten words."""


@dataclass(frozen=True)
class Corrected:
    """A message after correction; `text` is lower case with diacritics, `changes` tells what was changed."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


class LanguageModel:
    """Counts of syllables and of pairs of syllables with diacritics, from the corpus's own text.

    A bigram model with stupid back-off (Brants et al. 2007, "Large language models in machine translation"), which is
    enough to choose between the accented readings of a syllable.
    """

    BACK_OFF = 0.1

    def __init__(self, unigrams: Mapping[str, int], bigrams: Mapping[str, int]) -> None:
        self.unigrams, self.bigrams = dict(unigrams), dict(bigrams)
        self._total = sum(self.unigrams.values()) or 1
        self.readings: dict[str, list[str]] = {}
        self.folded: Counter[str] = Counter()
        for word, count in self.unigrams.items():
            folded = fold(word)
            self.readings.setdefault(folded, []).append(word)
            self.folded[folded] += count
        self._folded_total = sum(self.folded.values()) or 1

    @classmethod
    def learn(cls, texts: Iterable[str], *, min_bigram: int = 2) -> LanguageModel:
        """Count the texts; pairs seen less than `min_bigram` times are dropped, they are mostly noise."""
        unigrams: Counter[str] = Counter()
        bigrams: Counter[str] = Counter()
        for text in texts:
            words = [w for w in tokens(text) if w.isalpha()]
            unigrams.update(words)
            bigrams.update(f"{a} {b}" for a, b in zip(words, words[1:], strict=False))
        known = {w: n for w, n in unigrams.items() if n > 1 or is_syllable(fold(w))}
        return cls(known, {pair: n for pair, n in bigrams.items() if n >= min_bigram})

    def save(self, path: Path) -> None:
        """Write the counts as JSON."""
        path.write_text(
            json.dumps({"unigrams": self.unigrams, "bigrams": self.bigrams}, ensure_ascii=False), encoding="utf-8"
        )

    @classmethod
    def load(cls, path: Path) -> LanguageModel:
        """Read what `save` wrote."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(raw["unigrams"], raw["bigrams"])

    def log_probability(self, word: str, previous: str | None) -> float:
        """Score of `word` after `previous` (higher is likelier, at most 0)."""
        count = self.unigrams.get(word, 0)
        if previous is not None:
            pair = self.bigrams.get(f"{previous} {word}", 0)
            if pair:
                return math.log(pair / self.unigrams.get(previous, pair))
        return math.log(self.BACK_OFF * (count + 0.1) / self._total)

    def knows(self, folded: str) -> bool:
        """Whether the folded syllable occurs in the corpus."""
        return folded in self.folded

    def folded_log_probability(self, folded: str) -> float:
        """Score of a folded syllable on its own."""
        return math.log((self.folded.get(folded, 0) + 0.01) / self._folded_total)


class Speller:
    """Corrects messages with a language model of the corpus and the shorthand table."""

    def __init__(self, model: LanguageModel, shorthand: Mapping[str, Any] | None = None) -> None:
        self._model = model
        table = shorthand if shorthand is not None else yaml.safe_load(_SHORTHAND.read_text(encoding="utf-8"))
        self._shorthand = {nfc(str(word)).lower(): reading for word, reading in table.items()}
        self._loanwords = frozenset(yaml.safe_load(_LOANWORDS.read_text(encoding="utf-8")))

    def correct(self, message: str) -> Corrected:
        """Correct one message. Correcting twice changes nothing more."""
        words = [w for w in _WORD.findall(_LABEL.sub("", nfc(message))) if not _is_symbol(w)]
        expanded = self._expand(words)
        accented = self._restore(expanded, keep=0.0 if _mostly_plain(words) else KEEP_BONUS)
        changes = tuple((a, b) for a, b in zip(expanded, accented, strict=True) if a.lower() != b.lower())
        return Corrected(_join(accented).lower(), changes)

    def _expand(self, words: list[str]) -> list[str]:
        result: list[str] = []
        names = _names(words)
        for i, word in enumerate(words):
            if i in names:
                result.append(word)
                continue
            following = fold(words[i + 1]) if i + 1 < len(words) else ""
            result.extend(self._one(word, following))
        return result

    def _one(self, word: str, following: str) -> list[str]:
        folded = fold(word)
        if not word.isalpha() or folded in self._loanwords:
            return [word.lower() if word.isalpha() else word]
        if (short := self._short(word.lower())) is not None:
            return self._reading(short, following).split()
        if self._model.knows(folded) and len(folded) < 8:
            return [word.lower()]
        if len(folded) >= 5 and not is_syllable(folded) and (pieces := self._unglue(word.lower())):
            return [p for piece in pieces for p in self._one(piece, "")]
        if is_syllable(folded):
            return [word.lower()]
        return [self._nearest(folded) or word.lower()]

    def _short(self, word: str) -> str | None:
        """The entry of the shorthand table for a word. "chừ" is one, "chữ" is none; "đk" is typed for "dk"."""
        if word in self._shorthand:
            return word
        folded = fold(word)
        return folded if folded in self._shorthand and not is_syllable(folded) else None

    def _reading(self, short: str, following: str) -> str:
        reading = self._shorthand[short]
        if isinstance(reading, str):
            return reading
        following = following if following.isalpha() else ""
        return str(reading["text"] if following in reading["before"] else reading["otherwise"])

    def _unglue(self, word: str) -> list[str] | None:
        """The likeliest way to take a run of letters apart into known syllables, None where there is none."""
        folded, n = fold(word), len(word)
        if n > _MAX_GLUED or len(folded) != n:
            return None
        best: list[tuple[float, int]] = [(0.0, 0)] + [(-math.inf, 0)] * n
        for end in range(1, n + 1):
            for start in range(max(0, end - 7), end):
                piece = folded[start:end]
                known = self._model.knows(piece) and is_syllable(piece) or (piece in self._shorthand and len(piece) > 1)
                if known and best[start][0] > -math.inf:
                    score = best[start][0] + max(self._model.folded_log_probability(piece), -14.0)
                    if score > best[end][0]:
                        best[end] = (score, start)
        if best[n][0] == -math.inf:
            return None
        pieces: list[str] = []
        end = n
        while end:
            start = best[end][1]
            pieces.append(word[start:end])
            end = start
        return pieces[::-1]

    def _nearest(self, folded: str) -> str | None:
        """The commonest known syllable one slip away: a letter too many, missing, wrong, or two swapped."""
        letters = "abcdeghiklmnopqrstuvxy"
        splits = [(folded[:i], folded[i:]) for i in range(len(folded) + 1)]
        swaps = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        others = {a + b[1:] for a, b in splits if b}
        others |= {a + c + b[1:] for a, b in splits if b for c in letters}
        others |= {a + c + b for a, b in splits for c in letters}
        for group in (swaps, others):
            known = [w for w in group if self._model.knows(w) and is_syllable(w)]
            if known:
                return max(known, key=lambda w: (self._model.folded[w], w))
        return None

    def _restore(self, words: list[str], *, keep: float) -> list[str]:
        """Give every word without diacritics its likeliest reading among its neighbours (Viterbi).

        `keep` is added to the score of a word left as typed: in a sentence written with diacritics a plain word is
        mostly meant to be plain.
        """
        if not words:
            return words
        columns = [self._candidates(w) for w in words]
        paths: list[dict[str, tuple[float, str | None]]] = []
        for i, column in enumerate(columns):
            step: dict[str, tuple[float, str | None]] = {}
            for word in column:
                bonus = keep if word == words[i] else 0.0
                options = (
                    [
                        (score + bonus + self._model.log_probability(word, previous), previous)
                        for previous, (score, _) in paths[-1].items()
                    ]
                    if i
                    else [(bonus + self._model.log_probability(word, None), None)]
                )
                step[word] = max(options, key=lambda o: o[0])
            paths.append(step)
        result: list[str] = []
        last: str | None = max(paths[-1], key=lambda w: paths[-1][w][0])
        for step in reversed(paths):
            assert last is not None
            result.append(last)
            last = step[last][1]
        return result[::-1]

    def _candidates(self, word: str) -> list[str]:
        if not word.isalpha() or word[:1].isupper() or fold(word) != word:
            return [word]
        readings = self._model.readings.get(word.lower(), [])
        likely = sorted(readings, key=lambda r: -self._model.unigrams[r])[:8]
        return list(dict.fromkeys([*likely, word.lower()]))


def _names(words: list[str]) -> set[int]:
    """Positions of words that are written as names are: a capital in the middle of a sentence in small letters."""
    capital = [i for i, w in enumerate(words) if w[:1].isupper() and w[1:].islower()]
    letters = sum(w.isalpha() for w in words)
    starts = {i for i in capital if i == 0 or words[i - 1] in '.?!:;"'}
    return set(capital) - starts if len(capital) <= letters / 2 else set()


def _mostly_plain(words: list[str]) -> bool:
    """Whether the message was typed without diacritics: at most one word in five carries any.

    An ordinary sentence has them on about three words in four.
    """
    letters = [w for w in words if w.isalpha()]
    return sum(has_diacritics(w) for w in letters) <= len(letters) / 5


def everyday_speech() -> list[str]:
    """Phrases as people say them, for teaching the language model beside the corpus's own text."""
    return list(yaml.safe_load(_SPEECH.read_text(encoding="utf-8")))


def _is_symbol(word: str) -> bool:
    return not word.isalnum() and not re.match(r"[\w.,;:?!/()+\-–\"']", word)


def _join(words: list[str]) -> str:
    return re.sub(r"\s+([.,;:?!)])", r"\1", " ".join(words))
