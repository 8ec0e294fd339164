"""Keeps what people thought of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.orm import Session

from storage.database import Database
from storage.storable import storable_or_none
from storage.tables import ExchangeRow, FeedbackRow


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


class SqlFeedbackStore:
    """An `answering.exchange.FeedbackStore` in a database."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def rate(self, answer_id: str, rating: Literal["up", "down"], comment: str | None) -> bool:
        """Keep the rating (the newest of an answer stands); False where no such answer was given, or it is forgotten.

        Raises `StorageError`.
        """

        def work(session: Session) -> bool:
            if session.get(ExchangeRow, answer_id) is None:
                return False
            row = FeedbackRow(
                answer_id=answer_id, rating=rating, comment=storable_or_none(comment), rated_at=self._clock()
            )
            session.merge(row)
            return True

        return self._database.write(work)
