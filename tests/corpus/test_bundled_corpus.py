"""The corpus that the project ships: it can be published, and its guides speak to residents of today's two levels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import corpus
from corpus.assembly import assemble, bundled_faqs, bundled_guides
from corpus.checking import check_corpus
from corpus.drift import drift_of
from corpus.facts import read_facts
from corpus.faq import faq_files
from corpus.guide import guide_files
from corpus.library import Library
from corpus.place import places_of
from corpus.wording import without_marks

DISTRICT = re.compile(
    r"\b(?:cấp|ubnd|u[ỷỹ] ban nhân dân|ủy ban nhân dân|công an|phòng tư pháp|tòa án nhân dân) (?:huyện|quận|thị xã)\b",
    re.IGNORECASE,
)
MOST_ASKED = Path(corpus.__file__).with_name("most_asked.yaml")


@pytest.fixture(scope="module")
def library() -> Library:
    return assemble("Điện Biên", {}, {})


def test_nothing_keeps_it_from_being_published(library: Library) -> None:
    assert [str(finding) for finding in check_corpus(library) if finding.is_error] == []


def test_every_guide_has_its_procedure(library: Library) -> None:
    assert set(library.guides) == set(bundled_guides())


def test_guide_lies_in_a_file_of_its_code(library: Library) -> None:
    assert {path.stem for path in guide_files()} == set(library.guides)
    assert all(guide.field for guide in library.guides.values())


def test_no_guide_has_drifted_from_the_facts_sheet(library: Library) -> None:
    facts = read_facts()
    assert library.drifted == frozenset()
    assert not any(drift_of(guide, facts[code], facts[code]) for code, guide in bundled_guides().items())


def test_alias_belongs_to_one_guide(library: Library) -> None:
    owners = Counter(
        key for guide in library.guides.values() for key in {without_marks(alias).strip() for alias in guide.aliases}
    )
    assert [alias for alias, count in owners.items() if count > 1] == []


def test_faq_has_one_file_and_one_id() -> None:
    ids = [faq["id"] for path in faq_files() for faq in yaml.safe_load(path.read_text(encoding="utf-8"))]
    assert len(ids) == len(set(ids)) == len(bundled_faqs())


def test_what_is_asked_most_can_be_answered(library: Library) -> None:
    codes = yaml.safe_load(MOST_ASKED.read_text(encoding="utf-8"))
    assert len(codes) == len(set(codes))
    assert [code for code in codes if code not in library.procedures] == []


def test_province_has_45_communes_made_of_129(library: Library) -> None:
    assert len(library.places) == 45
    assert sum(len(place.former) for place in library.places) == 129
    assert len({place.name for place in library.places}) == 45
    assert sum(place.name.startswith("Phường ") for place in library.places) == 3
    assert all(re.match(r"Xã |Phường ", place.name) for place in library.places)


def test_places_of_another_province_are_not_made_up() -> None:
    assert places_of("Sơn La") == ()


def said(library: Library) -> Iterator[tuple[str, str]]:
    for code, guide in library.guides.items():
        yield from ((f"{code} {name}", text) for name, text in guide.texts())
    for key, faq in library.faqs.items():
        yield f"{key} answer", faq.answer


def test_no_guide_sends_anybody_to_a_district(library: Library) -> None:
    # There is no district since 1 July 2025. FAQs tell so, and may name it.
    sent = [(place, text) for place, text in said(library) if place[0].isdigit() and DISTRICT.search(text)]
    assert sent == []


def test_texts_are_plain_text(library: Library) -> None:
    marked = [place for place, text in said(library) if re.search(r"<[a-z/]|\*\*|\]\(|\t|&[a-z]+;", text)]
    assert marked == []


def test_guide_is_found_by_several_ways_to_say_it(library: Library) -> None:
    assert all(len(guide.aliases) >= 3 and len(guide.questions) >= 3 for guide in library.guides.values())


def test_fraud_and_vneid_have_their_faqs(library: Library) -> None:
    assert {"vneid", "lua-dao", "de-an-06", "can-cuoc", "chinh-quyen-hai-cap", "dich-vu-cong"} <= {
        faq.topic for faq in library.faqs.values()
    }
    assert len(library.faqs) >= 60
