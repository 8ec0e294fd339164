"""What was acknowledged survives a killed process, and processes do not lose each other's exchanges."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.conversations import SqlConversationStore
from storage.database import Database, open_database
from storage.tables import ConversationRow, ExchangeRow

SCRIPT = Path(__file__).parent / "keep_many.py"

StartKeeping = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start_keeping(database_url: str) -> Iterator[StartKeeping]:
    """Starts a process that keeps exchanges as soon as a line is written to it."""
    started: list[subprocess.Popen[str]] = []

    def start(name: str, number: int, *conversations: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), database_url, name, str(number), *conversations],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert line_from(process) == "open"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def line_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def kept_by_conversation(database: Database) -> Counter[str]:
    return database.read(lambda session: Counter(session.scalars(select(ExchangeRow.conversation_id))))


def versions(database: Database) -> dict[str, int]:
    return database.read(
        lambda session: dict(session.execute(select(ConversationRow.id, ConversationRow.version)).all())
    )


@pytest.mark.parametrize("acknowledged", [1, 7, 60])
def test_a_killed_process_loses_nothing_that_it_acknowledged(
    start_keeping: StartKeeping, database_url: str, kind: str, acknowledged: int
) -> None:
    process = start_keeping("killed", 100_000, "one", "two")
    let_go(process)
    seen = [line_from(process) for _ in range(acknowledged)]
    process.kill()  # SIGKILL: nothing is flushed, closed or rolled back.
    seen += process.communicate()[0].split()

    database = open_database(database_url)
    kept = database.read(lambda session: set(session.scalars(select(ExchangeRow.answer_id))))
    assert set(seen) <= kept
    assert len(kept) <= len(seen) + 1, "at most the one exchange that was being acknowledged"
    # Both or neither: every conversation counts exactly the exchanges that are there.
    assert versions(database) == {name: 1 + number for name, number in kept_by_conversation(database).items()}
    if kind == "sqlite":
        check = database.read(lambda session: session.connection().exec_driver_sql("PRAGMA integrity_check").scalar())
        assert check == "ok"
    assert SqlConversationStore(database).load("one") is not None
    database.close()


def test_the_next_process_goes_on_where_a_killed_one_stopped(start_keeping: StartKeeping, database: Database) -> None:
    killed = start_keeping("killed", 100_000, "one")
    let_go(killed)
    for _ in range(20):
        line_from(killed)
    killed.kill()
    killed.communicate()
    before = kept_by_conversation(database)["one"]

    follower = start_keeping("follower", 10, "one")
    let_go(follower)
    assert len(follower.communicate()[0].split()) == 10
    assert kept_by_conversation(database)["one"] == before + 10
    assert versions(database) == {"one": 1 + before + 10}


def test_two_processes_keep_every_exchange_of_the_same_conversations(
    start_keeping: StartKeeping, database: Database
) -> None:
    number, conversations = 100, ("one", "two", "three", "four")
    processes = [start_keeping(name, number, *conversations) for name in ("left", "right")]
    for process in processes:
        let_go(process)
    acknowledged = [process.communicate()[0].split() for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert [len(ids) for ids in acknowledged] == [number, number]
    per_conversation = 2 * number // len(conversations)
    assert kept_by_conversation(database) == dict.fromkeys(conversations, per_conversation)
    assert versions(database) == dict.fromkeys(conversations, 1 + per_conversation)
    state = SqlConversationStore(database).load("one")
    assert state is not None
    assert len({turn.items for turn in state.turns}) == len(state.turns), "no turn stands twice"
