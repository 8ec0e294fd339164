"""Reading which aspects a question asks for: it ends for every text, and leaves the question's own words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answering.answer import Aspect
from answering.aspects import find_aspects, unwrap
from corpus.wording import without_marks


@pytest.mark.parametrize(
    ("question", "aspects", "content"),
    [
        ("tách hộ mất bao lâu", ["time"], "tách hộ"),
        ("đăng ký kết hôn lệ phí bao nhiêu", ["fee"], "đăng ký kết hôn"),
        ("đăng ký tạm trú cần giấy tờ gì", ["documents"], "đăng ký tạm trú"),
        ("cho em hỏi làm hộ chiếu ở đâu ạ", ["place"], "hộ chiếu"),
        ("khai sinh", [], "khai sinh"),
        ("", [], ""),
    ],
)
def test_aspects_are_taken_out_of_the_question(question: str, aspects: list[str], content: str) -> None:
    asked = find_aspects(question)
    assert list(asked.aspects) == aspects
    assert content in asked.content


@pytest.mark.parametrize("question", ["tách hộ mất bao lâu", "khai tử hết bao nhiêu tiền", "hộ chiếu cần giấy tờ gì"])
def test_question_without_diacritics_asks_the_same(question: str) -> None:
    assert find_aspects(without_marks(question)).aspects == find_aspects(question).aspects


def test_aspects_come_in_the_order_of_the_question() -> None:
    assert find_aspects("khai tử mất mấy ngày, lệ phí bao nhiêu").aspects == (Aspect.TIME, Aspect.FEE)
    assert find_aspects("khai tử lệ phí bao nhiêu, mất mấy ngày").aspects == (Aspect.FEE, Aspect.TIME)


PIECES = ["lệ phí bao nhiêu", "mất mấy ngày", "cần giấy tờ gì", "ở đâu", "한국", "q̃", "İ", "ﬀ", "한", "khai sinh"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=80))
@settings(deadline=2_000)
def test_every_text_comes_to_an_end(text: str) -> None:
    asked = find_aspects(text)
    assert len(set(asked.aspects)) == len(asked.aspects)
    assert "\x00" not in asked.content or "\x00" in text


@given(st.text(max_size=60))
def test_unwrapping_twice_is_unwrapping_once(text: str) -> None:
    assert unwrap(unwrap(text)) == unwrap(text)
