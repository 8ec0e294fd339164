"""Builders of what the tests need, real objects with ordinary defaults: a test names only what differs.

Records come in two forms: `a_portal_record` is the portal's own JSON, `a_procedure` what reading makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from corpus.faq import Faq, LegalSource
from corpus.guide import Figure, Guide, GuideCase, RecordState
from corpus.library import Library
from corpus.record import (
    Case,
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    LegalBasis,
    Level,
    Paper,
    Procedure,
    Submission,
    SubmissionChannel,
)
from corpus.snapshots import Snapshot, SnapshotStore
from retrieval.documents import chunks_of, targets_of
from retrieval.embedding.encoder import Encoder
from retrieval.index import SearchIndex, build_index, save_index
from retrieval.language_texts import language_texts
from retrieval.lexicon import Lexicon
from retrieval.spelling import LanguageModel

PORTAL = Path(__file__).parents[2] / "shared" / "data" / "portal" / "procedures.jsonl.zst"
"""The portal's records, where this workplace has them: tests on them carry the mark `portal`."""

VERIFIED = date(2026, 11, 22)


def a_portal_record(code: str = "1.999001", name: str = "Thủ tục cấp giấy đi rừng", **detail: Any) -> dict[str, Any]:
    """One record as the portal publishes it, with one submission in person."""
    method = {
        "submissionMethod": "DIRECT",
        "processingTime": 5,
        "processingTimeUnit": "WORKING_DAY",
        "description": "",
        "fees": [{"type": "FEE", "value": 20000, "description": "/giấy"}],
    }
    return {
        "id": f"id-{code}",
        "code": code,
        "name": name,
        "detail": {
            "type": "STANDARD",
            "isWard": True,
            "executionMethods": [method],
            "executionCases": [
                {"name": "", "profileComponents": [{"name": "Đơn xin đi rừng", "originalQty": 1, "copyQty": 0}]}
            ],
            "departmentsExecuting": [{"name": "Ủy ban nhân dân cấp xã"}],
        }
        | detail,
    }


def json_lines(records: Iterable[object]) -> bytes:
    """Records as a file holds them, one a line."""
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records).encode()


def a_fee(amount: int | None = 20_000, note: str = "", **fields: Any) -> Fee:
    """One charge in đồng; `amount` None is one that the source does not number."""
    kind = fields.pop("kind", FeeKind.FEE)
    return Fee(kind=kind, amount=None if amount is None else Decimal(amount), note=note, **fields)


def a_submission(
    channel: SubmissionChannel = SubmissionChannel.IN_PERSON,
    *,
    days: int | None = 5,
    fees: Sequence[Fee] = (),
    description: str = "",
) -> Submission:
    """One way to hand papers in, with a duration in working days."""
    duration = Duration(amount=Decimal(days), unit=DurationUnit.WORKING_DAY) if days else None
    return Submission(channel=channel, duration=duration, fees=tuple(fees), description=description)


def a_case(papers: Sequence[str] = ("Đơn xin đi rừng",), name: str | None = None) -> Case:
    """A case of a record with its papers."""
    return Case(name=name, papers=tuple(Paper(name=paper, originals=1) for paper in papers))


def a_procedure(code: str = "1.999001", **fields: Any) -> Procedure:
    """A procedure of the commune level."""
    return Procedure(
        **{
            "code": code,
            "record_id": f"id-{code}",
            "title": "Cấp giấy đi rừng",
            "field": "Lâm nghiệp",
            "levels": (Level.COMMUNE,),
            "submissions": (a_submission(fees=[a_fee()]),),
            "cases": (a_case(),),
            "steps": ("Nộp hồ sơ tại Ủy ban nhân dân cấp xã.",),
            "legal_basis": (LegalBasis(code="16/2017/QH14", title="Luật Lâm nghiệp"),),
            "results": ("Giấy đi rừng",),
            "executing_agencies": ("Ủy ban nhân dân cấp xã",),
            "decision": "100/QĐ-BNN",
            "updated_on": date(2026, 4, 27),
            **fields,
        }
    )


def a_guide(code: str = "1.999001", **fields: Any) -> Guide:
    """A guide over `a_procedure`; `figures` may be texts, which then stand in the record."""
    figures = fields.pop("figures", ())
    return Guide(
        **{
            "code": code,
            "title": "Xin giấy đi rừng",
            "aliases": ("giấy đi rừng", "phép vào rừng", "xin vào rừng"),
            "questions": (
                "vào rừng hái măng có phải xin giấy không",
                "đi rừng lấy củi xin phép ai",
                "muốn vào rừng thì làm giấy gì",
            ),
            "summary": "Giấy để vào rừng lấy củi, hái măng.",
            "papers": (GuideCase(items=("Đơn xin đi rừng",)),),
            "record": RecordState(updated_on=date(2026, 4, 27), decision="100/QĐ-BNN"),
            "verified_on": VERIFIED,
            "figures": tuple(f if isinstance(f, Figure) else Figure(text=f, source="record") for f in figures),
            **fields,
        }
    )


def an_faq(key: str = "giay-di-rung-la-gi", **fields: Any) -> Faq:
    """An FAQ with one source."""
    return Faq(
        **{
            "id": key,
            "question": "Giấy đi rừng là gì?",
            "answer": "Là giấy cho bà con vào rừng lấy củi.",
            "sources": (LegalSource(title="Luật Lâm nghiệp 16/2017/QH14"),),
            "verified_on": VERIFIED,
            **fields,
        }
    )


def a_library(
    procedures: Sequence[Procedure] = (), guides: Sequence[Guide] = (), faqs: Sequence[Faq] = (), **fields: Any
) -> Library:
    """A library of what is given, and of one procedure where nothing is."""
    known = procedures or ([] if guides or faqs else [a_procedure()])
    return Library({p.code: p for p in known}, {g.code: g for g in guides}, {f.id: f for f in faqs}, **fields)


@cache
def _language() -> LanguageModel:
    """The language of everyday speech, learnt once: learning it takes longer than all the rest of a small index."""
    return LanguageModel.learn(language_texts(a_library([a_procedure()], [a_guide()]), Lexicon.bundled()))


def index_of(library: Library, encoder: Encoder) -> SearchIndex:
    """The real index of a library, but for the language, which is that of the builders' own."""
    procedures, faqs = list(library.procedures.values()), list(library.faqs.values())
    return build_index(
        targets_of(procedures, faqs, library.guides),
        chunks_of(procedures, faqs, library.guides),
        _language(),
        encoder,
    )


def a_snapshot(store: SnapshotStore, library: Library, encoder: Encoder, recipe: str) -> Snapshot:
    """A snapshot of a small library with its real index, not yet published."""
    return store.build(library, recipe, lambda folder: save_index(index_of(library, encoder), folder))
