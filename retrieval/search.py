"""Finds what a question may be about: every reading of it, scored against every target, fused into one ranking."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.documents import Target
from retrieval.embedding.encoder import Encoder
from retrieval.index import SearchIndex
from retrieval.lexical import Floats
from retrieval.lexicon import Lexicon, Reading
from retrieval.ranking import FEATURES, Featuriser, Weights

CLAUSE_PENALTY = 4.0
"""Taken off the logits of a clause: it covers the words of many procedures by leaving the story away.

Of 0, 2 and 4 the last gave most right first answers on the own tuning questions, 2026-11-22."""
LEAST_CLAUSE, LEAST_STORY = 3, 7
"""Words of a clause that can stand as a question, and of a message that can be a story around it."""
READINGS = 4
"""Readings of one question at most: each costs an embedding, some milliseconds."""
_WISH = re.compile(r"(?:^|[\s,])(?:muốn|xin|cần|đòi|nhờ|phải|giờ|định|đi|thì|làm)(?=\s)")

NAMED_OUTRIGHT = 0.6
"""Score from which a question names its procedure outright, so that what happened before is a story: "chồng mất, xin
giấy độc thân" asks for the paper."""


@dataclass(frozen=True)
class Hit:
    """A target found for a question.

    `score` is the calibrated probability in (0, 1) that the target fits, seen alone; `share` is its part among all
    targets, so that twins with high scores have small shares.
    """

    target: Target
    score: float
    share: float
    logit: float
    reading: str
    is_situation: bool
    """True where only a story suggests the target."""
    features: dict[str, float]


class Searcher:
    """Searches one index. Safe to share between threads: nothing is changed after construction."""

    def __init__(self, index: SearchIndex, encoder: Encoder, lexicon: Lexicon, weights: Weights) -> None:
        if index.encoder_name != encoder.name:
            raise ValueError(f"the index was made with {index.encoder_name}, not {encoder.name}")
        self._index, self._encoder, self._lexicon, self._weights = index, encoder, lexicon, weights
        self._featuriser = Featuriser(index)

    def search(self, text: str, *, limit: int = 10) -> list[Hit]:
        """The targets that fit `text` best, best first, at most `limit`; an empty text gives an empty list.

        `text` is corrected and without the words that ask for an aspect.
        """
        if not text.strip() or not self._index.targets:
            return []
        readings = self._readings(text)
        features, logits = self._score(readings)
        best_reading = logits.argmax(axis=0)
        best = logits.max(axis=0)
        order = np.argsort(-best)[:limit]
        shares = _softmax(best / self._weights.temperature)
        return [
            Hit(
                self._index.targets[i],
                _probability(best[i]),
                float(shares[i]),
                float(best[i]),
                readings[best_reading[i]].text,
                readings[best_reading[i]].is_situation,
                {name: round(float(v), 3) for name, v in zip(FEATURES, features[best_reading[i]][i], strict=True)},
            )
            for i in order
        ]

    def _readings(self, text: str) -> list[Reading]:
        """The question, what its everyday words stand for, and the same of the clause of a story that asks."""
        readings = [Reading(text, "", False), *self._lexicon.readings(text)]
        clause = asking_clause(text)
        if clause:
            words = [r for r in self._lexicon.readings(clause) if not r.is_situation]
            readings += [replace(r, is_clause=True) for r in (Reading(clause, "", False), *words)]
        # Of readings with one text the first stands: a question in a situation's very words is asked, not told.
        return list({reading.text: reading for reading in reversed(readings)}.values())[::-1][:READINGS]

    def _score(self, readings: Sequence[Reading]) -> tuple[list[Floats], Floats]:
        """Features and logits of every target for each reading; a situation counts only where nothing is named."""
        vectors = self._index.adapter(self._encoder.encode([r.text for r in readings]))
        features = [self._featuriser.features(r.text, v) for r, v in zip(readings, vectors, strict=True)]
        logits = np.stack([f @ self._weights.features + self._weights.bias for f in features])
        logits -= np.array([[CLAUSE_PENALTY * r.is_clause] for r in readings], dtype=np.float32)
        told = [i for i, r in enumerate(readings) if r.is_situation]
        asked = [i for i, r in enumerate(readings) if not r.is_situation]
        if told and _probability(logits[asked].max()) >= NAMED_OUTRIGHT:
            logits[told] = -np.inf
        return features, logits


def asking_clause(text: str) -> str:
    """The end of a story from its last word of wish on, "" where there is no story or too little is left.

    "mẹ mất, giờ muốn xóa hộ khẩu" asks for "xóa hộ khẩu".
    """
    found = [m.end() for m in _WISH.finditer(text)]
    clause = text[found[-1] :].strip(" ,.;:!?") if found else ""
    return clause if len(clause.split()) >= LEAST_CLAUSE and len(text.split()) >= LEAST_STORY else ""


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)
