"""
Which revision of the schema a database has, and bringing it to the newest.

Alembic costs half a second to import, so it is imported only when a script must run, by its name. A revision that this
version does not know was written by a newer one: nothing is touched.
"""

from __future__ import annotations

import pkgutil

from sqlalchemy import Connection, column, inspect, select, table

from tocsin.edge.store.schema import HEAD, REVISION_TABLE, REVISIONS


class NewerDatabase(Exception):
    """The database was written by a newer version. `stored` is its revision, `known` the newest that this one knows."""

    def __init__(self, stored: str, known: str = HEAD) -> None:
        super().__init__(
            f"the database has schema revision {stored}, this version of tocsin knows up to {known}: "
            "install the newer version again, or restore a backup made by this one"
        )
        self.stored = stored
        self.known = known


def stored_revision(connection: Connection) -> str:
    """The database's revision, "" when it is empty; raises `NewerDatabase`."""
    if not inspect(connection).has_table(REVISION_TABLE):
        return ""
    stored = connection.execute(select(column("version_num")).select_from(table(REVISION_TABLE))).scalar() or ""
    if stored and stored not in REVISIONS:
        raise NewerDatabase(stored)
    return str(stored)


def bring_up_to_date(connection: Connection) -> None:
    """Run the missing scripts inside the caller's transaction; raises `NewerDatabase`."""
    if stored_revision(connection) != HEAD:
        pkgutil.resolve_name("tocsin.edge.store.migrations.upgrade:upgrade")(connection)
