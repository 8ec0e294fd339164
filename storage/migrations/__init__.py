"""Brings a database's tables up to this version. Each step is a file in `versions`, written by hand.

A step may be run on any database in use: it keeps what is there. `storage.tables` says how the tables end up.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from storage.database import make_engine
from storage.driver_errors import storage_error
from storage.errors import DatabaseVersionMismatch
from storage.urls import is_sqlite, parse_url, place_of

_PATIENCE_S = 120
"""How long to wait for another process that upgrades: longer than any step may take."""

_LOCK = 6_206_2022
"""Any number, the same in every process: Quyết định 06/QĐ-TTg of 6/1/2022 began Project 06."""


def upgrade(database_url: str) -> None:
    """Make the tables, or bring them up to this version: wholly, or, if it fails or is killed, not at all.

    Processes that start at once wait for each other. Raises `DatabaseVersionMismatch` for a database that a newer
    version of the program has upgraded, or another `StorageError`.
    """
    url = parse_url(database_url)
    # Without foreign keys, for SQLite alters a table by copying and dropping it, and dropping would cascade.
    engine = make_engine(url, foreign_keys=False, patience_s=_PATIENCE_S)
    try:
        with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
            _upgrade_in_turn(connection, url)
    except SQLAlchemyError as error:
        raise storage_error(error, url) from error
    finally:
        engine.dispose()


def _upgrade_in_turn(connection: Connection, url: URL) -> None:
    if not is_sqlite(url):  # SQLite's BEGIN IMMEDIATE has taken the only lock there is.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseVersionMismatch(
            f"The database at {place_of(url)} was upgraded by a newer version of this program ({error}): run that"
            " version, or restore a backup from before."
        ) from error
    _refuse_dangling_rows(connection, url)


def _refuse_dangling_rows(connection: Connection, url: URL) -> None:
    if is_sqlite(url) and (rows := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise DatabaseVersionMismatch(f"Upgrading {place_of(url)} would leave {len(rows)} rows without their owner.")
