"""Forgets what is older than it has to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from storage.database import Database, delete_rows
from storage.tables import ConversationRow, ExchangeRow


@dataclass(frozen=True)
class Forgotten:
    """How much a retention run deleted."""

    exchanges: int
    conversations: int

    def __str__(self) -> str:
        return f"{self.exchanges} exchanges and {self.conversations} conversations forgotten"


def forget_older_than(database: Database, days: int, *, now: datetime) -> Forgotten:
    """Delete what was asked more than `days` before `now`, with its feedback, and conversations silent since then.

    Raises `ValueError` for less than one day, `StorageError` if nothing could be deleted.
    """
    if days < 1:
        raise ValueError(f"what is kept is kept for a day or more, not {days}")
    oldest = now - timedelta(days=days)

    def work(session: Session) -> Forgotten:
        return Forgotten(
            exchanges=delete_rows(session, delete(ExchangeRow).where(ExchangeRow.asked_at < oldest)),
            conversations=delete_rows(session, delete(ConversationRow).where(ConversationRow.last_asked_at < oldest)),
        )

    forgotten = database.write(work)
    database.wipe_deleted()
    return forgotten
