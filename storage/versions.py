"""Which version of the tables a database holds, and the way to this program's."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from storage.database import NewerDatabase, OlderDatabase, StorageUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

# The newest step in storage/migrations/versions. Written here so that a usual start needn't load Alembic.
HEAD = "0003"


FOLDER = Path(__file__).with_name("migrations")


class Schema(Enum):
    """How a database's tables relate to this program's."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


def schema(connection: Connection) -> Schema:
    """Look at a database without changing it."""
    names = inspect(connection).get_table_names()
    if "alembic_version" not in names:
        return Schema.FOREIGN if names else Schema.EMPTY
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision == HEAD:
        return Schema.CURRENT
    if revision is None:
        return Schema.EMPTY
    return Schema.OLDER if revision in revisions() else Schema.NEWER


def fits(connection: Connection, *, serving: bool) -> bool:
    """Whether a database can be used as it stands; False: migrate it first. Raises when it mustn't be touched."""
    found = schema(connection)
    if found is Schema.NEWER:
        raise NewerDatabase("This database was written by a newer version of this program. Install that version again.")
    if found is Schema.FOREIGN:
        raise StorageUnavailable("This database holds tables of another program. Choose an empty one.")
    if found is Schema.OLDER and not serving:
        raise OlderDatabase("This database is of an older version of this program: run `lachan migrate`.")
    return found is Schema.CURRENT


def migrate(connection: Connection, to: str = "") -> None:
    """Bring the tables up to a version, this program's by default, inside the caller's transaction."""
    from alembic import command

    command.upgrade(config(connection), to or HEAD)


def revisions() -> list[str]:
    """Every version this program knows, oldest first."""
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(config()).walk_revisions()
    return [step.revision for step in steps][::-1]


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, built here so that no file has to travel with the program."""
    from alembic.config import Config

    built = Config()
    built.set_main_option("script_location", str(FOLDER))
    built.attributes["connection"] = connection
    return built
