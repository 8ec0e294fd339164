"""Reads MOTCUA_DATABASE_URL. Connecting is `storage.database`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import DatabaseUnreachable, DatabaseUrlInvalid

SETTING = "MOTCUA_DATABASE_URL"

# The names people copy from elsewhere, and the one driver behind each.
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_EXPECTED = "sqlite:///var/motcua.db or postgresql://user:password@host/database"


def parse_url(text: str) -> URL:
    """The URL with its driver. Raises `DatabaseUrlInvalid`, whose sentence repeats nothing of a malformed URL."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        # SQLAlchemy's own message can hold a piece of the password, where an @ in it shifted the port.
        raise DatabaseUrlInvalid(f"{SETTING} is not a database URL. Write {_EXPECTED}.") from None
    if url.drivername not in _DRIVERS:
        raise DatabaseUrlInvalid(f"{SETTING} begins with {url.drivername}://, which is not used. Write {_EXPECTED}.")
    url = url.set(drivername=_DRIVERS[url.drivername])
    if is_sqlite(url) and url.database in {None, "", ":memory:"}:
        raise DatabaseUrlInvalid(f"{SETTING} names no file, so nothing would survive. Write sqlite:///var/motcua.db.")
    return url


def is_sqlite(url: URL) -> bool:
    """True for a file of SQLite, False for PostgreSQL."""
    return url.get_backend_name() == "sqlite"


def place_of(url: URL) -> str:
    """Where the database is, for an error: the file, or host and database, never who logs in."""
    if is_sqlite(url):
        return str(url.database)
    host = url.host or url.query.get("host") or "the local socket"
    return f"{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def create_parent_directory(url: URL) -> None:
    """Make the directory that SQLite's file is to lie in. Raises `DatabaseUnreachable` where that is impossible."""
    if not is_sqlite(url) or str(url.database).startswith("file:"):
        return
    directory = Path(str(url.database)).parent
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(f"{SETTING}: cannot make the directory {directory}: {error.strerror}.") from error
