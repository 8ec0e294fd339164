"""Chooses the texts from which the language model of a corpus is learnt."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.library import Library
from retrieval.lexicon import Lexicon
from retrieval.spelling import everyday_speech

SPEECH_WEIGHT = 200
"""How often a phrase of everyday speech counts: a question is mostly such phrases, a clerk's text never."""
PEOPLE_WEIGHT = 20
CLERK_CHARACTERS = 800
"""Characters read of each step or condition: the whole portal is then learnt in some seconds."""


def language_texts(library: Library, lexicon: Lexicon) -> Iterator[str]:
    """Texts of a library, those closest to people's speech repeated."""
    for phrase in [*everyday_speech(), *lexicon.phrases, *lexicon.meanings]:
        yield from [phrase] * SPEECH_WEIGHT
    for guide in library.guides.values():
        for text in (guide.title, *guide.aliases, *guide.questions):
            yield from [text] * PEOPLE_WEIGHT
        yield from (text for _, text in guide.texts())
    for faq in library.faqs.values():
        for text in (faq.question, *faq.variants):
            yield from [text] * PEOPLE_WEIGHT
        yield faq.answer
    for place in library.places:
        yield from [place.name, *(old for old, _ in place.former)] * 3
    for procedure in library.procedures.values():
        yield from (procedure.title, procedure.title, procedure.field)
        yield from (case.name or "" for case in procedure.cases)
        yield from (paper.name[:CLERK_CHARACTERS] for case in procedure.cases for paper in case.papers)
        yield from (step[:CLERK_CHARACTERS] for step in procedure.steps)
        yield procedure.conditions[:CLERK_CHARACTERS]
