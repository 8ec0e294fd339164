"""Run by Alembic for every command; `storage.migrations` hands it a connection in an open transaction."""

from __future__ import annotations

from alembic import context

from storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite can hardly alter a column; Alembic then copies the table.
)
context.run_migrations()
