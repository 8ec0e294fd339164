"""Lists and finds what a library holds, for those who browse. Understanding questions is `retrieval.search`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from answering.decide import title_of
from answering.places import PlaceFinder
from corpus.faq import Faq
from corpus.library import Library
from corpus.record import Procedure
from retrieval.text import fold, folded_tokens

SCATTERED = 0.01
"""How well words fit that stand in different names of one procedure: below any that stand together."""


@dataclass(frozen=True)
class _Entry:
    id: str
    group: str
    """The field of a procedure, the topic of an FAQ; folded."""
    names: tuple[frozenset[str], ...]
    """The folded words of each name it has."""
    words: frozenset[str]
    """The words of all names."""

    def fit(self, wanted: frozenset[str]) -> float:
        """How well the words fit: 0 unless every one of them stands in some name, 1 where one name is just them."""
        if not wanted or not wanted <= self.words:
            return 0.0
        return max((len(wanted) / len(name) for name in self.names if wanted <= name), default=SCATTERED)


class Catalogue:
    """The lists of one library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._procedures = [_entry(p.code, p.field, self._names(p)) for p in library.procedures.values()]
        self._faqs = [_entry(f.id, f.topic, (f.question, *f.variants)) for f in library.faqs.values()]
        self._places = PlaceFinder(library.places)
        self._today = {fold(place.name): place.name for place in library.places}

    def procedures(self, words: str | None, field: str | None) -> list[Procedure]:
        """The procedures of a field that hold all the words, or whose code begins so; the best first, else by code."""
        found = [e for e in self._procedures if words and words.strip() and e.id.startswith(words.strip())]
        return [self.library.procedures[e.id] for e in found or _select(self._procedures, words, field)]

    def faqs(self, words: str | None, topic: str | None) -> list[Faq]:
        """The FAQs of a topic that hold all the words, the best first, else in their own order."""
        return [self.library.faqs[e.id] for e in _select(self._faqs, words, topic)]

    def commune(self, name: str | None) -> str | None:
        """Today's name of a commune, given it or an old name; None where it is not known or stands for two."""
        if not name:
            return None
        # Today's names first: Phường Mường Thanh is one of them, and the old ward of that name lies in another.
        if today := self._today.get(fold(name).strip()):
            return today
        mention = self._places.find(name)
        return mention.places[0].name if mention and len(mention.places) == 1 else None

    def _names(self, procedure: Procedure) -> Iterable[str]:
        guide = self.library.guides.get(procedure.code)
        return (procedure.title, title_of(procedure.code, self.library), *(guide.aliases if guide else ()))


class CurrentCatalogue:
    """The catalogue of what is published now, made anew when that changes."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._catalogue: Catalogue | None = None

    def __call__(self) -> Catalogue:
        """The catalogue."""
        library, known = self._library(), self._catalogue
        if known is None or known.library is not library:
            self._catalogue = known = Catalogue(library)
        return known


def _entry(key: str, group: str, names: Iterable[str]) -> _Entry:
    words = tuple(dict.fromkeys(frozenset(folded_tokens(name)) for name in names))
    return _Entry(key, fold(group), words, frozenset().union(*words))


def _select(entries: Sequence[_Entry], words: str | None, group: str | None) -> list[_Entry]:
    grouped = [e for e in entries if not group or e.group == fold(group)]
    if not words or not words.strip():
        return grouped
    wanted = frozenset(folded_tokens(words))
    fits = [(fit, e) for e in grouped if (fit := e.fit(wanted))]
    return [e for _, e in sorted(fits, key=lambda f: -f[0])]
