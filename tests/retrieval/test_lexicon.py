"""Everyday words and what they stand for: each phrase once, each meaning a procedure, readings as people mean them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml

from retrieval.lexicon import EVERYDAY, Lexicon, Reading
from retrieval.search import Searcher
from retrieval.text import canonical, fold

TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(EVERYDAY.read_text(encoding="utf-8"))
ENTRIES = [entry for section in TABLE.values() for entry in section]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.bundled()


def test_phrase_stands_in_one_entry_of_its_section() -> None:
    for section in TABLE.values():
        phrases = Counter(canonical(phrase) for entry in section for phrase in entry["say"])
        assert [phrase for phrase, count in phrases.items() if count > 1] == []


def test_entry_says_something_and_excludes_nothing_of_itself() -> None:
    for entry in ENTRIES:
        assert entry["say"], entry
        assert entry["means"], entry
        assert not set(entry.get("not", ())) & set(entry["say"]), entry
        assert set(entry) <= {"say", "means", "not"}, entry


@pytest.mark.parametrize("means", sorted({entry["means"] for entry in ENTRIES}))
def test_meaning_names_something_the_bundled_corpus_has(searcher: Searcher, means: str) -> None:
    best = searcher.search(means, limit=3)
    words = set(fold(means).split())
    named = [set(fold(hit.target.title).split()) | set(fold(hit.reading).split()) for hit in best]
    assert any(len(words & names) / len(words) > 0.5 for names in named)
    assert best[0].features["words_query"] > 0.5, [hit.target.title for hit in best]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("làm bìa đỏ cần gì", "giấy chứng nhận quyền sử dụng đất"),
        ("cắt hộ khẩu cho vợ", "xóa đăng ký thường trú"),
        ("xin giấy độc thân", "giấy xác nhận tình trạng hôn nhân"),
        ("làm lại giấy khai sinh", "đăng ký lại khai sinh"),
        ("đổi bằng lái", "giấy phép lái xe"),
    ],
)
def test_everyday_phrase_is_read_in_official_words(lexicon: Lexicon, said: str, read: str) -> None:
    assert canonical(read) in lexicon.readings(said)[0].text


def test_question_without_diacritics_is_read_too(lexicon: Lexicon) -> None:
    assert "giấy chứng nhận quyền sử dụng đất" in lexicon.readings("lam bia do")[0].text


def test_longer_phrase_comes_first() -> None:
    words = [{"say": ["hộ khẩu"], "means": "thường trú"}, {"say": ["tách hộ khẩu"], "means": "tách hộ"}]
    lexicon = Lexicon({"words": words})
    assert lexicon.readings("tách hộ khẩu") == [Reading("tách hộ", "tách hộ khẩu", False)]


def test_phrase_is_a_whole_word() -> None:
    lexicon = Lexicon({"words": [{"say": ["an"], "means": "ăn"}]})
    assert lexicon.readings("lan man") == []


def test_excluded_phrase_keeps_the_words() -> None:
    lexicon = Lexicon({"words": [{"say": ["nhập khẩu"], "means": "đăng ký thường trú", "not": ["hàng"]}]})
    assert lexicon.readings("nhập khẩu hàng") == []
    assert lexicon.readings("nhập khẩu cho con") == [Reading("đăng ký thường trú cho con", "nhập khẩu", False)]


def test_situation_is_a_reading_of_its_own_and_only_one() -> None:
    told = [{"say": ["mẹ mất"], "means": "đăng ký khai tử"}, {"say": ["vợ sinh"], "means": "đăng ký khai sinh"}]
    assert Lexicon({"situations": told}).readings("mẹ mất, vợ sinh") == [Reading("đăng ký khai sinh", "vợ sinh", True)]


def test_plain_question_has_no_other_reading(lexicon: Lexicon) -> None:
    assert lexicon.readings("đăng ký kết hôn") == []
    assert lexicon.readings("") == []
