"""A record of the portal becomes a procedure: lenient on what is missing, strict on types, nothing lost."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from corpus.fees import SMALLEST_CHARGE_VND
from corpus.portal_json import read_record
from corpus.record import Duration, DurationUnit, Fee, FeeKind, Form, Level, Procedure, Scope, SubmissionChannel
from corpus.wording import nfc

SNAPSHOT = Path(__file__).parents[3] / "shared" / "data" / "portal" / "procedures.jsonl.zst"


def a_record(code: str = "1.000001", name: str = "Thủ tục cấp giấy", **detail: Any) -> dict[str, Any]:
    return {"id": "019d2bf7", "code": code, "name": name, "detail": detail}


def a_method(**fields: Any) -> dict[str, Any]:
    return {"submissionMethod": "DIRECT", "processingTime": 3, "processingTimeUnit": "WORKING_DAY", "fees": []} | fields


def the_fee(**fields: Any) -> Fee:
    record = a_record(executionMethods=[a_method(fees=[{"type": "FEE"} | fields])])
    return read_record(record).submissions[0].fees[0]


def a_case(*papers: dict[str, Any], name: str = "") -> dict[str, Any]:
    return {"name": name, "profileComponents": list(papers)}


def test_record_with_nothing_filled_in_is_a_procedure() -> None:
    procedure = read_record(a_record())
    assert (procedure.title, procedure.submissions, procedure.cases) == ("Cấp giấy", (), ())
    assert procedure.url == "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bf7"


def test_who_and_where() -> None:
    procedure = read_record(a_record(
        code=" 1.014325", name="THỦ TỤC CẤP GIẤY TẠI UBND\tXÃ.", type="SPECIFIC", isWard=True, isOtherAgency=True,
        departmentPromulgateName="UBND tỉnh Điện Biên", categoriesDetails=[{"name": "Hộ tịch", "code": "G15"}],
        subjectTypesDetails=[{"name": "Công dân Việt Nam"}],
        departmentsExecuting=[{"name": "Công an  cấp Xã"}], unitGroupsExecuting=[None, {"name": "Công an cấp Xã"}],
        departmentsAuthority=[{"name": "Chủ tịch UBND cấp xã"}], dossierReceivingAddresses="Công an cấp xã\n",
        procedureProposal={"proposalNumber": "163/QĐ-UBND"}, updatedAt=1777434895364))
    assert (procedure.code, procedure.title) == ("1.014325", "Cấp giấy tại UBND xã")
    assert (procedure.scope, procedure.promulgated_by) == (Scope.PROVINCIAL, "UBND tỉnh Điện Biên")
    assert procedure.levels == (Level.COMMUNE, Level.OTHER)
    assert procedure.executing_agencies == ("Công an cấp Xã",)
    assert procedure.competent_agencies == ("Chủ tịch UBND cấp xã",)
    assert (procedure.receiving_address, procedure.decision) == ("Công an cấp xã", "163/QĐ-UBND")
    assert procedure.updated_on == date(2026, 4, 29)


def test_update_late_in_the_evening_is_of_the_day_in_vietnam() -> None:
    assert read_record(a_record(updatedAt=1777399200000)).updated_on == date(2026, 4, 29)  # 28 April, 18:00 in UTC


@pytest.mark.parametrize(("time", "unit", "duration"), [
    (3, "WORKING_DAY", Duration(amount=Decimal(3), unit=DurationUnit.WORKING_DAY)),
    (7.5, "WORKING_DAY", Duration(amount=Decimal("7.5"), unit=DurationUnit.WORKING_DAY)),
    ("5", "DAY", Duration(amount=Decimal(5), unit=DurationUnit.DAY)),
    (1, "OTHER", None), (0, "DAY", None), (None, "DAY", None), ("1", "OTHER", None),
])
def test_processing_time(time: Any, unit: str, duration: Duration | None) -> None:
    method = a_method(processingTime=time, processingTimeUnit=unit)
    submission, = read_record(a_record(executionMethods=[method])).submissions
    assert (submission.duration, submission.description) == (duration, "")


def test_processing_time_in_words_stands_in_the_description() -> None:
    method = a_method(processingTime="Không quá 10 ngày làm việc", processingTimeUnit="OTHER", description="Nộp tại xã")
    submission, = read_record(a_record(executionMethods=[method])).submissions
    assert submission.duration is None
    assert submission.description == "Thời hạn giải quyết: Không quá 10 ngày làm việc\nNộp tại xã"


def test_channels() -> None:
    methods = [a_method(submissionMethod=name) for name in ("ONLINE", "POSTAL", "DIRECT")]
    channels = [submission.channel for submission in read_record(a_record(executionMethods=methods)).submissions]
    assert channels == [SubmissionChannel.ONLINE, SubmissionChannel.POST, SubmissionChannel.IN_PERSON]


def test_two_fees_of_a_channel_keep_their_notes() -> None:
    fees = [{"type": "SERVICE_FEE", "value": 10000, "description": "theo danh sách"},
            {"type": "PRICE_LEVEL", "value": 25, "currencyName": "USD", "description": "theo lần"}]
    first, second = read_record(a_record(executionMethods=[a_method(fees=fees)])).submissions[0].fees
    assert first == Fee(kind=FeeKind.SERVICE_FEE, amount=Decimal(10000), note="theo danh sách")
    assert second == Fee(kind=FeeKind.PRICE, amount=Decimal(25), currency="USD", note="theo lần")


def test_zero_needs_words_to_be_free() -> None:
    assert the_fee(value=0, description="").amount is None
    assert the_fee(value=0, description="Không thu phí").is_free


def test_currency_may_stand_in_the_description_of_the_submission() -> None:
    method = a_method(fees=[{"type": "FEE", "value": 10}], description="Tại cơ quan đại diện: 10 USD/bản.")
    assert read_record(a_record(executionMethods=[method])).submissions[0].fees[0].currency == "USD"


def test_file_of_a_fee_is_named_in_its_note() -> None:
    fee = the_fee(value=None, description="Chi tiết tại văn bản kèm theo", attachment={"fileName": "Bieu phi.pdf"})
    assert fee.note == "Chi tiết tại văn bản kèm theo\nTệp kèm theo: Bieu phi.pdf"


def test_papers_by_case() -> None:
    form = {"fileName": "CT01.doc", "filePath": "configuring/1/CT01.doc"}
    first, second = read_record(a_record(executionCases=[
        a_case({"name": "- Tờ khai", "originalQty": 1, "copyQty": 0, "attachments": [form]},
               {"name": "Ví dụ", "originalQty": 0, "copyQty": 0}, name="* Giấy tờ phải nộp:"),
        a_case({"name": "+ Chụp rõ nét"}, name="* Lưu ý:")])).cases
    assert (first.name, first.is_note, second.name, second.is_note) == ("Giấy tờ phải nộp", False, "Lưu ý", True)
    assert [(p.name, p.originals, p.copies) for p in first.papers] == [("Tờ khai", 1, 0), ("Ví dụ", None, None)]
    assert first.papers[0].forms == (Form(name="CT01.doc", path="configuring/1/CT01.doc"),)


def test_decomposed_letters_become_one_character() -> None:
    steps = [{"name": "", "description": "Bước 1: Trươ\u0300ng hợp\u200b"}]
    assert read_record(a_record(executionSteps=steps)).steps == ("Bước 1: Trường hợp",)


def test_named_steps_keep_their_names() -> None:
    steps = [{"name": "Bước 1:", "description": "Nộp hồ sơ"}, {"name": "Mặc định", "description": "Nhận kết quả"}]
    assert read_record(a_record(executionSteps=steps)).steps == ("Bước 1:\nNộp hồ sơ", "Nhận kết quả")


def test_conditions_are_not_told_twice() -> None:
    twice = read_record(a_record(requirementsAndConditions="Đủ 18 tuổi", description="Đủ 18  tuổi"))
    more = read_record(a_record(requirementsAndConditions="Đủ 18 tuổi", description="Thường trú tại xã"))
    assert twice.conditions == "Đủ 18 tuổi"
    assert more.conditions == "Đủ 18 tuổi\nThường trú tại xã"


@pytest.mark.parametrize(("record", "place"), [
    ({"id": "1", "code": "1.000001", "name": "Cấp giấy"}, "detail"),
    (a_record(executionMethods=[a_method(fees=[{"value": "7000"}])]), "executionMethods.0.fees.0.value"),
    (a_record(executionMethods=[a_method(fees=[{"type": "GIFT"}])]), "executionMethods.0.fees.0.type"),
    (a_record(executionMethods=[a_method(fees=[{"value": -5}])]), "executionMethods.0.fees.0.value"),
    (a_record(executionMethods=[a_method(fees=[{"value": float("nan")}])]), "executionMethods.0.fees.0.value"),
    (a_record(executionMethods=[a_method(processingTimeUnit="WEEK")]), "executionMethods.0.processingTimeUnit"),
    (a_record(executionMethods=[{"processingTime": 3}]), "executionMethods.0.submissionMethod"),
    (a_record(executionCases=[a_case({"name": "Đơn", "originalQty": "1"})]),
     "detail.executionCases.0.profileComponents.0.originalQty"),
    (a_record(isWard="yes"), "detail.isWard"),
    (a_record(updatedAt="2026-04-29"), "detail.updatedAt"),
    (a_record(updatedAt=10**20), "detail.updatedAt"),
    (a_record(code="khong-phai-ma"), "code"),
    (a_record(name=" . "), "title"),
])
def test_wrong_type_or_word_is_an_error_that_names_the_field(record: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueError, match=re.escape(place)):
        read_record(record)


@given(st.text(), st.text(), st.text())
def test_no_text_raises(description: str, note: str, case: str) -> None:
    method = a_method(processingTime=description, description=note, fees=[{"value": 0, "description": note}])
    read_record(a_record(executionMethods=[method], executionCases=[a_case({"name": note}, name=case)],
                         executionSteps=[{"name": case, "description": description}], note=note))


# --- all records of the portal ---------------------------------------------------------------------------------------

needs_snapshot = pytest.mark.skipif(not SNAPSHOT.exists(), reason="the portal's records are not beside the project")
slow = pytest.mark.timeout(300)  # 5,665 records: some 30 s on two busy cores

# What is not carried over, and why. Everything else that people can read in a record must stand in the procedure.
# - "description" repeats the conditions; "executingAgencies" and its like repeat the lists of offices.
# - "cases" is the set-up of the filing program: names like the title, and times that in 2,189 of 6,530 cases
#   contradict the published ones.
SAYS_NOTHING = (
    "thành phần hồ sơ bao gồm", "a) thành phần hồ sơ", "1) thành phần hồ sơ, bao gồm", "- thành phần hồ sơ",
    "thành phần hồ sơ", "bao gồm",  # names of cases that name nothing
    "mặc định",  # the portal's own name for a step without name
    "không có thông tin",  # the portal's words for an empty field
)
PRINTED_ZERO = "miễn phí đồng"  # what an older sheet printed for 0, copied into a note of 1.004194
BEFORE_A_TITLE = "thủ tục"
BEFORE_A_NUMBER = ("bộ luật", "luật", "pháp lệnh", "nghị định", "nghị quyết", "quyết định", "thông tư liên tịch",
                   "thông tư", "nđ", "tt", "số")


@pytest.fixture(scope="module")
def records() -> list[tuple[dict[str, Any], Procedure]]:
    zstandard = pytest.importorskip("zstandard")
    with SNAPSHOT.open("rb") as packed:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8")
        return [(raw, read_record(raw)) for raw in map(json.loads, lines)]


@needs_snapshot
@slow
@pytest.mark.portal
def test_every_word_and_number_of_every_record_stands_in_its_procedure(
        records: list[tuple[dict[str, Any], Procedure]]) -> None:
    lost = {}
    for raw, procedure in records:
        missing = words(published(raw)) - words(told(procedure))
        if missing:
            lost[raw["code"]] = dict(missing)
    assert len(records) == 5665
    assert lost == {}


@needs_snapshot
@slow
@pytest.mark.portal
def test_every_amount_and_time_of_every_record_is_read_or_left_out_for_a_reason(
        records: list[tuple[dict[str, Any], Procedure]]) -> None:
    left_out: Counter[str] = Counter()
    for raw, procedure in records:
        for method, submission in zip(raw["detail"]["executionMethods"], procedure.submissions, strict=True):
            time, unit = method["processingTime"], method["processingTimeUnit"]
            if submission.duration:
                assert float(submission.duration.amount) == time
                assert submission.duration.unit == unit.lower()
            else:
                assert unit == "OTHER"
                left_out["number of unit OTHER, which tells nothing"] += not isinstance(time, str)
            for fee, read in zip(method["fees"], submission.fees, strict=True):
                left_out[why_left_out(fee.get("value"), read)] += 1
    assert left_out == {"read": 3_986, "zero without words": 11_017, "zero that is free": 349,
                        "zero that exempts some": 36, "below the smallest charge": 211,
                        "number of unit OTHER, which tells nothing": 1_381}


def why_left_out(value: float | None, read: Fee) -> str:
    """What became of a fee's value; asserts that no other value came in its place."""
    if value:
        assert read.amount == value or (read.amount is None and value < SMALLEST_CHARGE_VND)
        return "below the smallest charge" if read.amount is None else "read"
    if read.amount is None:
        return "zero without words"
    return "zero that exempts some" if read.is_exemption else "zero that is free"


