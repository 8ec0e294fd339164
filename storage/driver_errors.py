"""Turns errors of SQLAlchemy, sqlite3 and psycopg into those of `storage.errors`."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFull,
    DatabaseReadOnly,
    DatabaseUnreachable,
    DatabaseVersionMismatch,
    StorageError,
)
from storage.urls import SETTING, place_of

_SENTENCES: dict[type[StorageError], str] = {
    DatabaseUnreachable: "{setting}: cannot open the database at {place}: {cause}.",
    DatabaseVersionMismatch: "The database at {place} has not the tables of this version ({cause}): start the program"
    " once, which upgrades it.",
    DatabaseReadOnly: "The database at {place} can only be read: {cause}. Make it writable for this program.",
    DatabaseFull: "The database at {place} is full: {cause}. Free some room on its disk.",
    DatabaseBusy: "The database at {place} is busy: {cause}. Trying again may work.",
    DatabaseDamaged: "The file {place} is not a sound database: {cause}. Restore a backup, or name another file in"
    " {setting}.",
    StorageError: "The database at {place} refused: {cause}.",
}

# Primary result codes, https://www.sqlite.org/rescode.html
_SQLITE_KINDS: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_FULL: DatabaseFull,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachable,
    sqlite3.SQLITE_PERM: DatabaseUnreachable,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
}

# Codes, or classes of codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_KINDS: dict[str, type[StorageError]] = {
    "08": DatabaseUnreachable,
    "28": DatabaseUnreachable,
    "3D": DatabaseUnreachable,
    "57P": DatabaseUnreachable,
    "25006": DatabaseReadOnly,
    "53100": DatabaseFull,
    "53300": DatabaseBusy,
    "55P03": DatabaseBusy,
    "40": DatabaseBusy,
    "42P01": DatabaseVersionMismatch,
    "42703": DatabaseVersionMismatch,
}


def storage_error(error: SQLAlchemyError | UnicodeError, url: URL) -> StorageError:
    """Our error for a driver's, with the driver's first line as the cause and without the URL's password."""
    original = error.orig if isinstance(error, DBAPIError) else None
    kind: type[StorageError] = StorageError
    if isinstance(original, sqlite3.Error):
        kind = _sqlite_kind(original)
    elif isinstance(original, psycopg.Error):
        kind = _postgres_kind(original)
    elif isinstance(error, PoolTimeout):
        kind = DatabaseBusy
    return kind(_SENTENCES[kind].format(setting=SETTING, place=place_of(url), cause=_cause(original or error, url)))


def is_passing(error: SQLAlchemyError) -> bool:
    """True for what the same transaction, run again, may not meet: a row inserted meanwhile, a lost connection."""
    if isinstance(error, IntegrityError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith("40")


def _sqlite_kind(error: sqlite3.Error) -> type[StorageError]:
    if str(error).startswith(("no such table", "no such column")):
        return DatabaseVersionMismatch
    # Python's own refusals have no code of SQLite's.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return _SQLITE_KINDS.get(code & 0xFF, StorageError)


def _postgres_kind(error: psycopg.Error) -> type[StorageError]:
    if error.sqlstate is None:
        # The client library gives no code where it never came as far as the server.
        return DatabaseUnreachable if isinstance(error, psycopg.OperationalError) else StorageError
    return next((kind for code, kind in _POSTGRES_KINDS.items() if error.sqlstate.startswith(code)), StorageError)


def _cause(error: BaseException, url: URL) -> str:
    if isinstance(error, UnicodeError):
        return "a text holds half a character"  # Its own message would repeat the text.
    first_line = (str(error).strip() or type(error).__name__).splitlines()[0].strip().rstrip(".:")
    return first_line.replace(str(url.password), "***") if url.password else first_line
