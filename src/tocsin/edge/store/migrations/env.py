"""Alembic's entry: it runs the scripts on the connection that `upgrade` gives it, inside that caller's transaction."""

from __future__ import annotations

from alembic import context

from tocsin.edge.store.schema import REVISION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=REVISION_TABLE,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
