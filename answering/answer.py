"""The answer as every client gets it (the HTTP contract); channels render it, nothing else makes one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Aspect(StrEnum):
    """What can be asked about a procedure. The order is the order of blocks in an answer."""

    OVERVIEW = "overview"
    DOCUMENTS = "documents"
    FEE = "fee"
    TIME = "time"
    PLACE = "place"
    STEPS = "steps"
    ONLINE = "online"
    FORMS = "forms"
    AGENCY = "agency"
    CONDITIONS = "conditions"
    RESULT = "result"
    LEGAL_BASIS = "legal_basis"


HEADINGS: dict[Aspect, str] = {
    Aspect.OVERVIEW: "Tóm tắt",
    Aspect.DOCUMENTS: "Giấy tờ cần có",
    Aspect.FEE: "Lệ phí",
    Aspect.TIME: "Thời gian giải quyết",
    Aspect.PLACE: "Nơi nộp",
    Aspect.STEPS: "Cách làm",
    Aspect.ONLINE: "Nộp qua mạng",
    Aspect.FORMS: "Mẫu đơn, tờ khai",
    Aspect.AGENCY: "Cơ quan giải quyết",
    Aspect.CONDITIONS: "Điều kiện",
    Aspect.RESULT: "Kết quả nhận được",
    Aspect.LEGAL_BASIS: "Văn bản quy định",
}


class Status(StrEnum):
    """What became of the question."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    OUT_OF_SCOPE = "out_of_scope"
    SMALL_TALK = "small_talk"
    EMERGENCY = "emergency"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """Where an answer stands: a record's page, a law, with its date and the day we verified it."""

    title: str
    url: str | None = None
    updated_at: date | None = None
    verified_on: date | None = None


class Block(_Part):
    """One thing that was asked for, with the case of the procedure it holds for."""

    aspect: Aspect
    heading: str
    case: str | None = None
    text: str


class Item(_Part):
    """The answer on one procedure or FAQ. `code` or `faq_id` is set, by `kind`."""

    kind: Literal["procedure", "faq"]
    code: str | None = None
    faq_id: str | None = None
    title: str
    confidence: float = Field(ge=0, le=1)
    blocks: tuple[Block, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def id(self) -> str:
        """The code or the FAQ's id."""
        return self.code or self.faq_id or ""


class Option(_Part):
    """A procedure or FAQ to choose; `code` is what to send back to ask about it."""

    code: str
    title: str


class Answer(_Part):
    """A whole answer; `text` says all of it in plain text, for channels that show nothing else."""

    conversation_id: str
    answer_id: str
    status: Status
    items: tuple[Item, ...] = ()
    options: tuple[Option, ...] = ()
    suggestions: tuple[str, ...] = ()
    text: str
    reason: str | None = None
    """A finer reason beside the status, from `decide.Reason`."""
