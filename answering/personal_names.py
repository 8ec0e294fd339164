"""Finds people's names that stand with a date of birth.

A name alone is not looked for: telling "Lò Văn A" from a village needs more than a word list, and a name without
a date or a number points at nobody. What becomes of the places found is `answering.masking`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_FULL_DATE = (
    r"(?:\d{1,2} ?[./\-] ?\d{1,2} ?[./\-] ?(?:\d{4}|\d\d)|(?:19|20)\d\d-\d\d-\d\d"
    r"|\d{1,2} thang \d{1,2},? (?:nam )?\d{4})(?!\d)"
)
_ROUGH_DATE = r"(?:\d{1,2} ?[./\-] ?(?:19|20)\d\d|\d{1,2} nam (?:19|20)\d\d|(?:19|20)\d\d|\d\d)(?![\d./])"
# "khai sinh ngày 1/2/2024", "học sinh năm 2025", "vệ sinh", "phát sinh", "hy sinh": nobody is born there.
_NOT_BORN = "".join(f"(?<!{word} )" for word in _words("khai hoc ve phat hy hi thi ho moi ky ki dan tuyen giam tai an"))
_BIRTH = re.compile(
    # "Hoàng Nam sinh ngày" is no "năm sinh".
    rf"(?<!\w)(?:(?:ngay|nam)(?:,? thang(?:,? nam)?)? sinh(?! (?:ngay|nam|thang))|{_NOT_BORN}sinh|sn|s/n|dob)(?!\w)"
    r"(?: (?:tai|o) [^\d\n]{1,40}?)?[ :,(]*(?:(?:vao|ngay|thang|nam)[ :]*){0,3}"
    rf"({_FULL_DATE}|{_ROUGH_DATE})"
)
_BARE_DATE = re.compile(rf"(?<=[ (])(?<!ngay )(?<!sinh )({_FULL_DATE})")

_BESIDE = 60
"""Characters between a name and its date of birth: "Lò Văn A, dân tộc Thái, trú tại bản Phủ, sinh ngày …"."""

_SURNAMES = _words("""
    an au ba bac ban banh be bien bo bui ca cam cao cha chang chao che chieu chu chung co cu cung da dang dao dau
    deo dieu dinh do doan don dong du duong giang gio giap ha hang ho hoa hoang hua huynh kha khang khoang khong
    kieu kim la lai lam lang lau le leng leo lenh lo loc long lu luc luong luu ly ma mac mai man mao mua muong
    nghiem ngo ngai nguyen nhu ninh no nong ong pham phan phang pho phu phung po poong quach quan quang sa sung tan
    tang tao ta teo than thang thao thieu thung ti to ton tong tra tran trang trieu trinh truong tu va vang vi viet
    vo vu vuong vuu vua xa xin
""")
"""Folded, with those of Điện Biên's peoples: Thái, Mông, Dao, Khơ Mú, Hà Nhì, Kháng, Lào, Si La, La Hủ."""

_UNMISTAKABLE_SURNAMES = _words("nguyen pham huynh phan hoang bui duong giang luong khoang trieu quang")
"""Those that count without capitals too: hardly another word of a question folds to them."""

_ADDRESSES = _words("""
    tôi em anh chị ông bà cô chú bác cháu con bé bố mẹ vợ chồng tên là họ và cho của người mình bạn
    toi chau ten chong nguoi cua minh
""")
"""Words before a name. With diacritics, for "vợ" and "Võ", "chú" and "Chu" fold to the same."""

_PLACES = _words("""
    ở tại xã phường huyện tỉnh tp phố đường bản thôn tổ quê quán trấn viện trường từ quận ubnd
    tai xa phuong huyen tinh thon
""")
"""Words that make the capitals after them a place."""

