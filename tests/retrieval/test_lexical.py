"""The postings against a slow and obvious count of the same words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from retrieval import lexical
from retrieval.lexical import FUNCTION_WORD_WEIGHT, VIEWS, TermIndex, Terms

WORDS = ["đăng ký", "đang", "kỳ", "khai sinh", "lại", "kết hôn", "tôi", "cho", "giấy", "1.001193", "không", "hoà"]
texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), min_size=1, max_size=8)
queries = st.lists(st.sampled_from([*WORDS, "lạ lùng", "x"]), max_size=6).map(" ".join)
views = st.sampled_from(sorted(VIEWS))


class Slow:
    """The same shares, counted text by text from the definition."""

    def __init__(self, texts: Sequence[str], owners: Sequence[int], terms: Terms) -> None:
        lines = yaml.safe_load(lexical._FUNCTION_WORDS.read_text(encoding="utf-8"))
        self.light = {term for line in lines for term in terms(line)}
        self.documents = [set(terms(text)) for text in texts]
        self.owners, self.terms = list(owners), terms
        known = {term for document in self.documents for term in document}
        self.weights = {term: self._weight(term) for term in known}

    def _weight(self, term: str) -> float:
        n = len(set(self.owners))
        having = len({o for o, document in zip(self.owners, self.documents, strict=True) if term in document})
        weight = math.log(1 + (n - having + 0.5) / (having + 0.5))
        return weight * FUNCTION_WORD_WEIGHT if term in self.light else weight

    def total(self, query: set[str]) -> float:
        rarest = max(self.weights.values(), default=1.0)
        return sum(self.weights.get(term, rarest if len(term) > 1 else 0.0) for term in query)

    def overlap(self, query: set[str], document: set[str]) -> float:
        return sum(self.weights[term] for term in query & document)

    def shares(self, text: str) -> list[tuple[float, float]]:
        query = set(self.terms(text))
        total = self.total(query)
        found = []
        for document in self.documents:
            overlap, own = self.overlap(query, document), sum(self.weights[term] for term in document)
            found.append((overlap / total if total else 0.0, overlap / own if own else 0.0))
        return found

    def together(self, text: str) -> list[float]:
        query = set(self.terms(text))
        total = self.total(query)
        shares = []
        for owner in sorted(set(self.owners)):
            documents = [d for o, d in zip(self.owners, self.documents, strict=True) if o == owner]
            shares.append(self.overlap(query, set().union(*documents)) / total if total else 0.0)
        return shares


@given(texts, queries, views, st.integers(min_value=1, max_value=3))
def test_shares_are_those_of_a_slow_count(texts: list[str], query: str, view: str, per_owner: int) -> None:
    owners, terms = [i // per_owner for i in range(len(texts))], VIEWS[view]
    of_query, of_chunk, overlap = TermIndex.build(texts, owners, terms).shares(terms(query))
    expected = Slow(texts, owners, terms).shares(query)
    np.testing.assert_allclose(of_query, [q for q, _ in expected], atol=1e-5)
    np.testing.assert_allclose(of_chunk, [c for _, c in expected], atol=1e-5)
    assert len(overlap) == len(texts)


@given(texts, queries, views, st.integers(min_value=1, max_value=3))
def test_what_chunks_cover_together_is_that_of_a_slow_count(
    texts: list[str], query: str, view: str, per_owner: int
) -> None:
    owners, terms = [i // per_owner for i in range(len(texts))], VIEWS[view]
    index = TermIndex.build(texts, owners, terms)
    found = index.shares_together(terms(query), np.array(owners, dtype=np.int32), len(set(owners)))
    np.testing.assert_allclose(found, Slow(texts, owners, terms).together(query), atol=1e-5)


@given(texts, queries, views)
def test_shares_lie_between_nothing_and_all(texts: list[str], query: str, view: str) -> None:
    for shares in TermIndex.build(texts, range(len(texts)), VIEWS[view]).shares(VIEWS[view](query))[:2]:
        assert (shares >= 0).all()
        assert (shares <= 1 + 1e-5).all()


TITLES = ["đăng ký kết hôn", "đăng ký lại kết hôn", "đăng ký khai sinh", "cấp bản sao"]


def best(query: str, view: str = "words") -> str:
    of_query, of_chunk, _ = TermIndex.build(TITLES, range(4), VIEWS[view]).shares(VIEWS[view](query))
    return TITLES[int(np.argmax(of_query + of_chunk))]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("view", sorted(VIEWS))
def test_text_is_its_own_best_match(title: str, view: str) -> None:
    assert best(title, view) == title


def test_words_meet_without_diacritics() -> None:
    assert best("dang ky khai sinh") == "đăng ký khai sinh"
    assert best("ban sao") == "cấp bản sao"


def test_order_of_words_shows_in_pairs() -> None:
    assert best("lại kết hôn", "pairs") == "đăng ký lại kết hôn"


def test_accents_tell_words_apart_that_fold_to_the_same() -> None:
    index = TermIndex.build(["cải chính", "cai chinh", "cái chĩnh"], range(3), VIEWS["accents"])
    assert index.shares(VIEWS["accents"]("cải chính"))[0].tolist() == [1.0, 0.0, 0.0]


def test_question_about_something_else_covers_little() -> None:
    of_query, _, _ = TermIndex.build(TITLES, range(4), VIEWS["words"]).shares(VIEWS["words"]("đăng ký thi hoa hậu"))
    assert of_query.max() < 0.5


def test_words_around_a_question_weigh_little() -> None:
    texts = ["tôi muốn hỏi cho tôi", "kết hôn"]
    of_query, _, _ = TermIndex.build(texts, range(2), VIEWS["words"]).shares(VIEWS["words"]("cho tôi hỏi kết hôn"))
    assert of_query[1] > of_query[0]


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_empty_index_and_empty_question_are_no_trouble(view: str) -> None:
    terms = VIEWS[view]
    assert all(len(shares) == 0 for shares in TermIndex.build([], [], terms).shares(terms("khai sinh")))
    assert all(not shares.any() for shares in TermIndex.build(TITLES, range(4), terms).shares([]))
