"""Puts a library together: what the project bundles, overlaid by what the operator imported."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.drift import drift_of
from corpus.facts import read_facts
from corpus.faq import Faq, faq_files, read_faqs
from corpus.guide import Guide, guide_files, read_guide
from corpus.library import Library
from corpus.place import places_of
from corpus.record import Procedure
from corpus.scope import in_scope


def bundled_guides() -> dict[str, Guide]:
    """The project's guides by code. Raises `SourceFileError`."""
    return {guide.code: guide for guide in map(read_guide, guide_files())}


def bundled_faqs() -> dict[str, Faq]:
    """The project's FAQs by id. Raises `SourceFileError`."""
    return {faq.id: faq for path in faq_files() for faq in read_faqs(path)}


def assemble(province: str, imported: Mapping[str, Procedure], imported_faqs: Mapping[str, Faq]) -> Library:
    """The library of a province. An imported record takes the place of its entry in the facts sheet.

    Guides without a record or facts are left out: `checking` reports them. Raises `SourceFileError`.
    """
    facts = read_facts()
    procedures = {code: p for code, p in {**facts, **imported}.items() if in_scope(p, province)}
    guides = {code: guide for code, guide in bundled_guides().items() if code in procedures}
    drifted = frozenset(code for code, guide in guides.items() if drift_of(guide, procedures[code], facts.get(code)))
    return Library(
        dict(sorted(procedures.items())), guides, {**bundled_faqs(), **imported_faqs}, places_of(province), drifted
    )
