"""Lexical matching: how much of a question a chunk covers and how much of the chunk the question covers.

Unlike BM25's open-ended sum, both shares lie in [0, 1] for short and long questions alike, so that one calibrated score
can be made of them; each term weighs its IDF (Robertson and Spärck Jones 1976). Words that only wrap questions weigh
little. Matching is on folded words, on pairs of them (word order: "đăng ký lại"), and on words with diacritics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from retrieval.text import folded_tokens, tokens

Floats = npt.NDArray[np.float32]
Terms = Callable[[str], list[str]]

_FUNCTION_WORDS = Path(__file__).parent / "lexicon" / "function_words.yaml"
FUNCTION_WORD_WEIGHT = 0.15
"""Share of its IDF that a function word keeps: enough to prefer the chunk that has it too, too little to decide."""


def folded_words(text: str) -> list[str]:
    """Folded words of a text."""
    return folded_tokens(text)


def folded_pairs(text: str) -> list[str]:
    """Pairs of neighbouring folded words."""
    words = folded_tokens(text)
    return [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]


def accented_words(text: str) -> list[str]:
    """Words with their diacritics."""
    return tokens(text)


VIEWS: dict[str, Terms] = {"words": folded_words, "pairs": folded_pairs, "accents": accented_words}


class TermIndex:
    """Postings of one view (words, pairs or accented words) over all chunks."""

    def __init__(
        self,
        vocabulary: dict[str, int],
        starts: npt.NDArray[np.int64],
        postings: npt.NDArray[np.int32],
        weights: Floats,
        chunk_weight: Floats,
    ) -> None:
        self._vocabulary, self._starts, self._postings = vocabulary, starts, postings
        self.weights, self.chunk_weight = weights, chunk_weight
        self._unknown = float(weights.max()) if len(weights) else 1.0

    @classmethod
    def build(cls, texts: Sequence[str], owners: Sequence[int], terms: Terms) -> TermIndex:
        """Index the texts; `owners[i]` is the target of text i, over which document frequency is counted."""
        light = {w for line in yaml.safe_load(_FUNCTION_WORDS.read_text(encoding="utf-8")) for w in terms(line)}
        documents = [sorted(set(terms(text))) for text in texts]
        vocabulary = {term: i for i, term in enumerate(sorted({t for d in documents for t in d}))}
        pairs = sorted((vocabulary[t], i) for i, d in enumerate(documents) for t in d)
        columns = np.array([p[0] for p in pairs], dtype=np.int64)
        postings = np.array([p[1] for p in pairs], dtype=np.int32)
        starts = np.searchsorted(columns, np.arange(len(vocabulary) + 1))
        owner = np.asarray(owners)
        n_owners = len(set(owners)) or 1
        frequency = np.array([len(np.unique(owner[postings[a:b]])) for a, b in zip(starts, starts[1:], strict=False)])
        weights = np.log(1 + (n_owners - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        for term in light & vocabulary.keys():
            weights[vocabulary[term]] *= FUNCTION_WORD_WEIGHT
        chunk_weight = np.zeros(len(texts), dtype=np.float32)
        np.add.at(chunk_weight, postings, weights[columns])
        return cls(vocabulary, starts, postings, weights, chunk_weight)

    def shares(self, query_terms: Iterable[str]) -> tuple[Floats, Floats, Floats]:
        """(share of the query covered, share of the chunk covered, their weighted overlap) for every chunk.

        A term that no chunk has weighs as much as the rarest known one: a question about something else covers little.
        """
        overlap: Floats = np.zeros(len(self.chunk_weight), dtype=np.float32)
        found, total = self._found(query_terms)
        for weight, chunks in found:
            overlap[chunks] += weight
        of_query = (overlap / np.float32(total)).astype(np.float32) if total else overlap
        of_chunk = (overlap / np.maximum(self.chunk_weight, 1e-6)).astype(np.float32)
        return of_query, of_chunk, overlap

    def shares_together(self, query_terms: Iterable[str], owners: npt.NDArray[np.int32], n_owners: int) -> Floats:
        """Share of the query that all chunks of each owner cover together."""
        covered: Floats = np.zeros(n_owners, dtype=np.float32)
        found, total = self._found(query_terms)
        for weight, chunks in found:
            covering = owners[chunks]  # in order, since chunks are in the order of their targets
            covered[covering[np.diff(covering, prepend=-1) > 0]] += weight
        return (covered / np.float32(total)).astype(np.float32) if total else covered

    def _found(self, query_terms: Iterable[str]) -> tuple[list[tuple[np.float32, npt.NDArray[np.int32]]], float]:
        """The weight and the chunks of every known term, and the weight of all terms, the unknown ones included."""
        found = []
        total = 0.0
        for term in dict.fromkeys(query_terms):
            position = self._vocabulary.get(term)
            if position is None:
                total += self._unknown if len(term) > 1 else 0.0
                continue
            weight = self.weights[position]
            total += float(weight)
            found.append((weight, self._postings[self._starts[position] : self._starts[position + 1]]))
        return found, total

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What is to be stored, without the vocabulary."""
        return {
            "starts": self._starts,
            "postings": self._postings,
            "weights": self.weights,
            "chunk_weight": self.chunk_weight,
        }

    @property
    def terms(self) -> list[str]:
        """The vocabulary in the order of its numbers."""
        return list(self._vocabulary)
