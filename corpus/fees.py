"""Reads one charge: its amount, its currency, and whether the words say that nothing is charged.

The portal stores 0 where a clerk filled in nothing as often as where nothing is charged, and its sheets print every
such 0 as "Miễn phí": 1.000656 prints it beside a fee that the province sets. So a 0 counts only where the words of
the source say so. Showing fees is `answering.compose`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from corpus.record import Fee, FeeKind
from corpus.wording import nfc, one_line, paragraphs

# No charge in the records is below 1.000 đồng. What stands below it there is thousands (20 beside "20.000 vnđ/tờ
# khai"), dollars (155 beside "155 USD/thẻ") or a filler (1 beside "theo quy định"): 211 fees, none of them true.
SMALLEST_CHARGE_VND = 1_000

_CHARGE = r"(?:phí|lệ phí)(?:(?:, | và |/)(?:phí|lệ phí))?"
_NOTHING = re.compile(
    rf"(?:không(?: có)?|không {_CHARGE}|không có {_CHARGE}|không mất (?:tiền|{_CHARGE})|không thu(?: tiền| {_CHARGE})?"
    rf"|không phải (?:nộp|đóng|trả)(?: tiền| {_CHARGE})?|miễn (?:thu )?{_CHARGE}|miễn thu)"
    r"(?: \((?:theo |căn cứ |thông tư|nghị|luật|quyết định)[^()]*\))?[.;]?"
    r"(?: (?:phí|lệ phí) cấp bản sao .*)?")
_LIMITED = re.compile(r"\b(?:đối với|trường hợp|riêng|trừ|từ ngày|đến ngày|đến hết|nếu)\b")
_EXEMPTS_SOME = re.compile(
    r"(?:miễn|không thu|không phải nộp)\b.{0,60}?\b(?:đối với|cho)\b"
    r"|(?:các )?(?:trường hợp|người|cá nhân|tổ chức|công dân|hộ|đối tượng)\b.{1,200}?"
    r"\b(?:được|thuộc diện) (?:được )?miễn\b")
_CHARGES_OTHERS = re.compile(
    r"\bmức (?:thu )?(?:phí|lệ phí) (?:cụ thể|\()|\bdo (?:hội đồng|hđnd|ủy ban|ubnd|bộ)\b|\bgiảm\b"
    r"|[0-9] ?(?:%|(?:đồng|đ|vnđ|vnd|usd)\b)")
# What the portal's older sheets printed for a 0, copied by clerks into the description.
_PRINTED_ZERO = re.compile(r"^\s*(?:phí|lệ phí)?\s*:?\s*miễn phí\s+(?:đồng|vnđ)\s*(?=\S)", re.IGNORECASE)

_AMOUNT = re.compile(r"([0-9]{1,3}(?:[.,  ][0-9]{3})+|[0-9]{1,12})\s*(việt nam đồng|đồng|vnđ|vnd|đ|usd|đô la(?: mỹ)?)?")
_ZERO_IN_PRINT = re.compile(r"miễn phí(?: (?:việt nam đồng|đồng|vnđ|vnd|usd))?")
_DOLLARS = ("usd", "đô la", "đô la mỹ")


class PrintedAmount(NamedTuple):
    """What a sheet prints in the column of fees: a number with its currency, or words (`value` None)."""

    value: Decimal | None
    currency: str
    words: str


def read_fee(kind: FeeKind | None, value: Decimal | None, *, currency: str = "VND", note: str = "",
             context: str = "") -> Fee:
    """One charge from the number and the words that a source gives for it.

    `context` is wording beside the note that may tell the currency, such as the description of the submission.
    """
    wording = paragraphs(_PRINTED_ZERO.sub("", nfc(note), count=1))
    if not value:
        exempts = value is not None and _exempts_some(wording)
        amount = Decimal(0) if exempts or _says_nothing_is_charged(wording) else None
        return Fee(kind=kind, amount=amount, currency=currency, note=wording, is_exemption=exempts)
    currency = _stated_currency(value, f"{wording}\n{context}") or currency
    if currency == "VND" and value < SMALLEST_CHARGE_VND:
        return Fee(kind=kind, currency=currency, note=wording)
    return Fee(kind=kind, amount=value, currency=currency, note=wording)


def read_printed_amount(text: str) -> PrintedAmount:
    """What the portal's sheets print for an amount: "10.000 VNĐ", "Miễn phí Đồng" (its 0), or a clerk's words."""
    line = one_line(text)
    if _ZERO_IN_PRINT.fullmatch(line.lower()):
        return PrintedAmount(Decimal(0), "VND", "")
    match = _AMOUNT.fullmatch(line.lower())
    if match is None:
        return PrintedAmount(None, "VND", line)
    currency = "USD" if match.group(2) in _DOLLARS else "VND"
    return PrintedAmount(Decimal(re.sub(r"[^0-9]", "", match.group(1))), currency, "")


def _says_nothing_is_charged(note: str) -> bool:
    """True where the note says, for everybody, that this is free: "Không", "Miễn lệ phí. Phí cấp bản sao…"."""
    line = _plain(note)
    return _NOTHING.fullmatch(line) is not None and not _LIMITED.search(line.partition("cấp bản sao")[0])


def _exempts_some(note: str) -> bool:
    """True where the whole note tells whom a 0 is for, and nothing of what others pay."""
    line = _plain(note)
    return _EXEMPTS_SOME.match(line) is not None and not _CHARGES_OTHERS.search(line)


def _plain(note: str) -> str:
    line = one_line(note).lower().lstrip("-–+* ")
    return line[1:-1].strip() if re.fullmatch(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", line) else line


def _stated_currency(value: Decimal, words: str) -> str | None:
    """The currency that the words give to this very number, None where they give none or two.

    2.000815: the portal's PDF prints "10 VNĐ" beside "10 USD/bản".
    """
    if value != value.to_integral_value():
        return None
    number = re.escape(f"{value:,.0f}").replace(",", "[.,]?")
    found = {("USD" if unit in _DOLLARS else "VND") for unit in re.findall(
        rf"(?<![0-9.,]){number} ?(usd|đô la|đồng|vnđ|vnd|đ)(?!\w)", one_line(words).lower())}
    return found.pop() if len(found) == 1 else None
