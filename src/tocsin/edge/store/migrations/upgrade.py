"""
Brings a database to the newest revision, inside the caller's transaction: all of it or nothing.

There is no alembic.ini: the scripts ship in the package and are found beside this file.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

SCRIPTS = Path(__file__).parent


def upgrade(connection: Connection) -> None:
    """Run every script that the database has not seen."""
    command.upgrade(configuration(connection), "head")


def configuration(connection: Connection | None = None) -> Config:
    """What Alembic needs to know: where the scripts are, and the connection to run them on."""
    config = Config(attributes={"connection": connection})
    # A per cent sign in the path would be read as an interpolation.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
