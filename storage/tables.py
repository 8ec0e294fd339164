"""The tables, as the newest migration leaves them. A test holds the two equal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Double, ForeignKey, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC. SQLite drops the zone, so a naive time would be kept as a lie."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The same moment in UTC. Raises `ValueError` for a naive time."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time to keep must carry its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment, aware and in UTC, whatever the zone of the database's session."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.utcoffset() is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: how columns are typed, and names of constraints that a later migration can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        float: Double,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[str]: JSON,
        str: String,
    }


class ConversationRow(Base):
    """A conversation, as the last kept turn left it."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    """Counts the exchanges kept; a state that was loaded at another version is not simply written over this one."""
    state: Mapped[dict[str, Any]]
    """`ConversationState` without its id and version."""
    started_at: Mapped[datetime]
    last_asked_at: Mapped[datetime] = mapped_column(index=True)


class ExchangeRow(Base):
    """One exchange, field for field as in `answering.exchange.Exchange`."""

    __tablename__ = "exchanges"

    answer_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    chat_channel: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    question: Mapped[str] = mapped_column(Text)
    status: Mapped[str]
    reason: Mapped[str | None]
    items: Mapped[list[str]]
    aspects: Mapped[list[str]]
    confidence: Mapped[float | None]
    answer_text: Mapped[str] = mapped_column(Text)
    snapshot_id: Mapped[str]
    duration_ms: Mapped[float]
    commune: Mapped[str | None]
    audience: Mapped[str]
    dropped_blocks: Mapped[int]
    extra: Mapped[dict[str, str]]


class FeedbackRow(Base):
    """The newest rating of an answer."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("rating IN ('up', 'down')", name="rating"),)

    answer_id: Mapped[str] = mapped_column(ForeignKey("exchanges.answer_id", ondelete="CASCADE"), primary_key=True)
    rating: Mapped[str]
    comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime]
