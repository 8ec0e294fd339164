"""What is kept of conversations comes back as it was, and goes when it is to be forgotten."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from answering.conversation import REMEMBERED_TURNS, Audience, ConversationState, Offered, Turn
from answering.exchange import ConversationStore, Exchange
from storage.conversations import SqlConversationStore, exchange_of
from storage.database import Database, open_database
from storage.errors import AnswerIdTaken, StateUnreadable, StorageError
from storage.feedback import SqlFeedbackStore
from storage.tables import ConversationRow, ExchangeRow, FeedbackRow

BIRTH = Turn(status="answered", items=("1.001193",), aspects=("fee",))
MARRIAGE = Turn(status="answered", items=("1.000894",), aspects=("documents",))
RESIDENCE = Turn(status="clarify", offered=(Offered(id="1.004194", title="Đăng ký tạm trú"),), case="ở nhờ")

BuildExchange = Callable[..., Exchange]
BuildState = Callable[..., ConversationState]


def kept_exchanges(database: Database) -> dict[str, Exchange]:
    return database.read(
        lambda session: {row.answer_id: exchange_of(row) for row in session.scalars(select(ExchangeRow))}
    )


def test_the_store_is_what_answering_asks_for(store: SqlConversationStore) -> None:
    port: ConversationStore = store
    assert port.load("never seen") is None


def test_state_comes_back_as_it_was_kept(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    state = a_state(turns=(BIRTH, RESIDENCE), commune="Mường Phăng", audience=Audience.TEAM)
    store.keep(an_exchange(), state)
    assert store.load("conversation") == state.model_copy(update={"version": 2})


def test_exchange_comes_back_as_it_was_kept(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    ordinary = an_exchange()
    full = an_exchange(
        reason="siblings",
        status="clarify",
        items=("1.004194", "1.010038"),
        aspects=(),
        confidence=None,
        commune="Mường Phăng",
        audience="team",
        dropped_blocks=2,
        extra={"model": "multilingual-e5-small"},
    )
    for exchange in (ordinary, full):
        store.keep(exchange, a_state())
    assert kept_exchanges(database) == {ordinary.answer_id: ordinary, full.answer_id: full}


def test_a_time_of_another_zone_is_kept_in_utc(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    hanoi = datetime(2026, 11, 22, 6, 59, 59, 123456, tzinfo=timezone(timedelta(hours=7)))
    exchange = an_exchange(asked_at=hanoi)
    store.keep(exchange, a_state())
    kept = kept_exchanges(database)[exchange.answer_id].asked_at
    assert kept == hanoi
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    with pytest.raises(StorageError, match="zone"):
        store.keep(an_exchange(asked_at=datetime(2026, 11, 22)), a_state())
    assert store.load("conversation") is None


def test_an_exchange_is_kept_with_its_own_conversation(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    with pytest.raises(ValueError, match="its own conversation"):
        store.keep(an_exchange(conversation_id="another"), a_state())


def test_neither_is_kept_when_one_cannot_be(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    store.keep(an_exchange(answer_id="taken"), a_state())
    of_another = an_exchange(answer_id="taken", conversation_id="another")
    with pytest.raises(AnswerIdTaken) as refused:
        store.keep(of_another, a_state(conversation_id="another"))
    assert refused.value.answer_id == "taken"
    assert store.load("another") is None


def test_an_exchange_kept_twice_is_kept_once(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    exchange = an_exchange()
    store.keep(exchange, a_state(turns=(BIRTH,)))
    before = store.load("conversation")
    store.keep(dataclasses.replace(exchange, question="lần nữa"), a_state(turns=(BIRTH, BIRTH)))
    assert store.load("conversation") == before
    assert kept_exchanges(database) == {exchange.answer_id: exchange}


@pytest.mark.parametrize(
    ("loaded", "first_kept", "then_kept", "together"),
    [
        pytest.param((), (BIRTH,), (MARRIAGE,), (BIRTH, MARRIAGE), id="both begin"),
        pytest.param((BIRTH,), (BIRTH, MARRIAGE), (BIRTH, RESIDENCE), (BIRTH, MARRIAGE, RESIDENCE), id="both go on"),
        pytest.param((BIRTH,), (BIRTH, MARRIAGE), (BIRTH,), (BIRTH, MARRIAGE), id="the second adds no turn"),
        pytest.param((BIRTH,), (BIRTH,), (BIRTH, MARRIAGE), (BIRTH, MARRIAGE), id="the first adds no turn"),
        pytest.param(
            (BIRTH,) * REMEMBERED_TURNS,
            (*(BIRTH,) * (REMEMBERED_TURNS - 1), MARRIAGE),
            (*(BIRTH,) * (REMEMBERED_TURNS - 1), RESIDENCE),
            (*(BIRTH,) * (REMEMBERED_TURNS - 2), MARRIAGE, RESIDENCE),
            id="both drop the oldest",
        ),
    ],
)
def test_turns_that_were_answered_at_once_all_stay(
    store: SqlConversationStore,
    an_exchange: BuildExchange,
    a_state: BuildState,
    loaded: tuple[Turn, ...],
    first_kept: tuple[Turn, ...],
    then_kept: tuple[Turn, ...],
    together: tuple[Turn, ...],
) -> None:
    if loaded:
        store.keep(an_exchange(), a_state(turns=loaded))
    state = store.load("conversation") or a_state()
    store.keep(an_exchange(), state.model_copy(update={"turns": first_kept}))
    store.keep(an_exchange(), state.model_copy(update={"turns": then_kept}))
    kept = store.load("conversation")
    assert kept is not None
    assert kept.turns == together


def test_the_oldest_turns_are_found_again_when_another_dropped_them(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    turns = tuple(Turn(status="answered", case=str(number)) for number in range(REMEMBERED_TURNS))
    store.keep(an_exchange(), a_state(turns=turns))
    state = store.load("conversation")
    assert state is not None
    for turn in (BIRTH, MARRIAGE):
        ahead = store.load("conversation")
        assert ahead is not None
        store.keep(an_exchange(), ahead.after(turn))
    store.keep(an_exchange(), state.after(RESIDENCE))
    kept = store.load("conversation")
    assert kept is not None
    assert kept.turns == (*turns[3:], BIRTH, MARRIAGE, RESIDENCE)


def test_a_turn_that_took_very_long_follows_all_that_came_meanwhile(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    slow = a_state().after(BIRTH).after(MARRIAGE)
    meanwhile = tuple(Turn(status="answered", case=str(number)) for number in range(REMEMBERED_TURNS))
    store.keep(an_exchange(), a_state(turns=meanwhile))
    store.keep(an_exchange(), slow)
    kept = store.load("conversation")
    assert kept is not None
    assert kept.turns == (*meanwhile[1:], MARRIAGE)


def test_a_commune_named_in_between_is_not_unlearned(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    state = a_state()
    store.keep(an_exchange(), state.after(BIRTH, commune="Mường Phăng"))
    store.keep(an_exchange(), state.after(MARRIAGE))
    kept = store.load("conversation")
    assert kept is not None
    assert kept.commune == "Mường Phăng"


def test_many_threads_lose_no_exchange_of_one_conversation(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    exchanges = [an_exchange() for _ in range(40)]

    def ask(exchange: Exchange) -> None:
        state = store.load("conversation") or a_state()
        store.keep(exchange, state.after(Turn(status="answered", case=exchange.answer_id)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, exchanges))
    kept = store.load("conversation")
    assert kept is not None
    assert kept_exchanges(database).keys() == {exchange.answer_id for exchange in exchanges}
    assert kept.version == 1 + len(exchanges)
    assert len({turn.case for turn in kept.turns}) == REMEMBERED_TURNS


def test_forgetting_leaves_nothing_of_a_conversation(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    kept, other = an_exchange(), an_exchange(conversation_id="another")
    store.keep(kept, a_state(turns=(BIRTH,)))
    store.keep(other, a_state(conversation_id="another"))
    for exchange in (kept, other):
        assert SqlFeedbackStore(database).rate(exchange.answer_id, "down", "sai")

    assert store.forget("conversation") is True

    assert store.load("conversation") is None
    assert kept_exchanges(database).keys() == {other.answer_id}
    rated = database.read(lambda session: session.scalars(select(FeedbackRow.answer_id)).all())
    assert rated == [other.answer_id]
    assert store.load("another") is not None
    assert store.forget("conversation") is False


def test_forgotten_words_leave_the_files_of_sqlite_too(
    sqlite_url: str, tmp_path: Path, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    database = open_database(sqlite_url)
    store = SqlConversationStore(database)
    store.keep(an_exchange(question="con trai tôi nghiện ma túy"), a_state())

    def traces() -> list[str]:
        return [path.name for path in tmp_path.iterdir() if "nghiện".encode() in path.read_bytes()]

    assert traces() != []
    store.forget("conversation")
    assert traces() == []
    database.close()


def test_a_conversation_forgotten_while_it_is_answered_keeps_no_old_turns(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    store.keep(an_exchange(), a_state(turns=(BIRTH, MARRIAGE)))
    state = store.load("conversation")
    assert state is not None
    store.forget("conversation")
    store.keep(an_exchange(), state.after(RESIDENCE))
    kept = store.load("conversation")
    assert kept is not None
    assert kept.turns == (RESIDENCE,)


def test_personal_data_is_masked_wherever_a_resident_may_have_put_it(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    private = "CCCD 011190012345, gọi 0912 345 678"
    exchange = an_exchange(question=private, answer_text=private, commune=private, extra={"heard": private})
    store.keep(exchange, a_state(commune=private))
    SqlFeedbackStore(database).rate(exchange.answer_id, "down", private)

    masked = "CCCD •••, gọi •••"
    kept = kept_exchanges(database)[exchange.answer_id]
    state = store.load("conversation")
    comment = database.read(lambda session: session.scalar(select(FeedbackRow.comment)))
    assert state is not None
    assert [kept.question, kept.answer_text, kept.commune, kept.extra["heard"], state.commune, comment] == [masked] * 6


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("khai\x00 sinh", "khai sinh"),
        ("CCCD 011190\x00012345", "CCCD •••"),
        ("khai \ud83d sinh", "khai ? sinh"),
        ("khai 👶 sinh", "khai 👶 sinh"),
        ("'; DROP TABLE exchanges; --", "'; DROP TABLE exchanges; --"),
        ("x" * 100_000, "x" * 100_000),
    ],
    ids=["nul", "nul inside a number", "half a character", "emoji", "sql", "long"],
)
def test_no_text_that_people_can_send_is_refused(
    database: Database,
    store: SqlConversationStore,
    an_exchange: BuildExchange,
    a_state: BuildState,
    sent: str,
    kept: str,
) -> None:
    exchange = an_exchange(question=sent)
    store.keep(exchange, a_state())
    assert kept_exchanges(database)[exchange.answer_id].question == kept


def test_an_id_that_no_database_can_hold_is_a_storage_error_without_the_id(
    store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    with pytest.raises(StorageError) as refused:
        store.keep(an_exchange(conversation_id="bí mật \ud83d"), a_state(conversation_id="bí mật \ud83d"))
    assert "bí mật" not in str(refused.value)


def test_a_state_of_an_unknown_shape_is_an_error_that_names_the_conversation(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    store.keep(an_exchange(), a_state())
    database.write(lambda session: session.execute(update(ConversationRow).values(state={"turns": "none"})))
    with pytest.raises(StateUnreadable, match="conversation conversation") as unreadable:
        store.load("conversation")
    assert unreadable.value.conversation_id == "conversation"


def test_rows_of_exchanges_have_every_field_of_an_exchange() -> None:
    fields = {field.name for field in dataclasses.fields(Exchange)}
    assert set(ExchangeRow.__table__.columns.keys()) == fields


def test_a_conversation_remembers_when_it_was_last_used(
    database: Database, store: SqlConversationStore, an_exchange: BuildExchange, a_state: BuildState
) -> None:
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    for asked_at in (first, last, first + timedelta(days=1)):
        store.keep(an_exchange(asked_at=asked_at), store.load("conversation") or a_state())
    row = database.read(
        lambda session: session.execute(select(ConversationRow.started_at, ConversationRow.last_asked_at)).one()
    )
    assert row == (first, last)
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(ExchangeRow))) == 3
