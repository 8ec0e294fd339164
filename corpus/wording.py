"""Cleaning of text on its way in: one Unicode form, single spaces, no clerk's decorations.

Understanding what a resident typed is `retrieval.text`; here only published text is cleaned, and nothing is lost.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"))
_ABBREVIATIONS = frozenset(
    {
        "UBND",
        "HĐND",
        "BHYT",
        "BHXH",
        "BHTN",
        "CCCD",
        "QĐ",
        "TTHC",
        "VNEID",
        "ASEAN",
        "VN",
        "TP",
        "THCS",
        "THPT",
        "CNTT",
        "PCCC",
        "LLVT",
        "TNXP",
        "ODA",
        "GCN",
        "II",
        "III",
        "IV",
        "VI",
    }
)


def nfc(text: str) -> str:
    """The text in Unicode NFC without invisible characters; non-breaking spaces become spaces."""
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE).replace("\u00a0", " "))


def nfc_deep(value: Any) -> Any:
    """NFC for every string inside lists and mappings."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return [nfc_deep(v) for v in value]
    if isinstance(value, dict):
        return {k: nfc_deep(v) for k, v in value.items()}
    return value


def one_line(text: str | None) -> str:
    """The text on one line with single spaces: for names and titles."""
    return re.sub(r"\s+", " ", nfc(text or "")).strip()


def paragraphs(text: str | None) -> str:
    """The text with tidy lines: spaces collapsed, empty lines gone, line breaks kept."""
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in nfc(text or "").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def clean_title(text: str | None) -> str:
    """A procedure's name as people can read it.

    Drops "Thủ tục" in front, trailing full stops and quotes around the whole; turns ALL CAPS into a sentence, keeping
    the abbreviations that stand in capitals everywhere (77 of the portal's names are all capitals).
    """
    title = one_line(text).strip(' .;:-–"“”')
    if title.isupper():
        title = " ".join(w if w.strip(",.()") in _ABBREVIATIONS else w.lower() for w in title.split())
    title = re.sub(r"^(?:thủ tục|tthc)(?:\s*:|\s+hành chính\s*:)?\s+(?=\S)", "", title, flags=re.IGNORECASE)
    return title[:1].upper() + title[1:]


@lru_cache(maxsize=50_000)
def without_marks(text: str) -> str:
    """The text in small letters without diacritics, one character for each of its NFC form.

    Callers cut the NFC text at places found in this one. Decomposing it as a whole would make a Korean syllable three
    characters long: "한국 lệ phí bao nhiêu" then kept `answering.aspects` looking for ever.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_plain_character, nfc(text)))


@lru_cache(maxsize=10_000)
def _plain_character(character: str) -> str:
    return "d" if character in "đĐ" else unicodedata.normalize("NFD", character)[0].lower()
