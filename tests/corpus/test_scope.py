"""Which procedures a province's residents meet."""

from __future__ import annotations

import pytest
from builders import a_procedure

from corpus.record import Scope
from corpus.scope import in_scope


@pytest.mark.parametrize("promulgated_by", ["", "Bộ Tư pháp", "UBND tỉnh Sơn La"])
def test_national_procedure_is_for_everybody(promulgated_by: str) -> None:
    assert in_scope(a_procedure(scope=Scope.NATIONAL, promulgated_by=promulgated_by), "Điện Biên")


@pytest.mark.parametrize(
    ("promulgated_by", "is_ours"),
    [
        ("UBND tỉnh Điện Biên", True),
        ("Hội đồng nhân dân tỉnh Điện Biên", True),
        ("UBND TỈNH ĐIỆN BIÊN", True),
        ("UBND tỉnh Sơn La", False),
        ("", False),
    ],
)
def test_provincial_procedure_is_for_its_own_province(promulgated_by: str, is_ours: bool) -> None:
    assert in_scope(a_procedure(scope=Scope.PROVINCIAL, promulgated_by=promulgated_by), "Điện Biên") is is_ours


def test_procedure_between_offices_is_for_nobody() -> None:
    assert not in_scope(a_procedure(scope=Scope.INTERNAL, promulgated_by="UBND tỉnh Điện Biên"), "Điện Biên")


def test_another_province_has_its_own() -> None:
    theirs = a_procedure(scope=Scope.PROVINCIAL, promulgated_by="UBND tỉnh Sơn La")
    assert in_scope(theirs, "Sơn La")
    assert not in_scope(theirs, "Lai Châu")
