"""What all tables share. Each noun's table stands in the noun's own file."""

from datetime import UTC, datetime

from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

# Names of constraints are spelled out so that a migration can name them on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The handle that use cases get; the database alone begins and ends it.
Transaction = Connection

LONGEST_ADDRESS = 64  # characters of where an answer goes: what a column holds, and so the most a channel lets in


def utc(moment: datetime) -> datetime:
    """A moment as the tables keep it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
