"""A database that cannot be used is an error of one line that says what to do, and never shows a password."""

from __future__ import annotations

import collections
import socket
import sqlite3
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from answering.conversation import ConversationState
from answering.exchange import Exchange
from storage.conversations import SqlConversationStore
from storage.database import Database, open_database
from storage.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DatabaseUrlInvalid,
    DatabaseVersionMismatch,
    StorageError,
)
from storage.migrations import upgrade

SECRET = "hunter2"
QUESTION = "con tôi nghiện ma túy "
STATE = ConversationState(conversation_id="conversation")

BuildExchange = Callable[..., Exchange]
Execute = Callable[[str, str], None]


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is not a database URL"),
        ("var/motcua.db", "is not a database URL"),
        (f"postgresql//motcua:{SECRET}@host/db", "is not a database URL"),
        (f"postgresql://motcua:{SECRET}@host:port/db", "is not a database URL"),
        (f"mysql://motcua:{SECRET}@host/db", "mysql://, which is not used"),
        (f"postgresql+asyncpg://motcua:{SECRET}@host/db", r"postgresql\+asyncpg://, which is not used"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
@pytest.mark.parametrize("use", [open_database, upgrade])
def test_a_malformed_url_is_one_line_that_names_the_setting(use: Callable[[str], Any], url: str, says: str) -> None:
    with pytest.raises(DatabaseUrlInvalid, match=says) as refused:
        use(url)
    message = str(refused.value)
    assert message.startswith("MOTCUA_DATABASE_URL")
    assert "\n" not in message
    assert SECRET not in message


@pytest.mark.parametrize("use", [open_database, upgrade])
@pytest.mark.parametrize(
    "login", [f"motcua:{SECRET}@127.0.0.1:{{port}}/motcua", f"127.0.0.1:{{port}}/motcua?user=motcua&password={SECRET}"]
)
def test_a_server_that_does_not_answer_is_one_line_without_the_password(use: Callable[[str], Any], login: str) -> None:
    with socket.socket() as reserved:
        # Bound but not listening: nothing else takes the port, and nothing answers on it.
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with pytest.raises(DatabaseUnreachable) as refused:
            use("postgresql://" + login.format(port=port))
    message = str(refused.value)
    assert message.startswith(f"MOTCUA_DATABASE_URL: cannot open the database at 127.0.0.1:{port}/motcua: ")
    assert "\n" not in message
    assert SECRET not in message


def test_a_database_that_does_not_exist_is_unreachable(postgres: str) -> None:
    with pytest.raises(DatabaseUnreachable, match=r"nowhere.*does not exist"):
        open_database(postgres.replace("/postgres?", "/nowhere?"))


def test_an_invalid_option_in_the_url_is_an_error_of_ours(postgres: str) -> None:
    with pytest.raises(StorageError, match="no_such_option") as refused:
        open_database(f"{postgres}&no_such_option=1&password={SECRET}")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_name_of_postgresql_is_understood(postgres_url: str, scheme: str) -> None:
    with opened(postgres_url.replace("postgresql", scheme, 1)) as database:
        assert SqlConversationStore(database).load("conversation") is None


def test_directories_on_the_way_to_the_file_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    upgrade("sqlite:///var/data/motcua.db")
    with opened("sqlite:///var/data/motcua.db") as database:
        assert SqlConversationStore(database).load("conversation") is None
    assert (tmp_path / "var" / "data" / "motcua.db").is_file()


def test_a_file_where_a_directory_should_be_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(DatabaseUnreachable, match=r"^MOTCUA_DATABASE_URL: cannot make the directory"):
        open_database(f"sqlite:///{tmp_path}/var/motcua.db")


def test_a_directory_where_the_file_should_be_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable, match=r"^MOTCUA_DATABASE_URL: cannot open"):
        open_database(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "motcua.db"
    path.write_text("the minutes of a meeting\n" * 100)
    for use in (open_database, upgrade):
        with pytest.raises(DatabaseDamaged, match="Restore a backup"):
            use(f"sqlite:///{path}")
    assert path.read_text().startswith("the minutes")


def test_sqlite_is_set_up_for_many_readers_and_no_loss(sqlite_url: str) -> None:
    with opened(sqlite_url) as database:
        pragmas = ["journal_mode", "busy_timeout", "foreign_keys", "synchronous", "secure_delete"]
        values = database.read(
            lambda session: [session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
        )
    assert dict(zip(pragmas, values, strict=True)) == {
        "journal_mode": "wal",
        "busy_timeout": 10_000,
        "foreign_keys": 1,
        "synchronous": 2,
        "secure_delete": 1,
    }


def test_a_new_file_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    # The change to a write-ahead log is refused on the spot then, whatever busy_timeout says.
    other = sqlite3.connect(tmp_path / "motcua.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE theirs (id INTEGER)")
    done = threading.Timer(0.3, other.execute, ["COMMIT"])
    done.start()
    with opened(f"sqlite:///{tmp_path}/motcua.db") as database:
        assert database.read(lambda session: session.connection().exec_driver_sql("SELECT * FROM theirs").all()) == []
    done.join()
    other.close()


def test_a_database_without_tables_says_to_upgrade(empty_database_url: str, an_exchange: BuildExchange) -> None:
    with opened(empty_database_url) as database:
        store = SqlConversationStore(database)
        with pytest.raises(DatabaseVersionMismatch, match="has not the tables of this version"):
            store.load("conversation")
        with pytest.raises(DatabaseVersionMismatch):
            store.keep(an_exchange(), STATE)


def test_a_database_that_may_only_be_read_can_be_read(
    own_database_url: str, kind: str, execute: Execute, an_exchange: BuildExchange
) -> None:
    with opened(own_database_url) as database:
        SqlConversationStore(database).keep(an_exchange(), STATE)
    if kind == "sqlite":
        # As root, file permissions hold nobody back, so the file is opened the way a read-only disk would be.
        own_database_url = own_database_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    else:
        name = own_database_url.split("/")[3].split("?")[0]
        execute(own_database_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    with opened(own_database_url) as database:
        store = SqlConversationStore(database)
        with pytest.raises(DatabaseReadOnly, match="can only be read"):
            store.keep(an_exchange(), STATE)
        kept = store.load("conversation")
        assert kept is not None
        assert kept.version == 2


def test_a_full_sqlite_loses_nothing_and_goes_on_when_there_is_room(
    sqlite_url: str, an_exchange: BuildExchange
) -> None:
    room = {"pages": 40}
    with opened(sqlite_url) as database:

        @event.listens_for(database.engine, "connect")
        def limit(connection: Any, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {room['pages']}")

        database.engine.dispose()
        store = SqlConversationStore(database)
        kept = 0

        def keep_one_more() -> None:
            nonlocal kept
            store.keep(an_exchange(question=QUESTION * 400), store.load("conversation") or STATE)
            kept += 1

        with pytest.raises(DatabaseFull, match="Free some room") as full:
            collections.deque(iter(keep_one_more, "never"), maxlen=0)
        assert kept > 0
        assert QUESTION not in "".join(traceback.format_exception(full.value)), "nor in the log"
        state = store.load("conversation")
        assert state is not None
        assert state.version == 1 + kept

        room["pages"] = 80
        database.engine.dispose()
        store.keep(an_exchange(), state)


def test_a_full_postgresql_is_told_apart(postgres_url: str, execute: Execute, an_exchange: BuildExchange) -> None:
    # A disk cannot be filled for one test, so the server is made to report what it reports then.
    execute(
        postgres_url,
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
    )
    execute(postgres_url, "CREATE TRIGGER full_disk BEFORE INSERT ON exchanges EXECUTE FUNCTION fill()")
    with opened(postgres_url) as database:
        store = SqlConversationStore(database)
        with pytest.raises(DatabaseFull, match="No space left"):
            store.keep(an_exchange(), STATE)
        assert store.load("conversation") is None


def test_a_locked_database_is_busy_and_not_waited_for_without_end(sqlite_url: str, an_exchange: BuildExchange) -> None:
    with opened(sqlite_url) as holder, opened(sqlite_url) as database:

        @event.listens_for(database.engine, "connect")
        def hurry(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout = 50")

        database.engine.dispose()
        store = SqlConversationStore(database)

        def meanwhile(session: Session) -> None:
            session.connection()
            with pytest.raises(DatabaseBusy, match="Trying again"):
                store.keep(an_exchange(), STATE)
            assert store.load("conversation") is None, "readers do not wait for a writer"

        holder.write(meanwhile)
        store.keep(an_exchange(), STATE)


def test_a_row_locked_in_postgresql_is_busy(postgres_url: str, an_exchange: BuildExchange) -> None:
    with opened(postgres_url) as holder, opened(f"{postgres_url}&options=-c%20lock_timeout%3D50ms") as database:
        store = SqlConversationStore(database)
        store.keep(an_exchange(), STATE)

        def meanwhile(session: Session) -> None:
            session.connection().exec_driver_sql("SELECT * FROM conversations FOR UPDATE")
            with pytest.raises(DatabaseBusy, match="Trying again"):
                store.keep(an_exchange(), STATE)

        holder.write(meanwhile)
        store.keep(an_exchange(), STATE)


def test_a_restarted_server_costs_nobody_an_exchange(
    postgres_url: str, execute: Execute, an_exchange: BuildExchange
) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with opened(postgres_url) as database:
        store = SqlConversationStore(database)
        store.keep(an_exchange(), STATE)
        execute(postgres_url, cut)
        assert store.load("conversation") is not None, "an idle connection that was cut is replaced"

        attempts = []

        def cut_once(session: Session) -> Any:
            attempts.append(session.connection().exec_driver_sql("SELECT 1").scalar())
            if len(attempts) == 1:
                execute(postgres_url, cut)
            return session.connection().exec_driver_sql("SELECT version FROM conversations").scalar_one()

        assert database.write(cut_once) == 2
        assert attempts == [1, 1]
