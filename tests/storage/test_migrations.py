"""Any number of processes can bring any database up to date, wholly or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from answering.conversation import ConversationState
from answering.exchange import Exchange
from storage.conversations import SqlConversationStore
from storage.database import make_engine, open_database
from storage.errors import DatabaseVersionMismatch, StorageError
from storage.migrations import upgrade
from storage.tables import Base
from storage.urls import parse_url

ROOT = Path(__file__).parents[2]
TABLES = {"alembic_version", *Base.metadata.tables}

Execute = Callable[[str, str], None]


def tables(url: str) -> set[str]:
    engine = make_engine(parse_url(url))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def drift(url: str) -> list[object]:
    """What Alembic would change to bring the database to `storage.tables`."""
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return list(found)


def test_upgraded_tables_are_those_that_the_program_uses(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    assert drift(empty_database_url) == []
    assert tables(empty_database_url) == TABLES


def test_a_forgotten_migration_would_be_noticed(empty_database_url: str, execute: Execute) -> None:
    upgrade(empty_database_url)
    execute(empty_database_url, "ALTER TABLE exchanges DROP COLUMN dropped_blocks")
    assert "dropped_blocks" in str(drift(empty_database_url))


def test_cascades_stand_in_the_database_itself(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = make_engine(parse_url(empty_database_url))
    for table, owner in (("exchanges", "conversations"), ("feedback", "exchanges")):
        (key,) = inspect(engine).get_foreign_keys(table)
        assert (key["referred_table"], key["options"]) == (owner, {"ondelete": "CASCADE"})
    engine.dispose()


def test_upgrading_again_keeps_what_is_there(empty_database_url: str, an_exchange: Callable[..., Exchange]) -> None:
    upgrade(empty_database_url)
    database = open_database(empty_database_url)
    store = SqlConversationStore(database)
    store.keep(
        an_exchange(asked_at=datetime(2026, 1, 1, tzinfo=UTC)), ConversationState(conversation_id="conversation")
    )
    upgrade(empty_database_url)
    assert store.load("conversation") is not None
    database.close()


def test_processes_that_start_at_once_all_succeed(empty_database_url: str) -> None:
    script = (
        "import sys; from storage.migrations import upgrade; print('ready', flush=True);"
        " sys.stdin.readline(); upgrade(sys.argv[1])"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, empty_database_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    errors = [process.communicate()[1] for process in processes]
    assert errors == [""] * 4
    assert drift(empty_database_url) == []


def test_an_upgrade_that_fails_leaves_nothing_half_done(empty_database_url: str, execute: Execute) -> None:
    execute(empty_database_url, "CREATE TABLE feedback (somebody_elses INTEGER)")  # The last of the three to be made.
    with pytest.raises(StorageError, match="feedback"):
        upgrade(empty_database_url)
    assert tables(empty_database_url) == {"feedback"}
    execute(empty_database_url, "DROP TABLE feedback")
    upgrade(empty_database_url)
    assert tables(empty_database_url) == TABLES


def test_a_database_of_a_newer_version_is_left_alone_and_named(empty_database_url: str, execute: Execute) -> None:
    upgrade(empty_database_url)
    execute(empty_database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseVersionMismatch, match=r"newer version.*9999"):
        upgrade(empty_database_url)
    assert tables(empty_database_url) == TABLES
