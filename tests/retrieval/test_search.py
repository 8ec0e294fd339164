"""Searching the bundled corpus in people's words: siblings told apart by the few words that mark them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.wording import without_marks
from retrieval.documents import TargetKind
from retrieval.search import Searcher


def first(searcher: Searcher, question: str) -> str:
    return searcher.search(question)[0].target.id


SIBLINGS = [
    ("đăng ký khai sinh", "1.001193"),
    ("đăng ký khai sinh lưu động", "1.003583"),
    ("đăng ký khai sinh có yếu tố nước ngoài", "2.000528"),
    ("đăng ký lại khai sinh", "1.004884"),
    ("đăng ký kết hôn", "1.000894"),
    ("đăng ký kết hôn lưu động", "1.000593"),
    ("đăng ký kết hôn có yếu tố nước ngoài", "2.000806"),
    ("đăng ký lại kết hôn", "1.004746"),
    ("đăng ký khai tử", "1.000656"),
    ("đăng ký khai tử lưu động", "1.000419"),
    ("đăng ký lại khai tử", "1.005461"),
    ("đăng ký thường trú", "1.004222"),
    ("đăng ký tạm trú", "1.004194"),
    ("gia hạn tạm trú", "1.002755"),
    ("xóa đăng ký tạm trú", "1.010028"),
    ("tách hộ", "1.010038"),
    ("khai báo tạm vắng", "1.003677"),
]


@pytest.mark.parametrize(("question", "code"), SIBLINGS)
def test_sibling_is_told_by_its_marking_words(searcher: Searcher, question: str, code: str) -> None:
    assert first(searcher, question) == code


@pytest.mark.parametrize(("question", "code"), SIBLINGS)
def test_sibling_is_told_without_diacritics_too(searcher: Searcher, question: str, code: str) -> None:
    assert first(searcher, without_marks(question)) == code


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("giấy khai sinh cho con", "1.001193"),
        ("giấy độc thân", "1.004873"),
        ("giấy báo tử", "1.000656"),
        ("nhập hộ khẩu cho con", "1.004222"),
    ],
)
def test_everyday_words_find_the_procedure(searcher: Searcher, question: str, code: str) -> None:
    assert code in [hit.target.id for hit in searcher.search(question)[:3]]


def test_question_of_a_guide_finds_its_guide_first(searcher: Searcher) -> None:
    assert first(searcher, "vợ tôi mới đẻ con ở bệnh viện thì làm giấy khai sinh cần mang gì") == "1.001193"


def test_faq_is_found_beside_procedures(searcher: Searcher) -> None:
    assert searcher.search("bây giờ còn cấp huyện không")[0].target.kind is TargetKind.FAQ


def test_hits_come_best_first_with_shares_that_sum_to_one_at_most(searcher: Searcher) -> None:
    hits = searcher.search("đăng ký khai sinh", limit=20)
    assert len(hits) == 20
    assert [h.logit for h in hits] == sorted((h.logit for h in hits), reverse=True)
    assert all(0 < h.score < 1 for h in hits)
    assert sum(h.share for h in hits) <= 1 + 1e-5
    assert len({h.target.id for h in hits}) == 20


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t"])
def test_no_words_find_nothing(searcher: Searcher, nothing: str) -> None:
    assert searcher.search(nothing) == []


def test_limit_is_kept(searcher: Searcher) -> None:
    assert [len(searcher.search("khai sinh", limit=n)) for n in (1, 3)] == [1, 3]


def test_question_about_something_else_scores_low(searcher: Searcher) -> None:
    known = searcher.search("đăng ký khai sinh")[0].score
    for other in ("kết quả bóng đá tối qua", "cách nấu phở bò", "iphone giá rẻ"):
        assert searcher.search(other)[0].score < known / 2


def test_same_question_gets_the_same_hits(searcher: Searcher) -> None:
    assert searcher.search("tách hộ khẩu") == searcher.search("tách hộ khẩu")


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
def test_any_text_can_be_searched(searcher: Searcher, text: str) -> None:
    assert all(0 <= hit.score <= 1 for hit in searcher.search(text))
