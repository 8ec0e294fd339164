"""Conversations, exchanges, feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_last_asked_at", "conversations", ["last_asked_at"])
    _create_exchanges()
    op.create_table(
        "feedback",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["exchanges.answer_id"], name="fk_feedback_answer_id_exchanges", ondelete="CASCADE"
        ),
        sa.CheckConstraint("rating IN ('up', 'down')", name="ck_feedback_rating"),
    )


def _create_exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("chat_channel", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("aspects", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.Column("commune", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("dropped_blocks", sa.Integer(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_exchanges"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_exchanges_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_exchanges_asked_at", "exchanges", ["asked_at"])
    op.create_index("ix_exchanges_conversation_id", "exchanges", ["conversation_id"])


def downgrade() -> None:
    """Drop the tables, with all that is in them."""
    for table in ("feedback", "exchanges", "conversations"):
        op.drop_table(table)
