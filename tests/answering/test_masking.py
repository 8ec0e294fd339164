"""Personal data is covered wherever it stands, and public figures never are."""

from __future__ import annotations

import io
import json
import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from answering.masking import MASK, mask

PORTAL = Path(__file__).parents[3] / "shared" / "data" / "portal" / "procedures.jsonl.zst"

CODE = re.compile(r"[1-3]\.\d{6}")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("CCCD của tôi là 011190012345 nhé", "CCCD của tôi là ••• nhé"),
        ("cccd011190012345", "cccd•••"),
        ("số 011 190 012 345", "số •••"),
        ("011.190.012.345", "•••"),
        ("011-190-012-345", "•••"),
        ("0111 9001 2345", "•••"),
        ("011 1 90 012345", "•••"),
        ("0 1 1 1 9 0 0 1 2 3 4 5", "•••"),
        ("căn cước 011\u00a0190\u00a0012\u00a0345", "căn cước •••"),
        ("căn cước 011190\u200b012345", "căn cước •••"),
        ("０１１１９００１２３４５", "•••"),
        ("số năm 2026 011 190 012 345", "số năm 2026 •••"),
        ("1.001193 011190012345", "1.001193 •••"),
        ("CMND 040123456, cũ", "CMND •••, cũ"),
        ("cmnd 040 123 456", "cmnd •••"),
        ("cmnd 040.123.456", "cmnd •••"),
        ("123456789", "•••"),
    ],
)
def test_identity_numbers_are_covered_however_they_are_written(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "number",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912. 345. 678",
        "091-234-5678",
        "09 12 34 56 78",
        "+84912345678",
        "+84 912 345 678",
        "(+84) 912 345 678",
        "0084912345678",
        "84912345678",
        "(0215) 3825 123",
        "0215.3825.123",
        "02153825123",
        "01234567890",
    ],
)
def test_phone_numbers_are_covered(number: str) -> None:
    masked = mask(f"gọi lại cho tôi {number} nhé")
    assert masked.startswith("gọi lại cho tôi ")
    assert masked.endswith(" nhé")
    assert not any(character.isdigit() for character in masked)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("thư của tôi: lo.van.a+1@gmail.com.", "thư của tôi: •••."),
        ("LOVANA@YAHOO.COM.VN", "•••"),
        ("thẻ 4111 1111 1111 1111", "thẻ •••"),
        ("thẻ 4111-1111-1111-1111", "thẻ •••"),
        ("thẻ 9704361234567890123", "thẻ •••"),
        ("thẻ 3782 822463 10005", "thẻ •••"),
        ("tài khoản 19034567890123", "tài khoản •••"),
        ("số là không một một một chín không không một hai ba bốn năm", "số là •••"),
        ("so la khong mot mot mot chin khong khong mot hai", "so la •••"),
    ],
)
def test_mail_cards_accounts_and_spoken_numbers_are_covered(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mã OTP của em là 483920", "mã OTP của em là •••"),
        ("483920 la ma otp cua em", "••• la ma otp cua em"),
        ("Ma OTP cua quy khach cho giao dich la: 483920", "Ma OTP cua quy khach cho giao dich la: •••"),
        ("mã xác thực 483 920", "mã xác thực •••"),
        ("ma xac nhan 48392", "ma xac nhan •••"),
        ("otp483920", "otp•••"),
        ("OTP: 2026", "OTP: •••"),
        ("mật khẩu là Bien@2026", "mật khẩu là •••"),
        ("mật khẩu VNeID của em là noong1954", "mật khẩu VNeID của em là •••"),
        ("passcode 483920", "passcode •••"),
    ],
)
def test_codes_and_passwords_are_covered_near_their_word(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Lò Văn A sinh ngày 1/2/1990", "••• sinh ngày •••"),
        ("lò văn a sinh ngày 1/2/1990", "••• sinh ngày •••"),
        ("lo van a sinh nam 1990", "••• sinh nam •••"),
        ("LÒ VĂN A SINH NGÀY 01/02/1990", "••• SINH NGÀY •••"),
        ("cho cháu Giàng A Páo (sinh năm 2015)", "cho cháu ••• (sinh năm •••)"),
        ("em tên là páo sinh ngày 1-2-1990", "em tên là ••• sinh ngày •••"),
        ("nguyễn hoàng nam sinh ngày 1.2.1990", "••• sinh ngày •••"),
        ("Võ Thị Hồng sinh 1990", "••• sinh •••"),
        ("Cháu Na sinh ngày 3/4/2026", "Cháu ••• sinh ngày •••"),
        ("Họ tên: Lò Văn A\nNgày sinh: 01/02/1990", "Họ tên: •••\nNgày sinh: •••"),
        ("sinh ngày 3 tháng 5 năm 1988, họ tên Nguyễn Thị Hoa", "sinh ngày •••, họ tên •••"),
        ("Lò Văn A sinh tại Điện Biên ngày 1/2/1990", "••• sinh tại Điện Biên ngày •••"),
        (
            "tôi là Quàng Văn Bó, dân tộc Thái, trú tại bản Phủ, sinh ngày 01.02.1975",
            "tôi là •••, dân tộc Thái, trú tại bản Phủ, sinh ngày •••",
        ),
        ("Lò Văn A, 01/02/1990", "•••, •••"),
    ],
)
def test_a_name_is_covered_with_the_date_of_birth_beside_it(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(unicodedata.normalize("NFD", text)) == masked


@pytest.mark.parametrize(
    "text",
    [
        "thủ tục 1.001193 và 2.000815",
        "1.001193.000.00.00.H11",
        "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019daeaf-0fa3-728f-9598-46231bd08e0a",
        "Thông tư 53/2025/TT-BCA ngày 1/7/2025",
        "Quyết định 06/QĐ-TTg ngày 06/01/2022",
        "Luật Căn cước số 26/2023/QH15 ngày 27-11-2023",
        "cập nhật 2026-04-27",
        "lệ phí 20.000 đồng",
        "lệ phí 1.000.000 đồng",
        "phí 100.000.000đ",
        "từ 100.000.000 đến 200.000.000 đồng",
        "100.000.000 - 200.000.000 đồng",
        "ký quỹ 100.000.000 (một trăm triệu đồng)",
        "vốn 1.000.000.000 VNĐ",
        "50000 đồng, 50k, 1,5 triệu",
        "15.000.0000 đồng/lần",
        "từ 500000-150000000",
        "năm 2026, giai đoạn 2021-2025",
        "2021 2022 2023 2024",
        "gọi 113, 114 hoặc 115",
        "113 114 115",
        "tổng đài 18001096 hoặc 1800 1096",
        "tổng đài 19001234, 1900 1234, 1900 558818",
        "sáng 07.30-11.30 13.30-17.00",
        "mẫu 01, 02, 03, 04, 05, 06",
        "theo Điều 1, 2, 3, 4, 5, 6, 7, 8, 9",
        "quên mật khẩu VNeID mức 2 thì làm sao",
        "mật khẩu là gì",
        "mật khẩu có từ 6-20 ký tự",
        "mã OTP theo Thông tư 53/2025/TT-BCA năm 2025",
        "đổi mật khẩu mất 50000 đồng",
        "Không đưa mã OTP cho ai. Gọi 113, gọi 156 hoặc nhắn tin đến 5656.",
        "con tôi sinh ngày 1/2/2026",
        "CON TÔI SINH NGÀY 1/2/2026 THÌ LÀM GÌ",
        "đăng ký khai sinh ngày 1/2/2026",
        "người cao tuổi sinh năm 1950",
        "Nguyễn Văn A khai sinh năm 2020",
        "học sinh năm 2026",
        "Công an xã Mường Nhé, sinh năm 2020",
        "Hà Nội, 1/7/2025",
        "Chủ tịch Lê Văn B ký ngày 1/7/2025",
        "",
    ],
)
def test_public_figures_and_lone_dates_are_kept(text: str) -> None:
    assert mask(text) == text


def test_a_text_without_personal_data_comes_back_as_it_was_even_decomposed() -> None:
    decomposed = unicodedata.normalize("NFD", "đăng ký tạm trú ở Mường Phăng")
    assert mask(decomposed) == decomposed


unhurried = settings(deadline=None)
"""The time of one example would measure whatever else the machine does."""


@unhurried
@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


# Pieces that meet our patterns, for random letters hardly ever do.
PIECES = [
    *["011190012345", "040123456", "0912 345 678", "a@b.vn", "otp", "mật khẩu là", "483920", "2026", "0", " ", "."],
    *["Lò Văn A", "sinh ngày", "1/2/1990", "khai", "năm", "20.000 đồng", "đồng", "1.001193", "53/2025/TT-BCA", MASK],
    *["gọi", "113", "1900 1234", "không một hai ba bốn", "tên là", "\n", ",", "-", "(", "+84", "đến"],
]
TALK = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


@unhurried
@given(TALK)
def test_masking_twice_is_masking_once_where_everything_meets(text: str) -> None:
    assert mask(mask(text)) == mask(text)


IDENTITY_NUMBER = st.from_regex(r"0[0-9][1-9][0-9]{9}", fullmatch=True)
ANY_NUMBER = st.from_regex(r"[0-9]{12}", fullmatch=True)


@unhurried
@given(st.text() | TALK, ANY_NUMBER, st.text() | TALK)
def test_no_twelve_digits_survive_in_any_surroundings(before: str, number: str, after: str) -> None:
    assert number not in mask(before + number + after)


@unhurried
@given(
    st.text() | TALK,
    IDENTITY_NUMBER,
    st.sampled_from([(3, 3, 3, 3), (4, 4, 4), (3, 3, 6), (6, 6), (3, 1, 2, 6), (1,) * 12]),
    st.sampled_from([" ", ".", "-", "\u00a0", "–"]),
    st.text() | TALK,
)
def test_no_identity_number_survives_in_groups(
    before: str, number: str, groups: tuple[int, ...], mark: str, after: str
) -> None:
    # With a digit touching it, it would be another number.
    assume(not before[-1:].isdecimal() and not after[:1].isdecimal())
    digits = iter(number)
    written = mark.join("".join(next(digits) for _ in range(size)) for size in groups)
    assert written not in mask(before + written + after)


@unhurried
@given(st.integers(min_value=1, max_value=999_999), st.sampled_from([" đồng", "đ", " VNĐ", " đồng/lần"]))
def test_every_fee_survives(thousands: int, unit: str) -> None:
    fee = f"{thousands * 1000:,}".replace(",", ".") + unit
    for text in (f"Lệ phí: {fee}.", f"mật khẩu mới mất {fee}", f"{fee}, {fee}", f"{thousands * 1000}{unit}"):
        assert mask(text) == text


@unhurried
@given(st.integers(1, 3), st.integers(0, 999_999), st.sampled_from([" ", ", ", " và ", "\n", " (", ": "]))
def test_every_code_of_a_procedure_survives(first: int, rest: int, between: str) -> None:
    code = f"{first}.{rest:06}"
    text = f"thủ tục {code}{between}{code}, mã xác thực"
    assert mask(text) == text


@unhurried
@given(st.integers(1, 9999), st.integers(1990, 2030), st.sampled_from(["TT-BCA", "NĐ-CP", "QĐ-UBND", "QH15"]))
def test_every_document_number_and_its_date_survive(number: int, year: int, kind: str) -> None:
    text = f"otp theo {number:02}/{year}/{kind} ngày 01/07/{year}, năm {year}"
    assert mask(text) == text


def test_a_very_long_text_is_masked_in_reasonable_time() -> None:
    # Each was quadratic, or would be, in one of the patterns.
    started = time.perf_counter()
    for piece in ("a", "1", "0 ", "01-", "a@", "sinh năm 1990 ", "Lò Văn A sinh 1/2/1990 ", "otp 1234 ", "một "):
        mask(piece * (20_000 // len(piece)))
    assert time.perf_counter() - started < 30


def portal_texts() -> Iterator[str]:
    """Names, fees and legal bases of all procedures of the portal, each once."""
    zstandard = pytest.importorskip("zstandard")
    seen: set[str] = set()
    with PORTAL.open("rb") as packed:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8"):
            record = json.loads(line)
            for text in _public_texts(record):
                if text not in seen:
                    seen.add(text)
                    yield text


def _public_texts(record: dict[str, Any]) -> Iterator[str]:
    detail = record["detail"]
    if CODE.fullmatch(record["code"].strip()):  # One record, made for a trial, has nine figures after the point.
        yield record["code"]
    yield record["name"]
    for method in detail["executionMethods"] or ():
        for fee in method["fees"] or ():
            yield fee.get("description") or ""
    for basis in detail["legalBasisesDetails"] or ():
        yield " ".join(value for value in basis.values() if isinstance(value, str))


@pytest.mark.portal
@pytest.mark.skipif(not PORTAL.exists(), reason="the portal's records are not beside the project")
def test_nothing_that_the_portal_says_of_names_fees_and_laws_is_covered() -> None:
    covered = [text for text in portal_texts() if mask(text) != text]
    assert covered == []
