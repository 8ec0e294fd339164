"""Covers personal data in a text, so that nothing downstream keeps or logs it.

Works on one text alone, with no memory and no I/O. When to mask is `answering.guard`'s; `storage` masks once more
on the way in. Names are `answering.personal_names`. Contacts of offices (an office's land line, an e-mail address)
look like people's and are covered too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from answering.personal_names import people_with_birth_dates

MASK = "•••"
"""No letter and no digit: search finds nothing in it, and masking it again changes nothing."""


def mask(text: str) -> str:
    """`text` with personal data replaced by `MASK`, in NFC; a text without any comes back exactly as it was.

    Covered: identity numbers of 12 and 9 digits, phone numbers, bank cards and other runs of 9 or more digits, also
    when spoken as words; e-mail addresses; codes and passwords near words such as "otp"; a name that stands with a
    date of birth, and that date. Kept: codes of procedures, numbers and dates of documents, amounts of money, years,
    emergency numbers, 1800 and 1900 lines; a name alone and a date of birth alone, which do not tell who is meant.
    """
    while True:
        composed = unicodedata.normalize("NFC", text)
        spans = list(_personal_data(composed))
        if not spans:
            return text
        # Each round takes at least one letter or digit away, so this ends; what it ends with holds nothing to mask,
        # which is why masking twice is masking once.
        text = _covered(composed, spans)


def _covered(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    shown_to = 0
    for start, end in sorted(spans):
        if start >= shown_to:
            pieces += [text[shown_to:start], MASK]
        shown_to = max(shown_to, end)
    return "".join([*pieces, text[shown_to:]])


def _personal_data(text: str) -> Iterator[tuple[int, int]]:
    folded = "".join(map(_folded_character, text))
    yield from (found.span() for pattern in (_EMAIL, _SPOKEN_DIGITS) for found in pattern.finditer(folded))
    yield from people_with_birth_dates(text, folded)
    without_public = _PUBLIC.sub(lambda public: _TAKEN * len(public[0]), folded)
    yield from _phones(without_public)
    yield from _long_numbers(without_public)
    yield from _secrets(without_public)


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    """One character for one, so that places agree: lower case, no diacritics, ASCII digits, one kind of space."""
    if character in "đĐ":
        return "d"
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return "\n"  # A tab or a new line parts two numbers; a space, or what is not seen at all, does not.
    if category in {"Zs", "Cf"}:
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(character))
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


# Figures that are public. They are taken out before numbers are looked at, so each pattern is as narrow as it can
# be: a personal number that one of them took by mistake would be kept. None starts inside a longer number.

_TAKEN = "\ue000"
_ALONE = r"(?<!\d)(?<!\d[.,\- ])"
_AMOUNT = (
    # No leading 0, which every 12-digit number of a person has (the code of a province, 001 to 096).
    # Four digits in a group are a slip of the portal's own: 15.000.0000 đồng.
    r"(?:[1-9]\d{0,2}(?:(?:\.\d{3,4}){1,3}|(?:,\d{3}){1,3}|(?: \d{3}){1,3})"
    # Written without marks, more than 8 digits are an amount only when it is a round one.
    r"|[1-9]\d{0,7}(?:000)?)(?:[.,]\d{1,2})?(?!\d)"
)
_UNIT = r"(?:\s*(?:vnd|dong|d|₫|trieu|ty|nghin|ngan|usd|\((?:[a-z]+ ){1,12}dong)|k)(?![a-z0-9])"
_PUBLIC = re.compile(
    "|".join(
        [
            # 1.001193, of a result 1.001193.01, and as the portal wrote it before: 1.001193.000.00.00.H11
            rf"{_ALONE}[1-3]\.\d{{6}}(?:\.000\.00\.00\.h\d\d|(?:\.\d\d)?(?!\.?\d|[ \-]\d{{5,6}}(?!\d)))",
            # The id in the address of a procedure's page, in which ten digits may stand together
            r"(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-z])",
            # 53/2025/TT-BCA, 06/QĐ-TTg, 26/2023/QH15
            rf"{_ALONE}\d{{1,5}}/(?:\d{{4}}/)?[a-z]+(?:-[a-z]+)*(?:\d\d?(?![ .\-]?\d))?",
            # 20.000 đồng, 1000000đ, từ 100.000.000 đến 200.000.000 đồng
            rf"{_ALONE}{_AMOUNT}(?:\s*(?:-|den|toi)\s*{_AMOUNT})?{_UNIT}",
            # 500000-15000000, without a word: two round numbers
            rf"{_ALONE}[1-9]\d{{0,5}}000-[1-9]\d{{0,5}}000(?![ .\-]?\d)",
            # 1/7/2025, 01-07-2025, 2026-04-27
            rf"{_ALONE}\d{{1,2}}(?P<mark>[./\-])\d{{1,2}}(?P=mark)(?:19|20)\d\d(?!(?P=mark)?\d)",
            rf"{_ALONE}(?:19|20)\d\d-\d\d-\d\d(?!-?\d)",
            # năm 2025, năm 2021-2025
            r"(?<=nam )(?:19|20)\d\d(?:\s*-\s*(?:19|20)\d\d)?(?![ .\-]?\d)",
            # 18001096, 1900 1234
            rf"{_ALONE}1[89]00[ .]?\d{{4}}(?:\d\d)?(?![ .\-]?\d)",
            # 113, 114, 115, also one after another, which would be nine digits
            rf"{_ALONE}11[1-5](?:[ ,./\-]+11[1-5])*(?![ .\-]?\d)",
            # Any warning against fraud has a short line beside the word "otp": gọi 156, nhắn tin đến 5656
            r"(?:goi|tong dai|hotline|duong day nong|dau so|nhan tin)(?: (?:toi|den|so|ve|qua|dien thoai)){0,3}"
            r" \d{3,5}(?![ .\-]?\d)",
        ]
    )
)

_EMAIL = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63})+")

# What speech recognition makes of a number that is read out, digit by digit.
_SPOKEN_DIGIT = r"(?:khong|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|\d)"
_SPOKEN_DIGITS = re.compile(rf"(?<!\w){_SPOKEN_DIGIT}(?:[ .\-]{_SPOKEN_DIGIT}){{8,}}(?!\w)")

_GAP = r"[ .\-()]{0,2}"
_PHONE = re.compile(
    r"(?<!\d)(?:"
    rf"(?:\+ ?|00)?84{_GAP}0?{_GAP}(?:[35789](?:{_GAP}\d){{8}}|2(?:{_GAP}\d){{9}})"
    # 01 and nine more: mobile numbers as they were before 2018, still written on old papers.
    rf"|\(?0{_GAP}(?:[35789](?:{_GAP}\d){{8}}|[12](?:{_GAP}\d){{9}})"
    r")(?!\d)"
)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for found in _PHONE.finditer(text):
        if _reads_as_one_number(re.findall(r"\d+", found[0]), re.findall(r"[ .\-()]+", found[0])):
            yield found.span()


def _reads_as_one_number(groups: list[str], gaps: list[str]) -> bool:
    """False for opening hours such as 07.30-11.30 13.30: pairs of digits with mixed marks between."""
    return len(set(gaps)) <= 1 or max(map(len, groups)) >= 3


@dataclass(frozen=True)
class _Group:
    """Digits with nothing between, and what stands between them and the group before."""

    digits: str
    start: int
    end: int
    gap: str


_NUMBERS = re.compile(r"\d+(?:[ .\-]{1,2}\d+)*")
_GROUP = re.compile(r"([ .\-]*)(\d+)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def _long_numbers(text: str) -> Iterator[tuple[int, int]]:
    for numbers in _NUMBERS.finditer(text):
        groups = [
            _Group(digits=group[2], start=group.start(2), end=group.end(2), gap=group[1])
            for group in _GROUP.finditer(text, *numbers.span())
        ]
        yield from ((group.start, group.end) for group in groups if len(group.digits) >= 9)
        for stretch in [*_windows_of_twelve(groups), *_evenly_marked(groups)]:
            yield stretch[0].start, stretch[-1].end


def _windows_of_twelve(groups: list[_Group]) -> Iterator[list[_Group]]:
    """Neighbours with 12 digits together, the first a 0, whatever numbers stand before and after."""
    for first, group in enumerate(groups):
        if group.digits[0] != "0":
            continue
        count, last = 0, first
        while last < len(groups) and count < 12:
            count += len(groups[last].digits)
            last += 1
        window = groups[first:last]
        if count == 12 and _reads_as_one_number([one.digits for one in window], [one.gap for one in window[1:]]):
            yield window


def _evenly_marked(groups: list[_Group]) -> Iterator[list[_Group]]:
    """Neighbours with the same mark between all of them that look like an identity number or a bank card."""
    stretch = groups[:1]
    for before, group in pairwise(groups):
        if len(stretch) > 1 and group.gap != stretch[-1].gap:
            if _looks_personal([one.digits for one in stretch]):
                yield stretch
            stretch = [before]
        stretch.append(group)
    if len(stretch) > 1 and _looks_personal([one.digits for one in stretch]):
        yield stretch


def _looks_personal(groups: list[str]) -> bool:
    if all(map(_YEAR.fullmatch, groups)):
        return False
    digits = sum(map(len, groups))
    # Cards are printed 4-4-4-4, 4-6-5, or in two after the six figures of their bank; none begins with 1.
    is_card = digits in {15, 16, 18, 19} and min(map(len, groups[:-1])) >= 4 and groups[0][0] != "1"
    return digits in {9, 12} or is_card


_SECRET_WORD = re.compile(
    r"(?<![a-z])(?:otp|ma xac (?:thuc|nhan|minh)|mat khau|password|passcode|ma pin|ma bao mat|cvv)(?![a-z])"
)
_NEAR = 40
"""Characters between such a word and its code. Banks write "Ma OTP cua quy khach cho giao dich la: 123456"."""
_CODE = re.compile(r"(?<![\d.,/])(?<!\d[ \-])(?:\d{3}[ \-]\d{3}|\d{4,8})(?!\d|[.,/\-]\d)")
_SAID_CODE = re.compile(r"(?: cua (?:toi|em|minh|con|chau|anh|chi))?\s*(?:la\b|[:=\-])?\s*(\d{4,8})(?!\d|[.,/]\d)")
_SAID_PASSWORD = re.compile(r"(?: \w+){0,5}?\s*(?:\bla\b|[:=])\s*((?=\S*\d)(?=\S*[a-z])[^\s\ue000]{4,64})")


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    for word in _SECRET_WORD.finditer(text):
        for found in _CODE.finditer(text, max(0, word.start() - _NEAR), word.end() + _NEAR):
            # Near the word, 2026 is more often a year than a code; said straight after it, it is a code.
            if not _YEAR.fullmatch(found[0]):
                yield found.span()
        for pattern in (_SAID_CODE, _SAID_PASSWORD):
            if said := pattern.match(text, word.end()):
                yield said.span(1)
