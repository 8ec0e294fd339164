"""The newest rating of an answer stands."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from answering.conversation import ConversationState
from answering.exchange import Exchange, FeedbackStore
from storage.conversations import SqlConversationStore
from storage.database import Database
from storage.errors import StorageError
from storage.feedback import SqlFeedbackStore
from storage.tables import FeedbackRow

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def feedback(database: Database) -> SqlFeedbackStore:
    return SqlFeedbackStore(database, clock=lambda: NOON)


@pytest.fixture
def answer_id(store: SqlConversationStore, an_exchange: Callable[..., Exchange]) -> str:
    exchange = an_exchange()
    store.keep(exchange, ConversationState(conversation_id=exchange.conversation_id))
    return exchange.answer_id


def kept_ratings(database: Database) -> list[tuple[str, str, str | None, datetime]]:
    return database.read(
        lambda session: [
            (row.answer_id, row.rating, row.comment, row.rated_at) for row in session.scalars(select(FeedbackRow))
        ]
    )


def test_a_rating_is_kept_with_its_comment_and_time(
    database: Database, feedback: SqlFeedbackStore, answer_id: str
) -> None:
    port: FeedbackStore = feedback
    assert port.rate(answer_id, "down", "lệ phí sai") is True
    assert kept_ratings(database) == [(answer_id, "down", "lệ phí sai", NOON)]


def test_the_newest_rating_replaces_the_one_before_with_its_comment(
    database: Database, feedback: SqlFeedbackStore, answer_id: str
) -> None:
    feedback.rate(answer_id, "down", "lệ phí sai")
    assert feedback.rate(answer_id, "up", None) is True
    assert kept_ratings(database) == [(answer_id, "up", None, NOON)]


def test_an_answer_never_given_cannot_be_rated(database: Database, feedback: SqlFeedbackStore) -> None:
    assert feedback.rate("never given", "up", None) is False
    assert kept_ratings(database) == []


def test_a_forgotten_answer_cannot_be_rated(
    store: SqlConversationStore, feedback: SqlFeedbackStore, answer_id: str
) -> None:
    store.forget("conversation")
    assert feedback.rate(answer_id, "up", None) is False


def test_a_rating_that_is_neither_up_nor_down_is_refused(feedback: SqlFeedbackStore, answer_id: str) -> None:
    with pytest.raises(StorageError, match="rating"):
        feedback.rate(answer_id, "sideways", None)  # type: ignore[arg-type]


def test_an_impatient_thumb_is_one_rating(database: Database, feedback: SqlFeedbackStore, answer_id: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        rated = list(threads.map(lambda _: feedback.rate(answer_id, "up", None), range(24)))
    assert all(rated)
    assert kept_ratings(database) == [(answer_id, "up", None, NOON)]