_WORD = re.compile(r"[^\W\d_]+")
_MARKED_NAME = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(_SURNAMES))}) (?:van|thi|a) (?!sinh)[a-z]+(?: (?!sinh)[a-z]+)?(?!\w)"
)
_PLAIN_NAME = re.compile(rf"(?<!\w)(?P<name>(?:{'|'.join(sorted(_UNMISTAKABLE_SURNAMES))})(?: [a-z]+){{1,3}})$")
_SAID_NAME = re.compile(r"(?<!\w)ten(?: toi| em| chau)?(?: la)?[ :]+(?P<name>(?!la )[a-z]+(?: [a-z]+){0,4})$")


def people_with_birth_dates(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Places of names beside dates of birth, and of these dates.

    `text` is in NFC; `folded` is `text` in lower case without diacritics, character for character.
    """
    for birth in _BIRTH.finditer(folded):
        names = [*_names_before(text, folded, birth.start()), *_names_after(text, folded, birth.end())]
        yield from names
        if names:
            yield birth.span(1)
    for date in _BARE_DATE.finditer(folded):
        for start, end in _capitalised_names(text, folded, date.start() - _BESIDE, date.start()):
            # "Hà Nội, 1/7/2025" has two words; a person beside a bare date nearly always three.
            if _end_of_words(folded, date.start()) == end and folded.count(" ", start, end) >= 2:
                yield from ((start, end), date.span(1))


def _names_before(text: str, folded: str, birth: int) -> Iterator[tuple[int, int]]:
    yield from _capitalised_names(text, folded, birth - _BESIDE, birth, touching=_end_of_words(folded, birth))
    yield from (found.span() for found in _MARKED_NAME.finditer(folded, max(0, birth - _BESIDE), birth))
    for pattern in (_PLAIN_NAME, _SAID_NAME):
        # A pattern's $ stands at the end that it is given.
        if found := pattern.search(folded, max(0, birth - _BESIDE), _end_of_words(folded, birth)):
            yield found.span("name")


def _names_after(text: str, folded: str, birth_end: int) -> Iterator[tuple[int, int]]:
    yield from _capitalised_names(text, folded, birth_end, birth_end + _BESIDE)
    yield from (found.span() for found in _MARKED_NAME.finditer(folded, birth_end, birth_end + _BESIDE))


def _end_of_words(folded: str, end: int) -> int:
    start = max(0, end - _BESIDE)
    return start + len(folded[start:end].rstrip(" ,:(-\n"))


def _capitalised_names(
    text: str, folded: str, start: int, end: int, *, touching: int | None = None
) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words that begin with a surname, or that end at `touching`."""
    if text[max(0, start) : end].isupper():
        return  # Everything is in capitals, so they tell nothing.
    for run in _capitalised_runs(text, start, end):
        name, addressed = _without_address(run)
        if not _is_place(text, name):
            has_surname = len(name) > 1 and folded[slice(*name[0].span())] in _SURNAMES
            is_beside = name[-1].end() == touching and (addressed or len(name) > 1)
            if has_surname or is_beside:
                yield name[0].start(), name[-1].end()


def _capitalised_runs(text: str, start: int, end: int) -> Iterator[list[re.Match[str]]]:
    start = max(0, start)
    while start and text[start - 1].isalpha():
        start -= 1
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text, start, end):
        if run and text[run[-1].end() : word.start()].strip(" \u00a0"):
            yield run
            run = []
        if word[0][0].isupper():
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _without_address(run: list[re.Match[str]]) -> tuple[list[re.Match[str]], bool]:
    """The words after "Ông", "Cháu", "tên là"…, and whether there was such a word."""
    for place in reversed(range(len(run) - 1)):
        if run[place][0].lower() in _ADDRESSES:
            return run[place + 1 :], True
    return run, False


def _is_place(text: str, name: list[re.Match[str]]) -> bool:
    before = _WORD.findall(text[max(0, name[0].start() - 20) : name[0].start()])
    return any(word.lower() in _PLACES for word in [*before[-1:], name[0][0]])
