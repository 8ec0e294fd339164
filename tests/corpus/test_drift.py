"""Whether a guide still agrees with its record: what changed is named, what was only published again is no drift."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from builders import a_case, a_fee, a_guide, a_library, a_procedure, a_submission

from corpus.drift import changes_beside, drift_of
from corpus.facts import sheet_of
from corpus.guide import Figure
from corpus.record import LegalBasis, Procedure


def drift(record: Procedure, **guide: Any) -> list[str]:
    return drift_of(a_guide(**guide), record, sheet_of(a_procedure()))


def test_record_as_it_was_is_no_drift() -> None:
    assert drift(a_procedure(), figures=["5 ngày làm việc", "20.000 đồng"]) == []


def test_record_published_again_with_the_same_facts_is_no_drift() -> None:
    again = a_procedure(updated_on=date(2026, 9, 1), decision="900/QĐ-BNN", steps=("Nộp hồ sơ ở xã.",))
    assert drift(again) == []


def test_figure_that_left_the_record_is_named() -> None:
    assert drift(a_procedure(), figures=["9 ngày làm việc"]) == ["'9 ngày làm việc' is no longer in the record"]


def test_figure_of_a_law_is_not_looked_for_in_the_record() -> None:
    assert drift(a_procedure(), figures=[Figure(text="9 ngày", source="Điều 3 Luật Lâm nghiệp")]) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"submissions": (a_submission(days=3, fees=[a_fee()]),)}, "durations"),
        ({"submissions": (a_submission(fees=[a_fee(25_000)]),)}, "fees"),
    ],
)
def test_changed_fact_is_named(changed: dict[str, Any], what: str) -> None:
    assert drift(a_procedure(**changed)) == [f"{what} differ from the facts sheet"]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"executing_agencies": ("Công an cấp xã",)}, "agencies"),
        ({"legal_basis": (LegalBasis(code="17/2027/QH15"),)}, "legal basis"),
        ({"results": ("Giấy phép vào rừng",)}, "results"),
    ],
)
def test_change_that_no_guide_states_is_reported_and_hides_none(changed: dict[str, Any], what: str) -> None:
    record, facts = a_procedure(**changed), sheet_of(a_procedure())
    assert changes_beside(record, facts) == [f"{what} differ from the facts sheet"]
    assert drift(record) == []


def test_changed_wording_of_papers_is_no_drift() -> None:
    assert drift(a_procedure(cases=(a_case(["Tờ đơn xin vào rừng"]),))) == []


def test_facts_sheet_itself_has_not_drifted() -> None:
    assert drift(sheet_of(a_procedure()), figures=["9 ngày làm việc"]) == []


def test_drifted_guide_is_not_shown() -> None:
    library = a_library([a_procedure()], [a_guide()], drifted=frozenset({"1.999001"}))
    assert library.guide("1.999001") is None
    assert a_library([a_procedure()], [a_guide()]).guide("1.999001") == a_guide()
