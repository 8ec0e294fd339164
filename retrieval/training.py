"""Learns the weights of `ranking` from the corpus itself, never from an evaluation file.

Each alias and question of a guide or FAQ is asked while its own chunk is hidden; each title is asked with words
dropped, with and without diacritics. The right target must beat the others (listwise softmax, as in Cao et al. 2007, ListNet).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from retrieval.documents import ChunkKind
from retrieval.embedding.encoder import Encoder
from retrieval.index import SearchIndex
from retrieval.lexical import Floats
from retrieval.ranking import FEATURES, Featuriser, Weights
from retrieval.text import fold

RIVALS = 40
RIDGE = 0.002


@dataclass(frozen=True)
class Example:
    """A question made from the corpus: the target it is about and the chunk to hide while it is asked."""

    text: str
    target: int
    hidden: int | None


def examples_of(index: SearchIndex, *, titles: int, seed: int = 7) -> list[Example]:
    """Questions from every alias and question, and from `titles` titles chosen at random."""
    chance = random.Random(seed)  # noqa: S311 (a fixed seed is the point)
    return [*_from_people(index, chance), *_from_titles(index, titles, chance)]


def _from_people(index: SearchIndex, chance: random.Random) -> Iterator[Example]:
    for i, chunk in enumerate(index.chunks):
        if chunk.kind in (ChunkKind.ALIAS, ChunkKind.QUESTION):
            text = fold(chunk.text) if chance.random() < 0.2 else chunk.text
            yield Example(text, chunk.target, i)


def _from_titles(index: SearchIndex, n: int, chance: random.Random) -> Iterator[Example]:
    titles = [chunk for chunk in index.chunks if chunk.kind is ChunkKind.TITLE]
    for chunk in chance.sample(titles, min(n, len(titles))):
        words = chunk.text.lower().split()
        start = chance.randrange(max(1, len(words) - 12))
        kept = [w for w in words[start : start + 14] if chance.random() > 0.15] or words
        text = " ".join(kept)
        yield Example(fold(text) if chance.random() < 0.2 else text, chunk.target, None)


def train(
    index: SearchIndex,
    encoder: Encoder,
    start: Weights,
    *,
    titles: int = 1500,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Weights, float, float]:
    """Fit the weights; returns them with the rate of right first answers before and after."""
    featuriser, examples = Featuriser(index), examples_of(index, titles=titles)
    rows: list[Floats] = []
    for at in range(0, len(examples), 64):
        batch = examples[at : at + 64]
        vectors = encoder.encode([e.text for e in batch])
        rows += [
            _rivals(featuriser.features(e.text, v, without=e.hidden), e.target, start)
            for e, v in zip(batch, vectors, strict=True)
        ]
        progress(at + len(batch), len(examples))
    data = np.stack(rows)
    importance = np.array([1.0 if e.hidden is None else 2.0 for e in examples])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = data @ weights
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        gradient = np.einsum("n,nr,nrf->f", importance, shares, data) - np.einsum("n,nf->f", importance, data[:, 0])
        value = -np.sum(importance * np.log(shares[:, 0] + 1e-9))
        total = importance.sum()
        return value / total + RIDGE * weights @ weights, gradient / total + 2 * RIDGE * weights

    found = minimize(loss, start.features.astype(float), jac=True, method="L-BFGS-B").x
    weights = found.astype(np.float32)
    before, after = _first(data, start.features), _first(data, weights)
    return Weights(weights, _bias(data, weights), 1.0), before, after


def _rivals(features: Floats, target: int, start: Weights) -> Floats:
    """The right target's features first, then those of its strongest rivals: shape (RIVALS, n_features)."""
    scores = features @ start.features
    scores[target] = -np.inf
    order = np.argsort(-scores)[: RIVALS - 1]
    rows = np.zeros((RIVALS, len(FEATURES)), dtype=np.float32)
    rows[: 1 + len(order)] = features[[target, *order]]
    return rows


def _first(data: Floats, weights: Floats) -> float:
    scores = data @ weights
    return float((scores[:, 0] >= scores[:, 1:].max(axis=1)).mean())


def _bias(data: Floats, weights: Floats) -> float:
    """The bias at which the score of right targets and of their best rivals fit a logistic curve best."""
    scores = data @ weights
    right, rival = scores[:, 0], scores[:, 1:].max(axis=1)

    def loss(bias: np.ndarray) -> float:
        return float(np.logaddexp(0, -(right + bias[0])).mean() + np.logaddexp(0, rival + bias[0]).mean())

    return float(minimize(loss, np.array([-float(right.mean())])).x[0])
