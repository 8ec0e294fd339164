"""Published text on its way in: one Unicode form, tidy lines, names that people can read."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.wording import clean_title, nfc, nfc_deep, one_line, paragraphs, without_marks

any_text = st.text()
vietnamese = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ ĐỆƯ.,\n\t1"
)


@given(any_text)
def test_composing_twice_changes_nothing(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)


@given(vietnamese)
def test_decomposed_and_composed_text_become_one(text: str) -> None:
    assert nfc(unicodedata.normalize("NFD", text)) == nfc(text) == text


@given(any_text)
def test_names_and_paragraphs_are_tidied_once(text: str) -> None:
    for tidy in (one_line, paragraphs):
        assert tidy(tidy(text)) == tidy(text)


@given(any_text)
def test_tidying_keeps_every_word_in_order(text: str) -> None:
    assert one_line(text).split() == nfc(text).split()
    assert paragraphs(text).split() == nfc(text).split()


@given(any_text)
def test_text_without_marks_is_as_long_as_its_composed_form(text: str) -> None:
    assert len(without_marks(text)) == len(nfc(text))


def test_korean_keeps_its_length_without_marks() -> None:
    # Three letters to a syllable once decomposed: places found in the plain text then lay behind the end of the other.
    assert len(without_marks("한국 lệ phí")) == len("한국 lệ phí")


@given(vietnamese)
def test_marks_are_taken_off_once(text: str) -> None:
    plain = without_marks(text)
    assert without_marks(plain) == plain
    assert without_marks(unicodedata.normalize("NFD", text)) == plain
    assert plain.isascii()


def test_invisible_characters_go_and_hard_spaces_become_spaces() -> None:
    assert nfc("Điện\u200b\u00a0Biên\ufeff") == "Điện Biên"


def test_composing_reaches_into_lists_and_mappings_and_leaves_the_rest() -> None:
    raw = {"names": [unicodedata.normalize("NFD", "Mường Nhé"), 3, None], "is_new": True}
    assert nfc_deep(raw) == {"names": ["Mường Nhé", 3, None], "is_new": True}


@pytest.mark.parametrize(
    ("published", "title"),
    [
        ("Thủ tục đăng ký khai sinh", "Đăng ký khai sinh"),
        ("Thủ tục: Cấp lại thẻ", "Cấp lại thẻ"),
        ("Thủ tục hành chính: Cấp lại thẻ", "Cấp lại thẻ"),
        ("TTHC cấp đổi giấy phép", "Cấp đổi giấy phép"),
        ("  Đăng ký\tkết hôn\n ", "Đăng ký kết hôn"),
        ("“Đăng ký lại khai tử”.", "Đăng ký lại khai tử"),
        ("THỦ TỤC CẤP THẺ BHYT TẠI UBND XÃ", "Cấp thẻ BHYT tại UBND xã"),
        ("đăng ký thường trú", "Đăng ký thường trú"),
        ("Cấp Giấy phép ATTP", "Cấp Giấy phép ATTP"),
        ("Thủ tục", "Thủ tục"),
        (None, ""),
        ("", ""),
    ],
)
def test_title_reads_as_people_say_it(published: str | None, title: str) -> None:
    assert clean_title(published) == title


@given(any_text)
def test_title_is_one_tidy_line(text: str) -> None:
    title = clean_title(text)
    assert title == one_line(title)
    assert not title[:1].islower() or title[:1].upper() == title[:1]


@given(vietnamese)
def test_decomposed_title_is_the_same_title(text: str) -> None:
    assert clean_title(unicodedata.normalize("NFD", text)) == clean_title(text)
