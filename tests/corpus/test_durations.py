"""A processing time is a number with its unit, or it is words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.durations import duration_of, read_duration, write_duration
from corpus.record import Duration, DurationUnit

UNITS = st.sampled_from(list(DurationUnit))


@pytest.mark.parametrize(("text", "amount", "unit"), [
    ("03 Ngày làm việc", "3", DurationUnit.WORKING_DAY),
    ("25 ngày làm \n việc", "25", DurationUnit.WORKING_DAY),
    ("1 ngày", "1", DurationUnit.DAY),
    ("7,5 ngày làm việc", "7.5", DurationUnit.WORKING_DAY),
    ("12.5 Ngày", "12.5", DurationUnit.DAY),
    ("2 tháng", "2", DurationUnit.MONTH),
    ("8 Giờ", "8", DurationUnit.HOUR),
    ("1 năm", "1", DurationUnit.YEAR),
])
def test_number_with_its_unit_is_a_duration(text: str, amount: str, unit: DurationUnit) -> None:
    assert read_duration(text) == Duration(amount=Decimal(amount), unit=unit)


@pytest.mark.parametrize("text", [
    "", "0 ngày", "Không xác định", "Không quá 05 ngày kể từ ngày nhận đủ hồ sơ", "ngay trong ngày", "5", "05 tuần",
    "1.000 ngày", "3-5 ngày", "02 tháng và 15 ngày làm việc", "8 giờ làm việc",
])
def test_anything_else_is_words(text: str) -> None:
    assert read_duration(text) is None


def test_zero_is_not_filled_in() -> None:
    assert duration_of(0, DurationUnit.DAY) is None


@given(st.decimals(min_value="0.01", max_value=999_999, places=2), UNITS)
def test_reading_is_the_inverse_of_writing(amount: Decimal, unit: DurationUnit) -> None:
    duration = duration_of(amount, unit)
    assert duration is not None
    assert read_duration(write_duration(duration)) == duration


@given(st.text())
def test_no_text_raises(text: str) -> None:
    read_duration(text)
