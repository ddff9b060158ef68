"""Brings a database to the schema this version knows; the steps stand in `migrations/versions`.

Alembic is imported only when there is a step to take, so an up-to-date start does not pay for it.
"""

from pathlib import Path

from sqlalchemy import Connection

HEAD = "0008"
_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(connection: Connection) -> None:
    """Takes every step from the database's schema to `HEAD`, inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
