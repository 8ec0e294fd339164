"""Finds what a question may be about: every reading of it, scored against every target, fused into one ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.documents import Target
from retrieval.embedding.encoder import Encoder
from retrieval.index import SearchIndex
from retrieval.lexical import Floats
from retrieval.lexicon import Lexicon, Reading
from retrieval.ranking import FEATURES, Featuriser, Weights

SITUATION_PENALTY = 2.0
"""Taken off the score of a target that only a situation suggests, so that one named outright stays ahead.

In units of the logistic score; 1 to 3 gave the same development results (2026-11-22)."""


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
        readings = [Reading(text, "", False), *self._lexicon.readings(text)]
        features, logits = self._score(readings)
        best_reading = logits.argmax(axis=0)
        best = logits.max(axis=0)
        order = np.argsort(-best)[:limit]
        shares = _softmax(best / self._weights.temperature)
        return [
            Hit(
                self._index.targets[i],
                float(1 / (1 + np.exp(-best[i]))),
                float(shares[i]),
                float(best[i]),
                readings[best_reading[i]].text,
                {name: round(float(v), 3) for name, v in zip(FEATURES, features[best_reading[i]][i], strict=True)},
            )
            for i in order
        ]

    def _score(self, readings: Sequence[Reading]) -> tuple[list[Floats], Floats]:
        vectors = self._encoder.encode([r.text for r in readings])
        features = [self._featuriser.features(r.text, v) for r, v in zip(readings, vectors, strict=True)]
        logits = np.stack(
            [
                f @ self._weights.features + self._weights.bias - SITUATION_PENALTY * r.is_situation
                for f, r in zip(features, readings, strict=True)
            ]
        )
        return features, logits


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)
