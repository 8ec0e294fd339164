"""Lists the questions that had no good answer, for operators to answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from answering.exchange import Exchange
from storage.conversations import exchange_of
from storage.database import Database
from storage.tables import ExchangeRow, FeedbackRow

CLARIFY: Final = "clarify"
OUT_OF_SCOPE: Final = "out_of_scope"

_RATED_DOWN = FeedbackRow.rating == "down"
_HAD_NO_GOOD_ANSWER = or_(ExchangeRow.status.in_([CLARIFY, OUT_OF_SCOPE]), _RATED_DOWN)


@dataclass(frozen=True)
class UnansweredQuestion:
    """An exchange without a good answer, and what was thought of it."""

    exchange: Exchange
    rating: str | None
    """"up" or "down"; None where nobody rated the answer."""
    comment: str | None


@dataclass(frozen=True)
class UnansweredCounts:
    """How many there are of each kind. One that was asked back and rated down counts in both, in the total once."""

    total: int
    clarify: int
    out_of_scope: int
    rated_down: int


class SqlUnansweredQuestions:
    """Reads exchanges with status clarify or out_of_scope, or a thumb down. Methods raise `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, *, limit: int = 50, offset: int = 0, since: datetime | None = None) -> list[UnansweredQuestion]:
        """At most `limit`, newest first, after the first `offset` of them; only those asked from `since` on."""
        query = (
            select(ExchangeRow, FeedbackRow)
            .outerjoin(FeedbackRow, FeedbackRow.answer_id == ExchangeRow.answer_id)
            .where(_HAD_NO_GOOD_ANSWER)
            .order_by(ExchangeRow.asked_at.desc(), ExchangeRow.answer_id)
            .limit(limit)
            .offset(offset)
        )
        if since is not None:
            query = query.where(ExchangeRow.asked_at >= since)

        def work(session: Session) -> list[UnansweredQuestion]:
            return [
                UnansweredQuestion(
                    exchange=exchange_of(exchange),
                    rating=feedback.rating if feedback else None,
                    comment=feedback.comment if feedback else None,
                )
                for exchange, feedback in session.execute(query)
            ]

        return self._database.read(work)

    def counts(self, *, since: datetime | None = None) -> UnansweredCounts:
        """How many were asked from `since` on."""
        query = (
            select(
                func.count(),
                func.count(case((ExchangeRow.status == CLARIFY, 1))),
                func.count(case((ExchangeRow.status == OUT_OF_SCOPE, 1))),
                func.count(case((_RATED_DOWN, 1))),
            )
            .select_from(ExchangeRow)
            .outerjoin(FeedbackRow, FeedbackRow.answer_id == ExchangeRow.answer_id)
            .where(_HAD_NO_GOOD_ANSWER)
        )
        if since is not None:
            query = query.where(ExchangeRow.asked_at >= since)

        def work(session: Session) -> UnansweredCounts:
            total, clarify, out_of_scope, rated_down = session.execute(query).one()
            return UnansweredCounts(total=total, clarify=clarify, out_of_scope=out_of_scope, rated_down=rated_down)

        return self._database.read(work)
