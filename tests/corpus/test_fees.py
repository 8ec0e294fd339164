"""When a fee is a number, when it is free, when it is free for some, and when the source does not say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus.fees import SMALLEST_CHARGE_VND, PrintedAmount, read_fee, read_printed_amount
from corpus.record import Fee, FeeKind


def a_fee(value: int | None, note: str = "", *, currency: str = "VND", context: str = "") -> Fee:
    amount = None if value is None else Decimal(value)
    return read_fee(FeeKind.FEE, amount, currency=currency, note=note, context=context)


def test_bare_zero_is_not_free() -> None:
    fee = a_fee(0)
    assert fee.amount is None
    assert not fee.is_free


@pytest.mark.parametrize("note", [
    "Không", "không", "Không có", "- Không có", "Không có.", "Miễn phí", "Miễn lệ phí", "Không thu phí",
    "Không thu lệ phí", "Không phải nộp phí, lệ phí", "Không mất tiền", "Miễn lệ phí (Thông tư số 47/2019/TT-BTC).",
    "(Miễn lệ phí)", "Miễn lệ phí. Phí cấp bản sao Trích lục: theo Thông tư 281.",
])
def test_zero_with_words_for_everybody_is_free(note: str) -> None:
    assert a_fee(0, note).is_free


@pytest.mark.parametrize("note", [
    "Không quy định", "Không quy định.", "Chưa có quy định", "0", "Theo quy định của Bộ Tài chính", "Phí thẩm định",
    "Không được quy định tại Biểu phí", "Do Hội đồng nhân dân cấp tỉnh quy định", "Phí bưu chính",
    "(1) Chấp thuận tổ chức lại: Không có.", "Trường hợp (i): nộp chi phí dự thi. Trường hợp (ii): Không có",
    "Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định. Miễn lệ phí cho người khuyết tật.",
    "Theo mức thu do Hội đồng nhân dân cấp tỉnh quy định. Miễn lệ phí cho hộ nghèo.",
    "10.000.000 đồng (cấp lần đầu); (Miễn phí từ ngày 07/4/2026 đến 30/6/2026)",
    "Miễn phí từ ngày 07/4/2026 đến 30/6/2026",
    "Miễn lệ phí. Trường hợp nộp trực tiếp: 50.000 đồng", "Miễn lệ phí đối với hộ nghèo; người khác: 8.000 đồng",
    "không thu phí cấp Giấy chứng nhận; phí in và dán tem theo Thông tư số 02/2021/TT-BTC",
])
def test_zero_with_other_words_is_not_published(note: str) -> None:
    fee = a_fee(0, note)
    assert fee.amount is None
    assert fee.note == note


@pytest.mark.parametrize("note", [
    "Trường hợp công dân thuộc diện được miễn phí theo Điều 4 Thông tư số 75/2022/TT-BTC",
    "Miễn lệ phí cho người thuộc hộ nghèo; người khuyết tật.",
    "Miễn lệ phí (đối với hộ nghèo)",
    "Không thu lệ phí đăng ký đối với tổ hợp tác theo khoản 2 Điều 22 Luật Hợp tác xã 2023.",
    "Miễn phí đối với: người di cư từ Lào được phép cư trú",
    "Tổ chức khoa học được miễn lệ phí đăng ký (theo khoản 3 Điều 9)",
])
def test_zero_for_some_people_is_an_exemption_and_not_free(note: str) -> None:
    fee = a_fee(0, note)
    assert fee.amount == 0
    assert fee.is_exemption
    assert not fee.is_free


def test_zero_that_the_older_sheet_printed_into_the_note_is_taken_away() -> None:
    fee = a_fee(0, "Miễn phí Đồng - Trường hợp công dân thuộc diện được miễn phí theo Điều 4")
    assert fee.is_exemption
    assert fee.note == "- Trường hợp công dân thuộc diện được miễn phí theo Điều 4"


def test_missing_amount_is_free_only_by_its_words() -> None:
    assert a_fee(None, "Không thu phí").is_free
    assert a_fee(None, "Hội đồng nhân dân cấp tỉnh quy định.").amount is None
    assert a_fee(None, "Các trường hợp được miễn nộp lệ phí: hộ nghèo").amount is None


@pytest.mark.parametrize(("value", "note"), [(20, "20.000 vnđ /tờ khai"), (1, "Theo quy định"), (999, "")])
def test_amount_below_the_smallest_charge_is_not_believed(value: int, note: str) -> None:
    fee = a_fee(value, note)
    assert fee.amount is None
    assert fee.note == note


def test_smallest_charge_is_believed() -> None:
    assert a_fee(SMALLEST_CHARGE_VND).amount == SMALLEST_CHARGE_VND


@pytest.mark.parametrize(("value", "note", "context", "currency"), [
    (155, "Thẻ tạm trú không quá 05 năm: 155 USD/thẻ.", "", "USD"),
    (50, "Phí hải quan 50USD/chuyến bay", "", "USD"),
    (10, "", "Tại xã: 2.000 đồng/trang. Tại cơ quan đại diện: 10 USD/bản.", "USD"),
    (2000, "", "Tại xã: 2.000 đồng/trang. Tại cơ quan đại diện: 10 USD/bản.", "VND"),
    (1000000, "Phí lắp đặt cáp: 1.000.000 USD", "", "USD"),
])
def test_words_tell_the_currency_of_their_number(value: int, note: str, context: str, currency: str) -> None:
    fee = a_fee(value, note, context=context)
    assert fee.amount == value
    assert fee.currency == currency


def test_exemption_cannot_carry_an_amount() -> None:
    with pytest.raises(ValidationError):
        Fee(kind=FeeKind.FEE, amount=Decimal(5000), is_exemption=True)


@pytest.mark.parametrize(("text", "expected"), [
    ("10.000 Đồng", PrintedAmount(Decimal(10000), "VND", "")),
    (" 7.000 VNĐ", PrintedAmount(Decimal(7000), "VND", "")),
    ("1.500.000", PrintedAmount(Decimal(1500000), "VND", "")),
    ("10 USD", PrintedAmount(Decimal(10), "USD", "")),
    ("Miễn phí Đồng", PrintedAmount(Decimal(0), "VND", "")),
    ("Miễn phí", PrintedAmount(Decimal(0), "VND", "")),
    ("Theo quy định", PrintedAmount(None, "VND", "Theo quy định")),
    ("10.000 - 20.000 Đồng", PrintedAmount(None, "VND", "10.000 - 20.000 Đồng")),
    ("50% mức thu", PrintedAmount(None, "VND", "50% mức thu")),
])
def test_printed_amounts(text: str, expected: PrintedAmount) -> None:
    assert read_printed_amount(text) == expected


def test_zero_printed_as_free_is_not_free_without_words() -> None:
    """1.000656: the sheet prints “Miễn phí” for a fee that the province sets."""
    printed = read_printed_amount("Miễn phí")
    assert read_fee(None, printed.value, note=printed.words).amount is None


@given(st.text(), st.none() | st.decimals(min_value=0, max_value=10**12, allow_nan=False), st.text())
def test_no_text_raises(note: str, value: Decimal | None, context: str) -> None:
    fee = read_fee(FeeKind.FEE, value, note=note, context=context)
    assert fee.amount in (None, value, 0)


@given(st.text())
def test_no_printed_amount_raises(text: str) -> None:
    read_printed_amount(text)


@given(st.sampled_from(["Miễn lệ phí", "Không", "Không thu phí", "Miễn phí"]), st.integers(1000, 10**9))
def test_note_that_names_an_amount_is_never_free(words: str, amount: int) -> None:
    assert not a_fee(0, f"{words}; {amount:,} đồng".replace(",", ".")).is_free


@given(st.integers(0, 10**11), st.sampled_from(["Đồng", "VNĐ", "USD"]))
def test_reading_a_printed_amount_is_the_inverse_of_printing_it(amount: int, currency: str) -> None:
    printed = read_printed_amount(f"{amount:,} {currency}".replace(",", "."))
    assert printed == PrintedAmount(Decimal(amount), "USD" if currency == "USD" else "VND", "")
