"""One question and its answer as they are kept, and the port through which they are kept.

`storage` implements the port; `answering` only knows these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from answering.conversation import ConversationState


@dataclass(frozen=True)
class Exchange:
    """One exchange. `question` and `answer_text` are masked of personal data before they get here."""

    answer_id: str
    conversation_id: str
    chat_channel: str
    """Where it was asked: "web", "http", "telegram", "zalo"…"""
    asked_at: datetime
    """Aware, in UTC."""
    question: str
    status: str
    reason: str | None
    """The finer reason beside the status, such as "siblings" or "other_province"."""
    items: tuple[str, ...]
    aspects: tuple[str, ...]
    confidence: float | None
    answer_text: str
    snapshot_id: str
    duration_ms: float
    commune: str | None = None
    audience: str = "resident"
    dropped_blocks: int = 0
    """Blocks that `check` took out because a figure stood in no source."""
    extra: dict[str, str] = field(default_factory=dict)


class ConversationStore(Protocol):
    """Keeps conversations and their exchanges."""

    def load(self, conversation_id: str) -> ConversationState | None:
        """The state after the last kept turn, None for a conversation never seen or forgotten."""

    def keep(self, exchange: Exchange, state: ConversationState) -> None:
        """Keep an exchange and the state after it, both or neither."""

    def forget(self, conversation_id: str) -> bool:
        """Delete a conversation with its exchanges and feedback; False where there was none."""


class FeedbackStore(Protocol):
    """Keeps what people thought of answers."""

    def rate(self, answer_id: str, rating: Literal["up", "down"], comment: str | None) -> bool:
        """Keep the rating (the newest of an answer stands); False where no such answer was given."""
