"""Finds which commune a person speaks of, by today's names and by those from before July 2025."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.place import Place
from retrieval.text import fold

_KIND = re.compile(r"^(?:xã|phường|thị trấn|thành phố|thị xã|huyện)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """A place named in a text: the communes it may be, and the text without it."""

    places: tuple[Place, ...]
    rest: str


class PlaceFinder:
    """Finds places of one province in texts."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._names: dict[str, list[Place]] = {}
        for place in places:
            for name in [place.name, *(old for old, _ in place.former)]:
                known = self._names.setdefault(fold(_KIND.sub("", name)), [])
                if place not in known:
                    known.append(place)
        names = "|".join(re.escape(n) for n in sorted(self._names, key=len, reverse=True))
        self._pattern = (
            re.compile(
                rf"(?:\b(?:o|tai|thuoc|duoi|tren|cua|song o|nha o|que)\s+)?\b(?:xa|phuong|thi tran)\s+(?P<a>{names})\b"
                rf"|\b(?:o|tai|que|duoi|tren)\s+(?P<b>{names})\b|^(?P<c>{names})[.! ]*$"
            )
            if names
            else None
        )

    def find(self, text: str) -> Mention | None:
        """The first place named, None where there is none. An old name can stand for two of today's communes."""
        match = self._pattern.search(fold(text)) if self._pattern else None
        if not match:
            return None
        name = next(g for g in match.groups() if g)
        return Mention(tuple(self._names[name]), (text[: match.start()] + " " + text[match.end() :]).strip())
