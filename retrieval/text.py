"""Vietnamese text as a search engine sees it: folding, tokens, syllables.

Correcting what a person typed is `spelling`; cleaning published text is `corpus.wording`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from corpus.wording import nfc, without_marks

_TOKEN = re.compile(r"\d+(?:[./,:\-]\d+)+|\d+|[^\W\d_]+", re.UNICODE)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OLD_TONE = re.compile(rf"(o(?=[{_TONES}][ae])|u(?=[{_TONES}]y))([{_TONES}])([aey])(?![\u0300-\u036f]|[^\W\d_])")

# Onsets, nuclei and codas of folded Vietnamese syllables. Source: Đoàn Thiện Thuật, Ngữ âm tiếng Việt (1977), with the
# spellings "gi", "qu" as onsets; "ddk" and the like are no syllables.
_ONSETS = (
    "ngh",
    "nh",
    "ng",
    "gh",
    "gi",
    "kh",
    "ph",
    "qu",
    "th",
    "tr",
    "ch",
    "b",
    "c",
    "d",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "x",
    "",
)
_NUCLEI = (
    "uyeu",
    "ieu",
    "yeu",
    "oai",
    "oao",
    "oay",
    "oeo",
    "uao",
    "uay",
    "uoi",
    "uou",
    "uya",
    "uye",
    "uyu",
    "uoa",
    "ai",
    "ao",
    "au",
    "ay",
    "eo",
    "eu",
    "ia",
    "ie",
    "iu",
    "oa",
    "oe",
    "oi",
    "oo",
    "ua",
    "ue",
    "ui",
    "uo",
    "uu",
    "uy",
    "ya",
    "ye",
    "a",
    "e",
    "i",
    "o",
    "u",
    "y",
)
_CODAS = ("ch", "ng", "nh", "c", "m", "n", "p", "t", "")
_SYLLABLE = re.compile(rf"(?:{'|'.join(_ONSETS)})(?:{'|'.join(_NUCLEI)})(?:{'|'.join(_CODAS)})")


def fold(text: str) -> str:
    """The text in lower case without diacritics: "Đăng ký" and "dang ky" meet. Length in words is kept."""
    return without_marks(text)


def canonical(text: str) -> str:
    """The text in lower-case NFC with the tone mark on one agreed vowel, so that "hoà" and "hòa" are one word."""
    decomposed = unicodedata.normalize("NFD", nfc(text).lower())
    return unicodedata.normalize("NFC", _OLD_TONE.sub(r"\1\3\2", decomposed))


def tokens(text: str) -> list[str]:
    """Words and numbers in order, lower case, accents kept; codes and dates stay whole ("1.001193")."""
    return _TOKEN.findall(canonical(text))


def folded_tokens(text: str) -> list[str]:
    """As `tokens`, without diacritics."""
    return _TOKEN.findall(fold(text))


@lru_cache(maxsize=100_000)
def is_syllable(word: str) -> bool:
    """Whether the folded word can be one Vietnamese syllable."""
    return bool(_SYLLABLE.fullmatch(word))


def has_diacritics(text: str) -> bool:
    """Whether any letter carries a Vietnamese diacritic or is đ."""
    return fold(text) != nfc(text).lower()
