"""Comparing two states of the corpus: fact by fact, in words an operator can check."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import a_case, a_fee, a_guide, a_library, a_procedure, a_submission, an_faq

from corpus.comparing import FACTS, Change, compare
from corpus.record import LegalBasis, SubmissionChannel


def facts(changes: list[Change]) -> list[tuple[str, str, str, str]]:
    return [(c.id, c.fact, c.before, c.after) for c in changes]


def test_same_library_has_no_change() -> None:
    library = a_library([a_procedure()], [a_guide()], [an_faq()])
    assert compare(library, library) == []


def test_everything_is_new_before_the_first_publication() -> None:
    after = a_library([a_procedure()], [a_guide()], [an_faq()])
    assert facts(compare(None, after)) == [
        ("1.999001", "procedure", "", "Cấp giấy đi rừng"),
        ("1.999001", "guide", "", "new"),
        ("giay-di-rung-la-gi", "FAQ", "", "new"),
    ]


def test_what_is_gone_is_told() -> None:
    before = a_library([a_procedure()], [a_guide()], [an_faq()])
    after = a_library([a_procedure("1.999002")])
    assert facts(compare(before, after)) == [
        ("1.999001", "procedure", "Cấp giấy đi rừng", ""),
        ("1.999002", "procedure", "", "Cấp giấy đi rừng"),
        ("1.999001", "guide", "there", ""),
        ("giay-di-rung-la-gi", "FAQ", "there", ""),
    ]


POST = a_submission(SubmissionChannel.POST, days=7)

CHANGED: list[tuple[str, dict[str, Any], str, str]] = [
    ("title", {"title": "Cấp lại giấy"}, "Cấp giấy đi rừng", "Cấp lại giấy"),
    ("fee", {"submissions": (a_submission(fees=[a_fee(25_000)]),)}, "in_person: 20.000 đồng", "in_person: 25.000 đồng"),
    (
        "fee",
        {"submissions": (a_submission(fees=[a_fee(None, "theo quy định")]),)},
        "in_person: 20.000 đồng",
        "in_person: theo quy định",
    ),
    (
        "duration",
        {"submissions": (a_submission(fees=[a_fee()]), POST)},
        "in_person: 5 ngày làm việc",
        "in_person: 5 ngày làm việc; post: 7 ngày làm việc",
    ),
    ("papers", {"cases": (a_case(["Đơn", "Ảnh"]),)}, "Đơn xin đi rừng", "Đơn; Ảnh"),
    ("agencies", {"executing_agencies": ("Kiểm lâm",)}, "Ủy ban nhân dân cấp xã", "Kiểm lâm"),
    ("conditions", {"conditions": "Đủ 18 tuổi"}, "", "Đủ 18 tuổi"),
    ("steps", {"steps": ("Một", "Hai")}, "Nộp hồ sơ tại Ủy ban nhân dân cấp xã.", "Một\nHai"),
    ("legal basis", {"legal_basis": (LegalBasis(code="1/2027/QH15"),)}, "16/2017/QH14", "1/2027/QH15"),
    ("results", {"results": ("Giấy phép",)}, "Giấy đi rừng", "Giấy phép"),
    ("decision", {"decision": "200/QĐ-BNN"}, "100/QĐ-BNN", "200/QĐ-BNN"),
    ("updated", {"updated_on": date(2026, 5, 1)}, "2026-04-27", "2026-05-01"),
]


@pytest.mark.parametrize(("fact", "changed", "was", "now"), CHANGED)
def test_changed_fact_is_told_with_both_values(fact: str, changed: dict[str, Any], was: str, now: str) -> None:
    changes = compare(a_library([a_procedure()]), a_library([a_procedure(**changed)]))
    assert facts(changes) == [("1.999001", fact, was, now)]


def test_every_fact_that_is_compared_is_tested() -> None:
    assert {fact for fact, *_ in CHANGED} == set(FACTS)


def test_changed_guide_and_faq_are_told() -> None:
    before = a_library([a_procedure()], [a_guide()], [an_faq()])
    after = a_library([a_procedure()], [a_guide(summary="Khác.")], [an_faq(answer="Khác.")])
    assert facts(compare(before, after)) == [
        ("1.999001", "guide", "there", "changed"),
        ("giay-di-rung-la-gi", "FAQ", "there", "changed"),
    ]


def test_change_reads_as_a_line() -> None:
    changed = a_procedure(submissions=(a_submission(fees=[a_fee(25_000)]),))
    (change,) = compare(a_library([a_procedure()]), a_library([changed]))
    assert str(change) == "1.999001 Cấp giấy đi rừng: fee in_person: 20.000 đồng → in_person: 25.000 đồng"
    assert str(Change("1.1", "Giấy", "decision", "", "5/QĐ")) == "1.1 Giấy: decision – → 5/QĐ"
