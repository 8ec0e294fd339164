"""What an assistant must remember of a conversation to understand the next message. Keeping it is `storage`."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

REMEMBERED_TURNS = 20
"""Older turns are dropped: nobody refers back further, and the state stays a few kilobytes."""


class Audience(StrEnum):
    """Who reads the answer: a resident, or a member of a technology team who helps one."""

    RESIDENT = "resident"
    TEAM = "team"


class Offered(BaseModel):
    """An option that was shown, so that "cái thứ hai" can be understood."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str


class Turn(BaseModel):
    """What one message was understood to be about; it holds no words of the resident."""

    model_config = ConfigDict(frozen=True)

    status: str
    items: tuple[str, ...] = ()
    """Codes of procedures and ids of FAQs that were answered, in order."""
    aspects: tuple[str, ...] = ()
    offered: tuple[Offered, ...] = ()
    case: str | None = None


class ConversationState(BaseModel):
    """The state of one conversation after its last turn."""

    model_config = ConfigDict(frozen=True)

    conversation_id: str
    turns: tuple[Turn, ...] = ()
    commune: str | None = None
    audience: Audience = Audience.RESIDENT
    version: int = Field(default=1)

    def after(self, turn: Turn, **changes: object) -> ConversationState:
        """The state with one more turn and other changed fields."""
        return self.model_copy(update={"turns": (*self.turns, turn)[-REMEMBERED_TURNS:], **changes})
