"""Reads and writes processing times, such as "03 Ngày làm việc".

Only a text that is nothing but a number with its unit is a `Duration`; a sentence about time ("không quá 05 ngày kể
từ…") stays a sentence, because its conditions belong to it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from corpus.record import Duration, DurationUnit
from corpus.wording import one_line

_WORDS = {DurationUnit.HOUR: "giờ", DurationUnit.DAY: "ngày", DurationUnit.WORKING_DAY: "ngày làm việc",
          DurationUnit.MONTH: "tháng", DurationUnit.YEAR: "năm"}
_UNITS = {word: unit for unit, word in _WORDS.items()}
# At most two decimals: in "1.000 ngày" the point may group thousands, and a guess would be wrong by a thousand.
_DURATION = re.compile(rf"([0-9]{{1,6}}(?:[.,][0-9]{{1,2}})?) ?({'|'.join(sorted(_UNITS, key=len, reverse=True))})")


def read_duration(text: str) -> Duration | None:
    """The duration that the text is, None where it is anything else or 0."""
    match = _DURATION.fullmatch(one_line(text).lower())
    if match is None:
        return None
    return duration_of(Decimal(match.group(1).replace(",", ".")), _UNITS[match.group(2)])


def duration_of(amount: Decimal | float, unit: DurationUnit) -> Duration | None:
    """The duration of a number and a unit, None for 0: the portal's "not filled in"."""
    exact = Decimal(str(amount))
    if exact <= 0:
        return None
    whole = exact.to_integral_value()
    return Duration(amount=whole if whole == exact else exact, unit=unit)


def write_duration(duration: Duration) -> str:
    """The duration as people write it: "3 ngày làm việc", "7,5 ngày"."""
    return f"{duration.amount:f} {_WORDS[duration.unit]}".replace(".", ",")
