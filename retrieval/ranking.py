"""One calibrated score for each target from what the views and the vectors say of it.

The features are few and readable, the model is logistic, its weights are data (`weights.json`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.documents import ChunkKind, TargetKind
from retrieval.index import SearchIndex
from retrieval.lexical import VIEWS, Floats

WEIGHTS = Path(__file__).parent / "weights.json"

FEATURES = (
    "words_query",  # share of the question's words that the best chunk has
    "words_chunk",  # share of the best chunk's words that the question has
    "words_any",  # share of the question's words that some one chunk of the target has
    "words_all",  # share of the question's words that the chunks of the target have together
    "title_query",  # share of the question's words that the title has
    "title_chunk",  # share of the title's words that the question has: markers not asked for lower it
    "name_chunk",  # the same of what people call it: the guide's title, else the official one
    "pairs_query",
    "pairs_chunk",
    "accents_query",
    "accents_chunk",
    "dense_best",  # cosine of the nearest chunk
    "dense_title",
    "exact",  # the best chunk is the question, word for word
    "commune",
    "citizen",
    "guided",
    "faq",
)


@dataclass(frozen=True)
class Weights:
    """Weights of `FEATURES` and the temperature that turns score differences into a probability."""

    features: Floats
    bias: float = 0.0
    temperature: float = 1.0

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Weights:
        """Read the weights; features missing from the file weigh nothing."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            np.array([raw["features"].get(name, 0.0) for name in FEATURES], dtype=np.float32),
            raw["bias"],
            raw["temperature"],
        )


class Featuriser:
    """Computes the features of every target for a question."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._owners = index.owners
        self._starts = np.flatnonzero(np.r_[True, np.diff(self._owners) > 0])
        self._names = self._starts + np.array([self._has_name(int(i)) for i in self._starts])
        self._owner_of_dense = self._owners[index.dense_rows]
        self._dense_starts = np.flatnonzero(np.r_[True, np.diff(self._owner_of_dense) > 0])
        targets = index.targets
        self._static = np.array(
            [[t.commune, t.citizen, t.guided, t.kind is TargetKind.FAQ] for t in targets], dtype=np.float32
        ).reshape(len(targets), 4)

    def features(self, text: str, vector: Floats) -> Floats:
        """Features of shape (n_targets, len(FEATURES)) for a question and its vector."""
        views = {name: self._index.views[name].shares(terms(text)) for name, terms in VIEWS.items()}
        words_query, words_chunk, _ = views["words"]
        fit = np.sqrt(words_query * words_chunk) + 0.3 * np.sqrt(views["pairs"][0] * views["pairs"][1])
        dense = self._cosines(vector)
        best = self._best_chunk(fit)
        columns = [
            words_query[best],
            words_chunk[best],
            np.maximum.reduceat(words_query, self._starts),
            self._all_chunks(text),
            words_query[self._starts],
            words_chunk[self._starts],
            words_chunk[self._names],
            views["pairs"][0][best],
            views["pairs"][1][best],
            views["accents"][0][best],
            views["accents"][1][best],
            np.maximum.reduceat(dense, self._dense_starts),
            dense[self._dense_starts],
            ((words_query[best] > 0.999) & (words_chunk[best] > 0.999)).astype(np.float32),
        ]
        return np.column_stack([*columns, self._static]).astype(np.float32)

    def _cosines(self, vector: Floats) -> Floats:
        """Cosine of the question with the chunk of every dense row, by an exact FAISS search over all of them."""
        total = self._index.vectors.ntotal
        scores, rows = self._index.vectors.search(vector[None, :], total)
        cosines: Floats = np.empty(total, dtype=np.float32)
        cosines[rows[0]] = scores[0]
        return cosines

    def _has_name(self, title: int) -> int:
        """1 where the chunk after a title is an alias, which is then the guide's title; 0 where there is none."""
        chunks = self._index.chunks
        following = title + 1 < len(chunks) and chunks[title + 1].target == chunks[title].target
        return int(following and chunks[title + 1].kind is ChunkKind.ALIAS)

    def _best_chunk(self, fit: Floats) -> np.ndarray:
        """For every target the position of its best-fitting chunk; chunks are sorted by target."""
        highest = np.maximum.reduceat(fit, self._starts)
        reaching = np.flatnonzero(fit == highest[self._owners])[::-1]  # backwards: the first of equals is written last
        best = np.empty(len(highest), dtype=np.int64)
        best[self._owners[reaching]] = reaching
        return best

    def _all_chunks(self, text: str) -> Floats:
        """For every target the share of the question that its chunks cover together."""
        return self._index.views["words"].shares_together(VIEWS["words"](text), self._owners, len(self._index.targets))
