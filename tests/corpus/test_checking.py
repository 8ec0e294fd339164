"""Checking before publishing: each finding says where, what and how to mend it, and a clean corpus has none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from builders import VERIFIED, a_fee, a_guide, a_library, a_procedure, a_submission, an_faq

from corpus.checking import MAX_SENTENCE, Finding, check_corpus
from corpus.facts import sheet_of
from corpus.guide import Figure, GuideCase
from corpus.library import Library

TODAY = VERIFIED + timedelta(days=30)
LONG = " ".join(["từ"] * (MAX_SENTENCE + 1)) + "."


def findings(library: Library, today: date = TODAY) -> list[Finding]:
    return check_corpus(library, today=today)


def the_finding(library: Library, today: date = TODAY) -> Finding:
    (found,) = findings(library, today)
    return found


def guided(**fields: Any) -> Library:
    return a_library([a_procedure()], [a_guide(**fields)])


def test_clean_corpus_has_no_finding() -> None:
    assert findings(a_library([a_procedure()], [a_guide()], [an_faq()])) == []


def test_empty_corpus_has_no_finding() -> None:
    assert findings(Library({})) == []


def test_finding_reads_as_place_problem_mend() -> None:
    assert str(Finding("guide 1.1", "too long", "cut it")) == "guide 1.1: too long; cut it"


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("summary", {"summary": "Mất 7 ngày."}),
        ("tips[1]", {"tips": ("Đi sớm.", "Mang 7 ngày công.")}),
        ("papers[0].items[0]", {"papers": (GuideCase(items=("Đơn, 7 ngày",)),)}),
        ("papers[0].name", {"papers": (GuideCase(name="Sau 7 ngày", items=("Đơn",)),)}),
        ("fee_note", {"fee_note": "Nộp sau 7 ngày."}),
    ],
)
def test_figure_of_a_guide_without_a_source_is_an_error(place: str, fields: dict[str, object]) -> None:
    found = the_finding(guided(**fields))
    assert found.place == f"guide 1.999001, {place}"
    assert "'7 ngày' has no source" in found.problem
    assert "figures" in found.mend
    assert found.is_error


def test_declared_figure_is_a_source() -> None:
    law = Figure(text="7 ngày", source="Điều 3 Luật Lâm nghiệp 16/2017/QH14")
    assert findings(guided(summary="Mất 7 ngày, theo Luật 16/2017/QH14.", figures=[law])) == []


def test_guide_may_name_its_own_code_and_decision() -> None:
    assert findings(guided(summary="Mã 1.999001, theo Quyết định 100/QĐ-BNN.")) == []


def test_facts_sheet_is_a_source_where_no_record_is_loaded() -> None:
    procedure = a_procedure(submissions=(a_submission(days=7, fees=[a_fee(20_000)]),))
    guide = a_guide(summary="Mất 7 ngày làm việc, 20.000 đồng.")
    assert findings(a_library([sheet_of(procedure)], [guide])) == []
    assert len(findings(a_library([procedure], [guide]))) == 2


def test_figure_of_an_faq_without_a_source_is_an_error() -> None:
    found = the_finding(a_library(faqs=[an_faq(answer="Phạt 2.000.000 đồng.")]))
    assert (found.place, found.is_error) == ("FAQ giay-di-rung-la-gi", True)
    assert "'2000000 đồng' has no source" in found.problem


def test_number_of_an_faqs_own_law_has_its_source() -> None:
    assert findings(a_library(faqs=[an_faq(answer="Theo Luật 16/2017/QH14.")])) == []


@pytest.mark.parametrize(
    "library", [guided(summary=LONG), guided(steps=(LONG,)), a_library(faqs=[an_faq(answer=LONG)])]
)
def test_long_sentence_is_an_error(library: Library) -> None:
    found = the_finding(library)
    assert f"a sentence of {MAX_SENTENCE + 1} words" in found.problem
    assert found.is_error


def test_sentences_are_counted_one_by_one() -> None:
    half = " ".join(["từ"] * MAX_SENTENCE)
    assert findings(guided(summary=f"{half}. {half}; {half}: {half}\n{half}")) == []


@pytest.mark.parametrize(
    ("today", "problem", "is_error"),
    [
        (VERIFIED + timedelta(days=365), None, None),
        (VERIFIED + timedelta(days=366), "more than a year ago", False),
        (VERIFIED - timedelta(days=1), None, None),
        (VERIFIED - timedelta(days=2), "lies in the future", True),
    ],
)
def test_day_of_verification_is_neither_old_nor_to_come(
    today: date, problem: str | None, is_error: bool | None
) -> None:
    for library in (guided(), a_library(faqs=[an_faq()])):
        found = findings(library, today)
        assert [f.is_error for f in found] == ([] if is_error is None else [is_error])
        assert not found or (problem or "") in found[0].problem


def test_same_question_in_two_faqs_is_an_error() -> None:
    other = an_faq("giay-khac", question="Giấy khác?", variants=("giay di rung la gi",))
    found = the_finding(a_library(faqs=[an_faq(), other]))
    assert found.place == "FAQ giay-khac"
    assert "is also a question of FAQ giay-di-rung-la-gi" in found.problem


def test_faq_may_repeat_its_own_question() -> None:
    assert findings(a_library(faqs=[an_faq(variants=("giấy đi rừng là gì", "Giay di rung la gi?"))])) == []


def test_same_alias_of_two_guides_is_an_error() -> None:
    other = a_guide("1.999002", aliases=("lên nương", "Giay Di Rung", "vào nương"))
    found = the_finding(a_library([a_procedure(), a_procedure("1.999002")], [a_guide(), other]))
    assert found.place == "guide 1.999002"
    assert "'Giay Di Rung' is also of guide 1.999001" in found.problem
    assert found.is_error


def test_faq_that_points_to_a_procedure_of_no_corpus_is_a_warning() -> None:
    found = the_finding(a_library([a_procedure()], faqs=[an_faq(related=("1.999001", "9.999999"))]))
    assert "9.999999" in found.problem
    assert not found.is_error


def test_record_that_changed_is_a_warning_for_its_guide() -> None:
    guide = a_guide(summary="Mất 9 ngày.", figures=["9 ngày"])
    found = the_finding(a_library([a_procedure()], [guide]))
    assert "the record has changed: '9 ngày' is no longer in the record" in found.problem
    assert not found.is_error


def test_errors_come_before_warnings() -> None:
    library = a_library(
        [a_procedure()], [a_guide(summary="Mất 9 ngày.", figures=["9 ngày"])], [an_faq(answer="Phạt 7 ngày.")]
    )
    assert [f.is_error for f in findings(library)] == [True, False]
