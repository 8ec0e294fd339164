"""Opens the database and runs transactions on it. What stands in them is in the file of each store."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Delete, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from storage.driver_errors import is_passing, storage_error
from storage.urls import create_parent_directory, is_sqlite, parse_url

T = TypeVar("T")

PATIENCE_S = 10
"""How long a statement waits for locks of others before it is `DatabaseBusy`; a keep takes milliseconds."""
_CONNECT_TIMEOUT_S = 5
_ATTEMPTS = 5
_PAUSE_S = 0.05


class Database:
    """An open database. Threads may share it; a process that forks opens its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # A transaction that reads first and writes later would find, in SQLite, that another wrote in between, and
        # no waiting helps then. Taking the lock at once makes it wait its turn.
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns. Raises `StorageError`."""
        try:
            with Session(self.engine) as session:
                return work(session)
        except (SQLAlchemyError, UnicodeError) as error:
            raise storage_error(error, self.engine.url) from error

    def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns once all it wrote is kept. Raises `StorageError`, and then nothing of it is kept.

        `work` runs again when another transaction got in between, or when the connection was lost, also in the
        middle of a commit that took place: it must see for itself what is already there.
        """
        attempt = 1
        while True:
            try:
                with Session(self._writing) as session, session.begin():
                    return work(session)
            except SQLAlchemyError as error:
                if attempt == _ATTEMPTS or not is_passing(error):
                    raise storage_error(error, self.engine.url) from error
            except UnicodeError as error:
                raise storage_error(error, self.engine.url) from error
            time.sleep(_PAUSE_S * attempt)
            attempt += 1

    def wipe_deleted(self) -> None:
        """Take deleted rows out of SQLite's write-ahead log too, where they stand until it is written over.

        In the file itself they are overwritten on deletion. PostgreSQL leaves both to its vacuum.
        """
        if not is_sqlite(self.engine.url):
            return
        outside_transaction = self.engine.execution_options(sqlite_begin=None)
        try:
            with outside_transaction.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except SQLAlchemyError as error:
            raise storage_error(error, self.engine.url) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database of MOTCUA_DATABASE_URL, asked once whether it answers. Its tables are `migrations.upgrade`'s.

    Raises `DatabaseUrlInvalid`, `DatabaseUnreachable`, or another `StorageError`.
    """
    database = Database(make_engine(parse_url(url)))
    try:
        database.read(lambda session: session.connection().exec_driver_sql("SELECT 1"))
    except BaseException:
        database.close()
        raise
    return database


def delete_rows(session: Session, statement: Delete) -> int:
    """How many rows the statement deleted, not counting those that went with them."""
    return session.connection().execute(statement).rowcount


def make_engine(url: URL, *, foreign_keys: bool = True, patience_s: int = PATIENCE_S) -> Engine:
    """An engine with our settings. Nothing is connected yet."""
    create_parent_directory(url)
    # Without hide_parameters an error would carry a resident's question into the log.
    if is_sqlite(url):
        engine = create_engine(url, hide_parameters=True)
        _set_up_sqlite(engine, foreign_keys=foreign_keys, patience_s=patience_s)
        return engine
    arguments: dict[str, object] = {"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "motcua"}
    if "options" not in url.query:
        arguments["options"] = f"-c lock_timeout={patience_s}s"
    # pre_ping: a server that was restarted is met with a fresh connection, not with an error for one resident.
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)


def _set_up_sqlite(engine: Engine, *, foreign_keys: bool, patience_s: int) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # We say BEGIN ourselves: Python's module would begin late, and let DDL outside of the transaction.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {patience_s * 1000}")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        # NORMAL would do for a killed process, but lose the last exchanges with the power.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")
        _use_write_ahead_log(cursor, patience_s)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if statement := connection.get_execution_options().get("sqlite_begin", "BEGIN"):
            connection.exec_driver_sql(statement)


def _use_write_ahead_log(cursor: sqlite3.Cursor, patience_s: int) -> None:
    """Readers then never wait for a writer. The file remembers it, so only the first to open it changes anything."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # The change needs the file for itself, and busy_timeout does not hold for it: when two processes start
            # at once on a new file, one is refused on the spot.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
