"""The one value that every step of the pipeline reads and extends, and that `--explain` prints."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from answering.answer import Answer, Aspect, Item, Option, Status
from answering.conversation import Audience, ConversationState
from corpus.place import Place
from retrieval.search import Hit


@dataclass(frozen=True)
class Outcome:
    """How a question ends: the public status, the finer reason, and a fixed text where there is one."""

    status: Status
    reason: str
    text: str = ""


@dataclass(frozen=True)
class Part:
    """One question inside a message.

    `content` is what is searched; `kept` are ids carried over from earlier turns (a follow-up); `condition` holds the
    words that describe the person's own case, for choosing the matching case of a procedure.
    """

    text: str
    content: str
    aspects: tuple[Aspect, ...] = ()
    kept: tuple[str, ...] = ()
    alternative: str = ""
    """A second text to search, with the earlier topic added: "còn gia hạn" after a question on "tạm trú"."""
    condition: bool = False
    hits: tuple[Hit, ...] = ()
    carries_topic: bool = False
    """True where the hits are those found together with the earlier topic."""
    joined: tuple[Hit, ...] = ()
    """What the part finds together with the earlier topic."""
    outcome: Outcome | None = None
    chosen: str | None = None
    confidence: float = 0.0
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Context:
    """A question on its way. Each step returns a copy with what it found; nothing is changed in place."""

    question: str
    state: ConversationState
    answer_id: str
    masked: str = ""
    """The question with personal data masked: the only form that is kept or logged."""
    warnings: tuple[str, ...] = ()
    text: str = ""
    """The corrected question."""
    corrections: tuple[tuple[str, str], ...] = ()
    commune: Place | None = None
    audience: Audience = Audience.RESIDENT
    parts: tuple[Part, ...] = ()
    ended: Outcome | None = None
    items: tuple[Item, ...] = ()
    options: tuple[Option, ...] = ()
    suggestions: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    answer: Answer | None = None
    topic_title: str = ""
    """Title of what the conversation was last about."""
    timings_ms: dict[str, float] = field(default_factory=dict)

    def having(self, **changes: Any) -> Context:
        """A copy with other fields."""
        return replace(self, **changes)

    def ending(self, status: Status, reason: str, text: str = "") -> Context:
        """End early. What an answer would have carried is taken away: a refusal never cites sources."""
        return self.having(ended=Outcome(status, reason, text), items=(), options=())
