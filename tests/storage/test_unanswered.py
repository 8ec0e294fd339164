"""Operators see what had no good answer, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from answering.conversation import ConversationState
from answering.exchange import Exchange
from storage.conversations import SqlConversationStore
from storage.database import Database
from storage.feedback import SqlFeedbackStore
from storage.unanswered import SqlUnansweredQuestions, UnansweredCounts

MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)

Ask = Callable[..., Exchange]


@pytest.fixture
def ask(database: Database, store: SqlConversationStore, an_exchange: Callable[..., Exchange]) -> Ask:
    """Keeps an exchange asked some minutes after eight, rated if a rating is given."""

    def keep(status: str, minute: int = 0, *, rating: str | None = None, comment: str | None = None) -> Exchange:
        exchange = an_exchange(status=status, asked_at=MORNING + timedelta(minutes=minute))
        store.keep(exchange, ConversationState(conversation_id=exchange.conversation_id))
        if rating is not None:
            assert SqlFeedbackStore(database).rate(exchange.answer_id, rating, comment)  # type: ignore[arg-type]
        return exchange

    return keep


@pytest.fixture
def unanswered(database: Database) -> SqlUnansweredQuestions:
    return SqlUnansweredQuestions(database)


def test_a_deployment_without_questions_has_none_unanswered(unanswered: SqlUnansweredQuestions) -> None:
    assert unanswered.newest() == []
    assert unanswered.counts() == UnansweredCounts(total=0, clarify=0, out_of_scope=0, rated_down=0)


def test_questions_without_a_good_answer_are_listed_newest_first(ask: Ask, unanswered: SqlUnansweredQuestions) -> None:
    outside = ask("out_of_scope", 1)
    ask("answered", 2)
    asked_back = ask("clarify", 3)
    ask("answered", 4, rating="up")
    disliked = ask("answered", 5, rating="down", comment="nhà tôi ở xã khác")
    ask("small_talk", 6)

    listed = unanswered.newest()
    assert [question.exchange for question in listed] == [disliked, asked_back, outside]
    assert [question.rating for question in listed] == ["down", None, None]
    assert listed[0].comment == "nhà tôi ở xã khác"


def test_a_question_that_was_asked_back_and_disliked_is_counted_in_both_and_once_in_all(
    ask: Ask, unanswered: SqlUnansweredQuestions
) -> None:
    ask("clarify", rating="down")
    ask("clarify", rating="up")
    ask("out_of_scope")
    ask("answered", rating="down")
    ask("answered")
    assert unanswered.counts() == UnansweredCounts(total=4, clarify=2, out_of_scope=1, rated_down=2)
    assert len(unanswered.newest()) == 4


def test_a_changed_mind_takes_a_question_off_the_list(
    database: Database, ask: Ask, unanswered: SqlUnansweredQuestions
) -> None:
    exchange = ask("answered", rating="down")
    SqlFeedbackStore(database).rate(exchange.answer_id, "up", None)
    assert unanswered.newest() == []


def test_pages_follow_each_other_without_gap_or_repetition(ask: Ask, unanswered: SqlUnansweredQuestions) -> None:
    ids = [ask("clarify", minute // 2).answer_id for minute in range(7)]  # Two of them in the same minute.
    pages = [unanswered.newest(limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert sorted(question.exchange.answer_id for page in pages for question in page) == sorted(ids)


def test_only_what_was_asked_since_is_listed_and_counted(ask: Ask, unanswered: SqlUnansweredQuestions) -> None:
    ask("clarify", 0)
    at_the_time, later = ask("clarify", 10), ask("out_of_scope", 20)
    since = MORNING + timedelta(minutes=10)
    assert [question.exchange for question in unanswered.newest(since=since)] == [later, at_the_time]
    assert unanswered.counts(since=since) == UnansweredCounts(total=2, clarify=1, out_of_scope=1, rated_down=0)
