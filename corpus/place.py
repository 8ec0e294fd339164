"""Places of the province: today's communes and wards, and the names people still use for what they were before.

Source: Nghị quyết 1661/NQ-UBTVQH15 (in force 1 July 2025), as tabled in the MIT-licensed package vietnamadminunits.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from corpus.errors import SourceFileError
from corpus.record import Frozen
from corpus.wording import without_marks

PLACES = Path(__file__).parent / "places"


class Place(Frozen):
    """One of today's communes or wards. `former` are the units merged into it, each with its district."""

    name: str
    province: str
    former: tuple[tuple[str, str], ...] = ()
    contact: str = ""
    """Filled in by operators; empty where nothing is known."""


def places_of(province: str) -> tuple[Place, ...]:
    """The places of a province, such as "Điện Biên"; none where the project has no table of it."""
    path = PLACES / f"{without_marks(province).replace(' ', '-')}.csv"
    return read_places(path, province) if path.exists() else ()


@cache
def read_places(path: Path, province: str) -> tuple[Place, ...]:
    """Read a table with the columns old_unit, old_district, new_unit. Raises `SourceFileError`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        merged: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            merged.setdefault(row["new_unit"], []).append((row["old_unit"], row["old_district"]))
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise SourceFileError(path, f"not a table of places: {error}") from error
    return tuple(Place(name=name, province=province, former=tuple(former)) for name, former in sorted(merged.items()))
