"""Checks the corpus before it is published: every finding says where, what is wrong and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from corpus.drift import changes_beside, drift_of
from corpus.facts import read_facts
from corpus.faq import Faq
from corpus.figures import FigureSource
from corpus.guide import Guide
from corpus.library import Library, faq_figures, guide_figures, record_texts
from corpus.wording import without_marks

MAX_SENTENCE = 20
"""Words of a sentence that a person who left school early still reads (house rule, design.md)."""
VIETNAM = timezone(timedelta(hours=7))
STALE_AFTER = timedelta(days=365)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n")


@dataclass(frozen=True)
class Finding:
    """Something to mend. An error keeps the corpus from being published, a warning does not."""

    place: str
    problem: str
    mend: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.mend}"


def check_corpus(library: Library, *, today: date | None = None) -> list[Finding]:
    """Everything wrong with a library, errors first."""
    day = today or datetime.now(VIETNAM).date()
    facts = read_facts()
    found = [*_guides(library, day), *_faqs(library, day), *_aliases(library)]
    for code, guide in library.guides.items():
        found += [
            Finding(
                f"guide {code}", f"the record has changed: {why}", "read the record again and mend the guide", False
            )
            for why in [
                *drift_of(guide, library.procedures[code], facts.get(code)),
                *changes_beside(library.procedures[code], facts.get(code)),
            ]
        ]
    return sorted(found, key=lambda f: (not f.is_error, f.place))


def _guides(library: Library, day: date) -> Iterator[Finding]:
    for code, guide in library.guides.items():
        place = f"guide {code}"
        record = library.procedures[code]
        held = FigureSource(
            [
                *guide_figures(guide),
                *(() if not record.sheet_only else record_texts(record)),
                code,
                guide.record.decision or "",
            ]
        )
        for name, text in guide.texts():
            yield from _figures(f"{place}, {name}", text, held, "add it to `figures` with its source")
            yield from _sentences(f"{place}, {name}", text)
        yield from _stale(place, guide.verified_on, day)


def _faqs(library: Library, day: date) -> Iterator[Finding]:
    questions: dict[str, str] = {}
    for key, faq in library.faqs.items():
        place = f"FAQ {key}"
        yield from _figures(place, faq.answer, FigureSource(faq_figures(faq)), "add it to `figures` with its source")
        yield from _sentences(place, faq.answer)
        yield from _stale(place, faq.verified_on, day)
        yield from _twins(place, faq, questions)
        for code in faq.related:
            if library.procedures and code not in library.procedures:
                yield Finding(
                    place,
                    f"`related` names {code}, which is not in the corpus",
                    "import its record or take it out",
                    False,
                )


def _figures(place: str, text: str, held: FigureSource, mend: str) -> Iterator[Finding]:
    for figure in held.missing(text):
        yield Finding(place, f"the figure {str(figure)!r} has no source", mend)


def _sentences(place: str, text: str) -> Iterator[Finding]:
    for sentence in _SENTENCE_END.split(text):
        if (words := len(sentence.split())) > MAX_SENTENCE:
            yield Finding(
                place, f"a sentence of {words} words: {sentence[:60]}…", f"cut it into sentences of {MAX_SENTENCE}"
            )


def _stale(place: str, verified_on: date, day: date) -> Iterator[Finding]:
    if verified_on > day + timedelta(days=1):
        yield Finding(place, f"verified_on {verified_on} lies in the future", "write the day it was verified")
    elif day - verified_on > STALE_AFTER:
        yield Finding(
            place, f"verified {verified_on}, more than a year ago", "verify it again and change verified_on", False
        )


def _twins(place: str, faq: Faq, questions: dict[str, str]) -> Iterator[Finding]:
    for question in (faq.question, *faq.variants):
        earlier = questions.setdefault(_key(question), faq.id)
        if earlier != faq.id:
            yield Finding(place, f"{question!r} is also a question of FAQ {earlier}", "keep it in one of them")


def _aliases(library: Library) -> Iterator[Finding]:
    claimed: dict[str, Guide] = {}
    for guide in library.guides.values():
        for alias in _distinct(guide.aliases):
            earlier = claimed.setdefault(_key(alias), guide)
            if earlier.code != guide.code:
                yield Finding(
                    f"guide {guide.code}",
                    f"the alias {alias!r} is also of guide {earlier.code}",
                    "give it to the procedure that people mean by it",
                )


def _distinct(texts: Iterable[str]) -> list[str]:
    return list({_key(t): t for t in texts}.values())


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", without_marks(text)))
