"""The desk: the one service that every channel calls. Loads the conversation, answers, keeps the exchange, replies."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from answering.answer import Answer
from answering.context import Context
from answering.conversation import Audience, ConversationState, Offered, Turn
from answering.exchange import ConversationStore, Exchange
from answering.phrase import phrase
from answering.pipeline import Pipeline
from corpus.library import Library


@dataclass(frozen=True)
class Published:
    """What is published now: the library of a snapshot and the pipeline over it."""

    snapshot_id: str
    library: Library
    pipeline: Pipeline


@dataclass(frozen=True)
class Reply:
    """An answer with the context that led to it."""

    answer: Answer
    context: Context


class Desk:
    """Answers questions.

    `published` gives the snapshot to answer from, looked up once for each question, so that a publication takes effect
    with the next one and drops none; `now` gives the aware time in UTC.
    """

    def __init__(
        self, published: Callable[[], Published], conversations: ConversationStore, now: Callable[[], datetime]
    ) -> None:
        self._published, self._conversations, self._now = published, conversations, now

    def ask(
        self,
        question: str,
        *,
        chat_channel: str,
        conversation_id: str | None = None,
        commune: str | None = None,
        audience: Audience | None = None,
    ) -> Reply:
        """Answer one question and keep the exchange.

        A conversation that is not known starts anew under its id. Raises what the conversation store raises.
        """
        started, asked_at, current = time.perf_counter(), self._now(), self._published()
        key = conversation_id or str(uuid.uuid4())
        state = self._conversations.load(key) or ConversationState(conversation_id=key)
        context = _opening(question, state, current.library, commune, audience)
        context = current.pipeline.run(context)
        answer = phrase(context)
        context = context.having(answer=answer)
        exchange = _exchange(
            context, current.snapshot_id, chat_channel, asked_at, (time.perf_counter() - started) * 1000
        )
        self._conversations.keep(exchange, _state_after(context))
        return Reply(answer, context)

    def forget(self, conversation_id: str) -> bool:
        """Delete a conversation and all that was kept of it; False where there was none."""
        return self._conversations.forget(conversation_id)

    @property
    def library(self) -> Library:
        """What is published now, for listing procedures and FAQs."""
        return self._published().library

    @property
    def snapshot_id(self) -> str:
        """The id of what is published now."""
        return self._published().snapshot_id


def _opening(
    question: str, state: ConversationState, library: Library, commune: str | None, audience: Audience | None
) -> Context:
    place = next((p for p in library.places if p.name == (commune or state.commune)), None)
    turn = next((t for t in reversed(state.turns) if t.items), None)
    topic = ""
    if turn:
        known = library.procedures.get(turn.items[0])
        topic = known.title if known else library.faqs[turn.items[0]].question if turn.items[0] in library.faqs else ""
    return Context(
        question=question,
        state=state,
        answer_id=str(uuid.uuid4()),
        commune=place,
        audience=audience or state.audience,
        topic_title=topic,
    )


def _state_after(context: Context) -> ConversationState:
    assert context.answer
    aspects = context.parts[0].aspects if context.parts else ()
    turn = Turn(
        status=context.answer.status,
        items=tuple(i.id for i in context.items),
        aspects=tuple(aspects),
        offered=tuple(Offered(id=o.code, title=o.title) for o in context.options),
    )
    return context.state.after(
        turn, commune=context.commune.name if context.commune else context.state.commune, audience=context.audience
    )


def _exchange(
    context: Context, snapshot_id: str, chat_channel: str, asked_at: datetime, duration_ms: float
) -> Exchange:
    answer = context.answer
    assert answer
    confidence = max((i.confidence for i in answer.items), default=None)
    return Exchange(
        answer_id=answer.answer_id,
        conversation_id=answer.conversation_id,
        chat_channel=chat_channel,
        asked_at=asked_at,
        question=context.masked,
        status=answer.status,
        reason=answer.reason,
        items=tuple(i.id for i in answer.items),
        aspects=tuple(dict.fromkeys(b.aspect.value for i in answer.items for b in i.blocks)),
        confidence=confidence,
        answer_text=answer.text,
        snapshot_id=snapshot_id,
        duration_ms=duration_ms,
        commune=context.commune.name if context.commune else None,
        audience=context.audience,
        dropped_blocks=len(context.dropped),
    )
