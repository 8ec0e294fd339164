"""What is older than it has to be is forgotten, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from answering.conversation import ConversationState
from answering.exchange import Exchange
from storage.conversations import SqlConversationStore
from storage.database import Database
from storage.feedback import SqlFeedbackStore
from storage.retention import Forgotten, forget_older_than
from storage.tables import ConversationRow, ExchangeRow, FeedbackRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ask(store: SqlConversationStore, an_exchange: Callable[..., Exchange]) -> Callable[[str, timedelta], str]:
    """Keeps an exchange of that conversation, asked that long ago."""

    def keep(conversation_id: str, ago: timedelta) -> str:
        exchange = an_exchange(conversation_id=conversation_id, asked_at=NOW - ago)
        store.keep(exchange, store.load(conversation_id) or ConversationState(conversation_id=conversation_id))
        return exchange.answer_id

    return keep


def kept_ids(database: Database) -> tuple[set[str], set[str], set[str]]:
    return database.read(
        lambda session: (
            set(session.scalars(select(ConversationRow.id))),
            set(session.scalars(select(ExchangeRow.answer_id))),
            set(session.scalars(select(FeedbackRow.answer_id))),
        )
    )


def test_old_exchanges_go_and_a_conversation_in_use_stays(
    database: Database, ask: Callable[[str, timedelta], str]
) -> None:
    old, older = ask("in use", timedelta(days=31)), ask("silent", timedelta(days=400))
    recent = ask("in use", timedelta(days=29))
    for answer_id in (old, older, recent):
        SqlFeedbackStore(database).rate(answer_id, "up", None)

    forgotten = forget_older_than(database, 30, now=NOW)

    assert forgotten == Forgotten(exchanges=2, conversations=1)
    assert str(forgotten) == "2 exchanges and 1 conversations forgotten"
    assert kept_ids(database) == ({"in use"}, {recent}, {recent})


def test_exactly_that_old_is_not_older(database: Database, ask: Callable[[str, timedelta], str]) -> None:
    at_the_limit = ask("one", timedelta(days=30))
    beyond = ask("two", timedelta(days=30, microseconds=1))
    assert forget_older_than(database, 30, now=NOW) == Forgotten(exchanges=1, conversations=1)
    assert kept_ids(database) == ({"one"}, {at_the_limit}, set())
    assert beyond not in kept_ids(database)[1]


def test_forgetting_again_finds_nothing(database: Database, ask: Callable[[str, timedelta], str]) -> None:
    ask("one", timedelta(days=31))
    forget_older_than(database, 30, now=NOW)
    assert forget_older_than(database, 30, now=NOW) == Forgotten(exchanges=0, conversations=0)


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_a_day_is_a_mistake_and_forgets_nothing(
    database: Database, ask: Callable[[str, timedelta], str], days: int
) -> None:
    kept = ask("one", timedelta(seconds=1))
    with pytest.raises(ValueError, match="a day or more"):
        forget_older_than(database, days, now=NOW)
    assert kept_ids(database)[1] == {kept}
