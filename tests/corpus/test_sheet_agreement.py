"""The sheets that the portal lets people download say what its records say; where they do not, it is named here.

Skipped where the samples are absent: they lie beside the project, not in it.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from corpus.durations import write_duration
from corpus.portal_json import read_record
from corpus.record import Case, Paper, Procedure
from corpus.sheet import read_sheet

PORTAL = Path(__file__).parents[3] / "shared" / "data" / "portal"
SHEETS = ("ChiTietTTHC_1.004194.doc", *(f"pdf/chi-tiet-thu-tuc-{code}.pdf" for code in (
    "1.000656", "1.000894", "1.001193", "1.001699", "1.004194", "1.004222", "1.013133", "2.000815")))

pytestmark = [pytest.mark.portal,
              pytest.mark.skipif(not PORTAL.is_dir(), reason="the portal's samples are not beside the project")]

PRESET_TIME = "the record's unit is OTHER with the form's preset 1; the .pdf prints that as “1 ngày”"
UNIT_GROUPS = "the .pdf prints single offices and leaves out groups of offices (unitGroupsExecuting)"
OLDER_SHEET = "the .doc is of the decision before the record's, when the office had another name"
OLD_LABEL = "the .doc prints “Phí” for what the record types FEE (lệ phí)"
EMPTY_IN_RECORD = "the .doc, being older, filled in what the record leaves empty"
NO_NOTES = "the .pdf prints every 0 as “Miễn phí” and no notes, so it does not tell whether and for whom it is free"

NAMED_DIFFERENCES: dict[str, dict[str, str]] = {
    "ChiTietTTHC_1.004194.doc": {
        "record: decision 9354/QĐ-BCA-C06": OLDER_SHEET,
        "sheet: decision 370/QĐ-BCA-C06": OLDER_SHEET,
        "record: executes Công an cấp Xã": OLDER_SHEET,
        "sheet: executes Công an Xã": OLDER_SHEET,
        "record: decides Công an cấp Xã": OLDER_SHEET,
        "sheet: decides Công an Xã": OLDER_SHEET,
        "record: conditions ": EMPTY_IN_RECORD,
        "sheet: conditions Không": EMPTY_IN_RECORD,
        "record: keywords ": EMPTY_IN_RECORD,
        "sheet: keywords Đăng ký tạm trú": EMPTY_IN_RECORD,
        **{f"{source}: fee kind {fee}": OLD_LABEL
           for source, kind in (("record", "fee"), ("sheet", "service_fee"))
           for fee in (f"in_person {kind} 0", f"in_person {kind} 10000", f"in_person {kind} 15000",
                       f"online {kind} 0", f"online {kind} 5000", f"online {kind} 7000")},
    },
    "pdf/chi-tiet-thu-tuc-1.000656.pdf": {
        **{f"record: time {channel} None": PRESET_TIME for channel in ("in_person", "online", "post")},
        **{f"sheet: time {channel} 1 ngày": PRESET_TIME for channel in ("in_person", "online", "post")},
    },
    "pdf/chi-tiet-thu-tuc-1.000894.pdf": {
        **{f"record: fee {channel} 0 VND": NO_NOTES for channel in ("in_person", "online", "post")},
        **{f"sheet: fee {channel} None VND": NO_NOTES for channel in ("in_person", "online", "post")},
        **{f"record: time {channel} None": PRESET_TIME for channel in ("in_person", "online", "post")},
        **{f"sheet: time {channel} 1 ngày": PRESET_TIME for channel in ("in_person", "online", "post")},
    },
    "pdf/chi-tiet-thu-tuc-1.001193.pdf": {
        "record: executes Ủy ban nhân dân cấp xã": UNIT_GROUPS,
        **{f"record: time {channel} None": PRESET_TIME for channel in ("in_person", "online", "post")},
        **{f"sheet: time {channel} 1 ngày": PRESET_TIME for channel in ("in_person", "online", "post")},
    },
    "pdf/chi-tiet-thu-tuc-1.004194.pdf": {
        **{f"record: fee {channel} 0 VND exemption": NO_NOTES for channel in ("in_person", "online")},
        **{f"sheet: fee {channel} None VND": NO_NOTES for channel in ("in_person", "online")},
    },
    "pdf/chi-tiet-thu-tuc-2.000815.pdf": {
        "record: executes Ủy ban nhân dân cấp xã": UNIT_GROUPS,
    },
}


def differences(record: Procedure, sheet: Procedure, *, prints_fee_notes: bool) -> list[str]:
    """What only one of the two says, one line each, equal lines once."""
    ours, theirs = Counter(facts(record, prints_fee_notes)), Counter(facts(sheet, prints_fee_notes))
    return sorted([f"record: {fact}" for fact in ours - theirs] + [f"sheet: {fact}" for fact in theirs - ours])


def facts(procedure: Procedure, prints_fee_notes: bool) -> Iterator[str]:
    """All that a sheet can hold, as lines in which spaces, line breaks and bullets make no difference."""
    yield f"code {procedure.code}"
    yield f"title {letters(procedure.title)}"
    yield f"decision {procedure.decision}"
    yield f"field {procedure.field}"
    yield f"steps {letters(''.join(procedure.steps))}"
    yield f"conditions {letters(procedure.conditions)}"
    yield f"address {letters(procedure.receiving_address)}"
    yield f"keywords {procedure.keywords}"
    for name, values in (("level", procedure.levels), ("subject", procedure.subjects), ("result", procedure.results),
                         ("executes", procedure.executing_agencies), ("decides", procedure.competent_agencies),
                         ("authorized", procedure.authorized_agencies), ("helps", procedure.coordinating_agencies)):
        yield from (f"{name} {value}" for value in values)
    yield from (f"law {basis.code}" for basis in procedure.legal_basis)
    for submission in procedure.submissions:
        yield f"time {submission.channel} {write_duration(submission.duration) if submission.duration else None}"
        for fee in submission.fees:
            amount = f"{fee.amount} {fee.currency}{' exemption' if fee.is_exemption else ''}"
            yield f"fee {submission.channel} {amount}"
            if prints_fee_notes:
                yield f"fee kind {submission.channel} {fee.kind} {fee.amount}"
                yield f"fee note {submission.channel} {fee.amount} {letters(fee.note)}"
    yield from (f"paper {line}" for case in procedure.cases for line in case_facts(case))


def case_facts(case: Case) -> Iterator[str]:
    name = f"{'remark' if case.is_note else 'case'} {letters(case.name or '')}"
    yield name
    yield from (f"{name}: {paper_facts(paper)}" for paper in case.papers)


def paper_facts(paper: Paper) -> str:
    forms = " ".join(form.name for form in paper.forms)
    return f"{paper.originals}/{paper.copies} [{forms}] {letters(paper.name)}"


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@cache
def records() -> dict[str, Procedure]:
    zstandard = pytest.importorskip("zstandard")
    codes = {name.rpartition("-")[2].rpartition("_")[2].rsplit(".", 1)[0] for name in SHEETS}
    with (PORTAL / "procedures.jsonl.zst").open("rb") as packed:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8")
        found = (json.loads(line) for line in lines if any(f'"{code}"' in line for code in codes))
        return {raw["code"]: read_record(raw) for raw in found if raw["code"] in codes}


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_says_what_its_record_says(name: str) -> None:
    sheet = read_sheet(PORTAL / name)
    found = differences(records()[sheet.code], sheet, prints_fee_notes=name.endswith(".doc"))
    named = NAMED_DIFFERENCES.get(name, {})
    assert [line for line in found if line not in named] == [], "differences that nobody has named"
    assert [line for line in named if line not in found] == [], "named differences that are gone"
