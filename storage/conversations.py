"""Keeps conversations and their exchanges, and forgets one when asked. Forgetting by age is `storage.retention`."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from answering.conversation import REMEMBERED_TURNS, ConversationState, Turn
from answering.exchange import Exchange
from storage.database import Database, delete_rows
from storage.errors import AnswerIdTaken, StateUnreadable
from storage.storable import storable, storable_or_none
from storage.tables import ConversationRow, ExchangeRow


class SqlConversationStore:
    """An `answering.exchange.ConversationStore` in a database. Every method raises `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, conversation_id: str) -> ConversationState | None:
        """The state after the last kept turn, None for a conversation never seen or forgotten."""

        def work(session: Session) -> ConversationState | None:
            row = session.get(ConversationRow, conversation_id)
            return None if row is None else _state_of(row)

        return self._database.read(work)

    def keep(self, exchange: Exchange, state: ConversationState) -> None:
        """Keep an exchange and the state after it, both or neither; an exchange that is already kept changes nothing.

        `state` is what was loaded, with the new turn. If another exchange was kept since, its turns stay and the new
        ones follow them. Raises `AnswerIdTaken` and `ValueError`, for a state of another conversation.
        """
        if exchange.conversation_id != state.conversation_id:
            raise ValueError("an exchange is kept with the state of its own conversation")
        self._database.write(lambda session: _keep(session, exchange, state))

    def forget(self, conversation_id: str) -> bool:
        """Delete a conversation with its exchanges and feedback; False where there was none."""
        statement = delete(ConversationRow).where(ConversationRow.id == conversation_id)
        was_there = self._database.write(lambda session: delete_rows(session, statement)) > 0
        self._database.wipe_deleted()
        return was_there


def exchange_of(row: ExchangeRow) -> Exchange:
    """The exchange that a row holds."""
    return Exchange(
        answer_id=row.answer_id,
        conversation_id=row.conversation_id,
        chat_channel=row.chat_channel,
        asked_at=row.asked_at,
        question=row.question,
        status=row.status,
        reason=row.reason,
        items=tuple(row.items),
        aspects=tuple(row.aspects),
        confidence=row.confidence,
        answer_text=row.answer_text,
        snapshot_id=row.snapshot_id,
        duration_ms=row.duration_ms,
        commune=row.commune,
        audience=row.audience,
        dropped_blocks=row.dropped_blocks,
        extra=row.extra,
    )


def _keep(session: Session, exchange: Exchange, state: ConversationState) -> None:
    # The lock first: whoever keeps another exchange of this conversation waits here, and then sees this one.
    row = session.get(ConversationRow, exchange.conversation_id, with_for_update=True)
    if kept := session.get(ExchangeRow, exchange.answer_id):
        if kept.conversation_id != exchange.conversation_id:
            raise AnswerIdTaken(exchange.answer_id)
        return
    if row is None:
        state = _first_state(state)
        row = ConversationRow(id=exchange.conversation_id, version=state.version, started_at=exchange.asked_at)
        row.last_asked_at = exchange.asked_at
        session.add(row)
    elif row.version != state.version:
        state = _on_top_of(_state_of(row), state)
    row.version += 1
    row.state = _kept_state(state)
    row.last_asked_at = max(row.last_asked_at, exchange.asked_at)
    session.flush()  # The exchange refers to the conversation, which has to be there first.
    session.add(_row_of(exchange))


def _kept_state(state: ConversationState) -> dict[str, Any]:
    clean = state.model_copy(update={"commune": storable_or_none(state.commune)})
    return clean.model_dump(mode="json", exclude={"conversation_id", "version"})


def _state_of(row: ConversationRow) -> ConversationState:
    try:
        return ConversationState.model_validate({**row.state, "conversation_id": row.id, "version": row.version})
    except ValidationError as error:
        raise StateUnreadable(row.id) from error


def _first_state(state: ConversationState) -> ConversationState:
    """The state to begin with. One that was loaded before was forgotten meanwhile, and its old turns stay so."""
    was_kept_before = state.version > 1
    return state.model_copy(update={"turns": state.turns[-1:]}) if was_kept_before else state


def _on_top_of(kept: ConversationState, state: ConversationState) -> ConversationState:
    """`state` with the turns that were kept since it was loaded before its own new ones."""
    turns = (*kept.turns, *_new_turns(kept.turns, state.turns))
    return state.model_copy(update={"turns": turns[-REMEMBERED_TURNS:], "commune": state.commune or kept.commune})


def _new_turns(kept: tuple[Turn, ...], turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """What follows in `turns` after the longest part that both share, from wherever `kept` begins to remember."""

    def shared(dropped: int) -> int:
        pairs = list(zip(kept, turns[dropped:], strict=False))
        return next((index for index, (one, other) in enumerate(pairs) if one != other), len(pairs))

    dropped = max(range(len(turns) + 1), key=shared)
    if not shared(dropped):
        # Both began at once, or so many turns came in between that none of the old is remembered.
        return turns[-1:]
    return turns[dropped + shared(dropped) :]


def _row_of(exchange: Exchange) -> ExchangeRow:
    return ExchangeRow(
        answer_id=exchange.answer_id,
        conversation_id=exchange.conversation_id,
        chat_channel=exchange.chat_channel,
        asked_at=exchange.asked_at,
        question=storable(exchange.question),
        status=exchange.status,
        reason=exchange.reason,
        items=list(exchange.items),
        aspects=list(exchange.aspects),
        confidence=exchange.confidence,
        answer_text=storable(exchange.answer_text),
        snapshot_id=exchange.snapshot_id,
        duration_ms=exchange.duration_ms,
        commune=storable_or_none(exchange.commune),
        audience=exchange.audience,
        dropped_blocks=exchange.dropped_blocks,
        extra={name: storable(value) for name, value in exchange.extra.items()},
    )
