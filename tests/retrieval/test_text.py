"""Vietnamese text as search sees it: one form for one word, numbers whole, and no text that breaks it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text import canonical, fold, folded_tokens, has_diacritics, is_syllable, tokens

any_text = st.text()
vietnamese = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ ĐỆƯÒÙ.,\n1"
)


@given(any_text)
def test_one_form_is_reached_at_once(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
    assert fold(fold(text)) == fold(text)


@given(vietnamese)
def test_composed_decomposed_and_capital_letters_meet(text: str) -> None:
    for other in (unicodedata.normalize("NFD", text), text.upper(), text.title()):
        assert canonical(other) == canonical(text)
        assert fold(other) == fold(text)
        assert tokens(other) == tokens(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa", "hoà"), ("Hóa", "Hoá"), ("tỏa", "toả"), ("họa", "hoạ"), ("lõa", "loã"), ("khỏe", "khoẻ"),
        ("thủy", "thuỷ"), ("ủy ban", "uỷ ban"), ("tùy", "tuỳ"), ("lũy", "luỹ"), ("lụy", "luỵ"), ("qúy", "quý"),
    ],
)  # fmt: skip
def test_both_places_of_the_tone_mark_are_one_word(old: str, new: str) -> None:
    assert canonical(old) == canonical(new)
    assert tokens(old) == tokens(new)


@pytest.mark.parametrize("word", ["hoàn", "quý", "của", "mùa", "khuya", "thuở", "hoa", "ủy"])
def test_other_words_stay_another(word: str) -> None:
    assert fold(canonical(word)) == fold(word)
    assert len(canonical(word)) == len(word)


@given(vietnamese)
def test_places_in_folded_text_are_places_in_the_text(text: str) -> None:
    assert len(fold(text)) == len(canonical(text)) == len(text)
    assert fold(canonical(text)) == fold(text)


@pytest.mark.parametrize("garbled", ["Òạ", "Òấ", "ùý", "ủỵ"])
def test_two_tone_marks_in_one_syllable_stay_where_they_are(garbled: str) -> None:
    assert canonical(garbled) == garbled.lower()


@given(any_text)
def test_folded_text_is_as_long_as_the_canonical_one_in_any_script(text: str) -> None:
    # `answering.aspects` cuts the canonical text at places of the folded one.
    assert len(fold(canonical(text))) == len(canonical(text))


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_digits_survive_in_order(text: str) -> None:
    digits = re.sub(r"\D", "", text)
    assert re.sub(r"\D", "", "".join(tokens(text))) == digits
    assert re.sub(r"\D", "", "".join(folded_tokens(text))) == digits


@pytest.mark.parametrize("whole", ["1.001193", "01/07/2025", "20.000", "7,5", "2021-2025", "8:30"])
def test_codes_dates_and_amounts_are_one_token(whole: str) -> None:
    assert tokens(f"hỏi {whole} nhé") == ["hỏi", whole, "nhé"]


def test_spaces_and_punctuation_part_words_and_nothing_more() -> None:
    assert tokens("  Đăng-ký,\tkết  hôn!\n") == ["đăng", "ký", "kết", "hôn"]
    assert folded_tokens("ĐĂNG KÝ") == ["dang", "ky"]


@given(any_text)
def test_there_are_as_many_words_with_marks_as_without(text: str) -> None:
    assert len(tokens(text)) == len(folded_tokens(text))
    assert all(tokens(text))
    assert all(folded_tokens(text))


@pytest.mark.parametrize("word", "nghieng duong khuyu giay quyen thuyet oan uong y ngoeo xoong tru gi quoc".split())
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["", "zalo", "facebook", "khaisinh", "ddk", "bcd", "1", "đi", "w", "strong", "thw"])
def test_other_letters_are_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("text", "has"),
    [("dang ky", False), ("đang ky", True), ("ký", True), ("KÝ", True), ("DANG KY 1.2", False), ("", False)],
)
def test_any_mark_is_a_mark(text: str, has: bool) -> None:
    assert has_diacritics(text) is has
    assert has_diacritics(unicodedata.normalize("NFD", text)) is has
