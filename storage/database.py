"""The one door to a transaction, whichever database stands behind it."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from storage.schema import Transaction

P = ParamSpec("P")
T = TypeVar("T")


class StorageUnavailable(Exception):  # noqa: N818 - it names a state, as its reader meets it
    """The database can't keep anything just now: nothing of this call was kept, and it may be tried again."""


class AlreadyServed(Exception):  # noqa: N818 - it names a state
    """Another server holds this database; two would deliver everything twice."""


class WrongAddress(ValueError):  # noqa: N818 - it names what was found
    """No URL of a database that could be opened here."""


class NewerDatabase(Exception):  # noqa: N818 - it names what was found
    """A newer version of the program wrote this database; this one leaves it alone."""


class OlderDatabase(Exception):  # noqa: N818 - it names what was found
    """An older version wrote this database; it has to be migrated before a command works on it."""


class Database(Protocol):
    """Functions go in, their results come out; nothing else can be done with a database."""

    async def run(self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out one function in one transaction; when this returns, its effect is on the disk.

        What the function raises is raised here, and nothing of it is kept. `StorageUnavailable` says that the
        database failed, not the function. A function may be carried out twice (PostgreSQL), so it changes
        nothing but rows; it never begins or ends the transaction itself. Cancelling the caller doesn't
        cancel the function.
        """
        ...

    async def read(self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out one short function that only looks; it sees one moment of the database and can't write."""
        ...

    async def scrub(self) -> bool:
        """After deleting: make the bytes of deleted rows go from the files. False: somebody reads, try later."""
        ...

    async def close(self) -> None:
        """Finish what waits, then give up the database; later calls get `StorageUnavailable`."""
        ...


async def open_database(url: str, *, serving: bool = False) -> Database:
    """Open `sqlite:///path/lachan.db` or `postgresql://user@host/name`; an empty database gets its tables.

    The server opens with `serving`: it is the only one (else `AlreadyServed`) and brings an older database up
    to date. A command works beside a running server and refuses an older database (`OlderDatabase`).
    Raises `WrongAddress`, `NewerDatabase`, or `StorageUnavailable` when there is no such place or it is broken.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise WrongAddress("The database's address can't be read.") from error
    if address.get_backend_name() == "sqlite":
        from storage.sqlite import open_sqlite

        return await open_sqlite(address, serving=serving)
    if address.get_backend_name() == "postgresql":
        from storage.postgres import open_postgres  # its driver is slow to load, and most houses run on SQLite

        return await open_postgres(address, serving=serving)
    raise WrongAddress(f"The database's address begins with sqlite:/// or postgresql://, not {address.drivername}.")


INSIDE = "inside a function"  # in Connection.info while a function works on it


def keep_ends(engine: Engine) -> None:
    """Make a function fail that ends its own transaction: with it would go what its neighbours rely on."""

    def refuse(connection: Connection) -> None:
        if not connection.invalidated and INSIDE in connection.info:
            raise RuntimeError("Only the database begins and ends a transaction.")

    event.listen(engine, "commit", refuse)
    event.listen(engine, "rollback", refuse)
