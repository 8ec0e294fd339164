"""The routes that list and show what the corpus holds: procedures and FAQs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from answering.decide import title_of
from api.catalogue import Catalogue, CurrentCatalogue
from api.contract import FaqList, ProcedureDetail, ProcedureList, ProcedureSummary
from api.problems import ApiProblem, declared
from corpus.record import Procedure

Words = Annotated[str | None, Query(
    max_length=200, description="Words that must all be there; diacritics do not matter.")]
Group = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


def listing_routes(catalogue: CurrentCatalogue) -> APIRouter:
    """GET /v1/procedures, /v1/procedures/{code} and /v1/faqs."""
    router = APIRouter(prefix="/v1", tags=["corpus"])

    @router.get("/procedures", responses=declared("invalid", "busy"), summary="Find procedures")
    def procedures(q: Words = None, field: Group = None, limit: Limit = 20, offset: Offset = 0) -> ProcedureList:
        """Procedures by words, by the beginning of a code, or of a field; the best first."""
        current = catalogue()
        found = current.procedures(q, field)
        return ProcedureList(total=len(found), items=[_summary(p, current) for p in found[offset:offset + limit]])

    @router.get("/procedures/{code}", responses=declared("unknown_procedure", "invalid", "busy"),
                summary="Read a procedure")
    def procedure(code: Annotated[str, Path(max_length=100, examples=["1.001193"])]) -> ProcedureDetail:
        """All that is published on a procedure, and our guide over it."""
        library = catalogue().library
        record = library.procedures.get(code)
        if record is None:
            raise ApiProblem("unknown_procedure")
        return ProcedureDetail(code=code, title=title_of(code, library), url=record.url, record=record,
                               guide=library.guide(code))

    @router.get("/faqs", responses=declared("invalid", "busy"), summary="Find FAQs")
    def faqs(q: Words = None, topic: Group = None, limit: Limit = 20, offset: Offset = 0) -> FaqList:
        """FAQs by words or of a topic; the best first."""
        found = catalogue().faqs(q, topic)
        return FaqList(total=len(found), items=found[offset:offset + limit])

    return router


def _summary(procedure: Procedure, catalogue: Catalogue) -> ProcedureSummary:
    return ProcedureSummary(
        code=procedure.code, title=title_of(procedure.code, catalogue.library), official_title=procedure.title,
        field=procedure.field, levels=procedure.levels, url=procedure.url, updated_on=procedure.updated_on,
        has_guide=catalogue.library.guide(procedure.code) is not None)
