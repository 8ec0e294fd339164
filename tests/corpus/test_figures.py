"""Figures in text: what counts as the same figure, and which figures of a text no source holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.figures import Figure, FigureSource, figures_in


def units(text: str) -> list[tuple[str, str]]:
    return [(figure.value, figure.unit) for figure in figures_in(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("05 ngày làm việc", "5 ngày làm việc"),
        ("20.000 đồng", "20 nghìn"),
        ("20.000 đồng", "20 ngàn đồng"),
        ("20.000đ", "20.000 VNĐ"),
        ("1,5 triệu", "1.500.000 đồng"),
        ("2 tỷ", "2.000.000.000 đồng"),
        ("3 tiếng", "3 giờ"),
        ("10 đô la", "10 USD"),
        ("50 phần trăm", "50%"),
        ("7 - ngày", "7 ngày"),
        ("01/07/2025", "1-7-2025"),
        ("53/2025/TT-BCA", "53/2025/tt–bca".upper()),
        ("20 000 đồng", "20.000 đồng"),
        ("5 ngày\n làm  việc", "5 ngày làm việc"),
    ],
)
def test_two_ways_to_write_are_one_figure(one: str, other: str) -> None:
    assert figures_in(one) == figures_in(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nộp trong 05 ngày làm việc", [("5", "ngày làm việc")]),
        ("7,5 ngày", [("7,5", "ngày")]),
        ("Lệ phí 8.000 đồng, xong sau 3 ngày", [("8000", "đồng"), ("3", "ngày")]),
        ("Thông tư 53/2025/TT-BCA", [("53/2025/TT-BCA", "văn bản")]),
        ("Quyết định 06/QĐ-TTg", [("06/QĐ-TTG", "văn bản")]),
        ("Luật 60/2014/QH13", [("60/2014/QH13", "văn bản")]),
        ("thủ tục 1.001193", [("1.001193", "mã")]),
        ("từ 1/7/2025", [("1/7/2025", "ngày")]),
        ("gọi 113", [("113", "")]),
        ("", []),
        ("không có số nào", []),
    ],
)
def test_figures_are_found_with_their_unit(text: str, found: list[tuple[str, str]]) -> None:
    assert units(text) == found


def test_numbers_that_count_a_list_are_no_figures() -> None:
    assert figures_in("1. Nộp hồ sơ\n2) Nhận giấy\n 10. Về nhà") == []


def test_number_of_a_list_is_no_news_when_its_lines_are_run_together() -> None:
    source = FigureSource(["Điều kiện:\n1. Có đất\n2. Có nhà"])
    assert source.missing("• 1. Có đất; 2. Có nhà") == []
    assert source.missing("2 ngày") == figures_in("2 ngày")


def test_number_inside_a_line_is_a_figure() -> None:
    assert units("Nộp 2 bản. 3 ngày") == [("2", ""), ("3", "ngày")]


def test_source_holds_what_it_says() -> None:
    source = FigureSource(["Thời hạn 5 ngày làm việc", "lệ phí 20.000 đồng"])
    assert source.missing("Mất 05 ngày làm việc, nộp 20 nghìn") == []


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("5 ngày làm việc", "5 ngày"),
        ("5 ngày", "5 ngày làm việc"),
        ("20.000 đồng", "20.000 USD"),
        ("20.000 đồng", "200.000 đồng"),
        ("3 ngày", "3 tháng"),
        ("60/2014/QH13", "60/2015/QH13"),
        ("1/7/2025", "1/8/2025"),
        ("mẫu 1", "1 ngày"),
    ],
)
def test_another_unit_or_number_is_missing(held: str, said: str) -> None:
    assert FigureSource([held]).missing(said) == figures_in(said)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("60 ngày", "60"),
        ("1/7/2025", "năm ấy là 2025"),
        ("53/2025/TT-BCA", "thông tư số 53"),
        ("1.001193", "1.001193"),
    ],
)
def test_bare_number_is_held_by_the_same_number_with_any_unit(held: str, said: str) -> None:
    assert FigureSource([held]).missing(said) == []


def test_missing_figures_come_in_order_and_read_as_text() -> None:
    missing = FigureSource(["5 ngày"]).missing("2 bản, 5 ngày, 30.000 đồng")
    assert [str(figure) for figure in missing] == ["2", "30000 đồng"]


def test_no_source_holds_nothing() -> None:
    assert FigureSource([]).missing("3 ngày") == [Figure("3", "ngày")]


@given(st.text())
def test_text_never_lacks_its_own_figures(text: str) -> None:
    assert FigureSource([text]).missing(text) == []


numbers = st.integers(min_value=0, max_value=10**9)
said_units = st.sampled_from(["đồng", "ngày", "ngày làm việc", "tháng", "nghìn đồng", "%", "tuổi", "USD", "giờ"])


@given(numbers, said_units, st.integers(min_value=0, max_value=3))
def test_zeros_in_front_and_dots_between_change_no_figure(number: int, unit: str, zeros: int) -> None:
    grouped = f"{number:,}".replace(",", ".")
    assert figures_in(f"{grouped} {unit}") == figures_in(f"{number} {unit}")
    if number < 1_000:
        assert figures_in(f"{'0' * zeros}{number} {unit}") == figures_in(f"{number} {unit}")


@given(st.lists(st.tuples(numbers, said_units), max_size=5), st.text(alphabet=st.characters(exclude_categories=["Nd"])))
def test_every_number_with_a_unit_is_found_in_order(pairs: list[tuple[int, str]], around: str) -> None:
    between = re.sub(r"\S", "x", around) or " x "
    text = f" x {between} ".join(f"{number} {unit}" for number, unit in pairs)
    assert [unit for _, unit in units(text)] == [unit for (_, unit) in (units(f"{n} {u}")[0] for n, u in pairs)]
