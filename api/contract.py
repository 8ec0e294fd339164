"""What clients send and get, beside the answer itself (`answering.answer`) and the errors (`api.problems`)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from answering.conversation import Audience
from corpus.faq import Faq
from corpus.guide import Guide
from corpus.record import Level, Procedure

ID_PATTERN = r"^[A-Za-z0-9_.~:@-]*$"
MAX_ID = 100
MAX_QUESTION = 10_000
"""Characters that are taken in. Up to 1,000 are read; above that the answer asks kindly for a shorter question."""

ConversationId = Annotated[str, Field(max_length=MAX_ID, pattern=ID_PATTERN)]


class AskRequest(BaseModel):
    """One question. A conversation goes on under its `conversation_id`; without one it begins anew."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "làm giấy khai sinh cho con cần giấy tờ gì"}]})

    question: Annotated[str, Field(max_length=MAX_QUESTION, description="The question in everyday words.")]
    conversation_id: Annotated[ConversationId | None, Field(
        description="What an earlier answer gave, or an id of the client's own that nobody can guess.")] = None
    commune: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="Where the person lives, by today's name or an old one. An unknown name is passed over.")
    audience: Audience | None = Field(
        None, description="Who reads the answer; by default as earlier in the conversation.")


class FeedbackRequest(BaseModel):
    """What somebody thought of an answer; the newest rating of an answer stands."""

    answer_id: Annotated[str, Field(min_length=1, max_length=MAX_ID, pattern=ID_PATTERN)]
    rating: Literal["up", "down"]
    comment: Annotated[str, Field(max_length=2_000)] | None = None


class ProcedureSummary(BaseModel):
    """A procedure in a list: what people call it, and its name in law."""

    code: str
    title: str
    official_title: str
    field: str
    levels: tuple[Level, ...]
    url: str | None
    updated_on: date | None
    has_guide: bool


class ProcedureList(BaseModel):
    """A part of the procedures found; `total` counts all of them."""

    total: int = Field(ge=0)
    items: list[ProcedureSummary]


class ProcedureDetail(BaseModel):
    """A procedure as the portal publishes it, and our guide over it.

    `guide` is null where there is none, and where it no longer agrees with the record.
    """

    code: str
    title: str
    url: str | None
    record: Procedure
    guide: Guide | None


class FaqList(BaseModel):
    """A part of the FAQs found; `total` counts all of them."""

    total: int = Field(ge=0)
    items: list[Faq]


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The process can answer questions, from this snapshot."""

    status: Literal["ready"] = "ready"
    snapshot: str