def published(raw: dict[str, Any]) -> Iterator[str]:
    """The texts of a record that people can read, equal names of a list once."""
    detail = raw["detail"]
    yield re.sub(rf"(?i)^\W*{BEFORE_A_TITLE}\b", "", nfc(raw["name"]))
    for step in detail["executionSteps"]:
        yield from (step["name"], step["description"])
    for method in detail["executionMethods"]:
        yield method.get("description") or ""
        if isinstance(method["processingTime"], str) and not method["processingTime"].isdecimal():
            yield method["processingTime"]
        for fee in method["fees"]:
            yield fee.get("description") or ""
            yield (fee.get("attachment") or {}).get("fileName", "")
    for case in detail["executionCases"]:
        yield case["name"]
        for paper in case["profileComponents"]:
            yield paper["name"]
            yield from (form["fileName"] for form in paper["attachments"])
    yield from (detail[name] for name in ("requirementsAndConditions", "note", "keywords", "dossierReceivingAddresses",
                                          "departmentPromulgateName"))
    yield detail["procedureProposal"]["proposalNumber"] or ""
    for law in detail["legalBasisesDetails"]:
        yield re.sub(rf"(?i)^\W*(?:(?:{'|'.join(BEFORE_A_NUMBER)})\W*)+(?=[0-9])", "", nfc(law["code"]))
        yield law["name"]
    lists = [detail[name] for name in ("resultsDetails", "categoriesDetails", "subjectTypesDetails")]
    lists += [detail[f"departments{role}"] + detail[f"unitGroups{role}"]
              for role in ("Executing", "Authority", "Authorized", "Coordinating")]
    for names in lists:
        yield from dict.fromkeys(item["name"] for item in names if item)


def told(value: object) -> Iterator[str]:
    """Every text of a procedure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in ("code", "record_id") or not isinstance(value, Procedure):
                yield from told(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from told(item)


def words(texts: Iterator[str]) -> Counter[str]:
    """The words and the numbers of the texts, one from the other even where a clerk wrote "TT29"."""
    told_something = (text for text in texts
                      if len(text) > 60 or nfc(text).lower().strip(" \t\n:;.") not in SAYS_NOTHING)
    text = nfc(" ".join(told_something)).lower().replace(PRINTED_ZERO, "")
    return Counter(re.findall(r"[0-9]+|[^\W0-9]+", text))
