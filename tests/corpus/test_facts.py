"""The facts sheet: figures and names without the records' running text, written and read back the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders import PORTAL, a_case, a_fee, a_procedure, a_submission

from corpus.assembly import bundled_guides
from corpus.errors import SourceFileError
from corpus.facts import MAX_NOTE_WORDS, read_facts, sheet_of, write_facts
from corpus.json_records import read_json_records
from corpus.portal_json import read_record
from corpus.record import Fee

LONGEST_PHRASE = 14
"""Words; what is longer and is no title or name is somebody's sentence."""
NAMES = {
    "title",
    "field",
    "keywords",
    "promulgated_by",
    "legal_basis",
    "results",
    "executing_agencies",
    "competent_agencies",
    "authorized_agencies",
    "coordinating_agencies",
}


def fees_of(*fees: Fee) -> tuple[Fee, ...]:
    return sheet_of(a_procedure(submissions=(a_submission(fees=fees),))).submissions[0].fees


def test_sheet_keeps_figures_and_names() -> None:
    sheet = sheet_of(a_procedure())
    kept = ("code", "record_id", "title", "levels", "results", "executing_agencies", "updated_on")
    assert all(getattr(sheet, name) == getattr(a_procedure(), name) for name in kept)
    assert sheet.submissions[0].duration == a_procedure().submissions[0].duration
    assert [b.code for b in sheet.legal_basis] == [b.code for b in a_procedure().legal_basis]
    assert sheet.sheet_only


def test_sheet_leaves_running_text_out() -> None:
    full = a_procedure(
        conditions="Đủ 18 tuổi.",
        receiving_address="Ủy ban nhân dân xã",
        cases=(a_case(), a_case(name="Vào rừng đặc dụng")),
        submissions=(a_submission(description="Nộp từ thứ hai đến thứ sáu."),),
    )
    sheet = sheet_of(full)
    assert (sheet.cases, sheet.steps, sheet.conditions, sheet.receiving_address) == ((), (), "", "")
    assert sheet.submissions[0].description == ""


def test_sheet_of_a_sheet_is_the_same() -> None:
    assert sheet_of(sheet_of(a_procedure())) == sheet_of(a_procedure())


def test_unit_beside_a_fee_is_kept_and_a_sentence_is_not() -> None:
    assert fees_of(a_fee(2_000, "/trang"))[0].note == "/trang"
    assert fees_of(a_fee(2_000, " ".join(["từ"] * (MAX_NOTE_WORDS + 1))))[0].note == ""


def test_several_fees_told_apart_by_sentences_are_left_to_the_record() -> None:
    assert fees_of(a_fee(10_000, "người lớn"), a_fee(5_000, "trẻ em")) == ()


def test_fee_that_the_source_calls_free_is_kept() -> None:
    free = a_fee(0, "Không thu phí")
    assert fees_of(free)[0].is_free
    assert fees_of(a_fee(10_000), free)[0].amount == 10_000


def test_fee_without_an_amount_is_left_out_and_never_becomes_free() -> None:
    assert fees_of(a_fee(None, "theo quy định")) == ()
    assert fees_of(a_fee(0, "Miễn cho người nghèo", is_exemption=True)) == ()


def test_facts_are_read_back_in_order_of_code(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    odd = a_procedure("1.999002", title="Cấp giấy\u2028đi rừng", levels=())
    assert write_facts([odd, a_procedure()], path) == 2
    assert list(read_facts(path).items()) == [("1.999001", sheet_of(a_procedure())), ("1.999002", sheet_of(odd))]


def test_empty_sheet_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    assert write_facts([], path) == 0
    assert read_facts(path) == {}


@pytest.mark.parametrize("text", ["{broken", '[{"code": "1"}]', "", '"text"'])
def test_broken_sheet_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"facts\.json: "):
        read_facts(path)


def test_every_guided_procedure_has_its_facts() -> None:
    assert set(bundled_guides()) <= set(read_facts())


def test_bundled_sheet_holds_no_running_text_of_the_records() -> None:
    for code, procedure in read_facts().items():
        assert procedure.sheet_only, code
        assert sheet_of(procedure) == procedure, code
        for name, value in procedure.model_dump(mode="json", exclude=NAMES).items():
            for text in re.findall(r"'((?:[^'\\]|\\.)*)'", str(value)):
                assert len(text.split()) <= LONGEST_PHRASE, f"{code} {name}: {text}"


@pytest.mark.portal
@pytest.mark.skipif(not PORTAL.exists(), reason="the portal's records are not in this checkout")
def test_bundled_sheet_agrees_with_the_portal() -> None:
    facts = read_facts()
    raw = (r for _, r in read_json_records(PORTAL) if isinstance(r, dict) and str(r["code"]).strip() in facts)
    differing = [record.code for record in map(read_record, raw) if sheet_of(record) != facts[record.code]]
    assert differing == []
