"""What goes wrong on PostgreSQL: whose fault it is, and whether to try again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from storage.database import INSIDE, StorageUnavailable, WrongAddress

T = TypeVar("T")

# SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
AGAIN = ("40001", "40P01")  # serialization failure, deadlock
LOST = ("08", "57P01", "57P02")  # connection, shutdown, crash
READ_ONLY = "25006"  # a standby server that only reads; inside `read`, a mistake of the function's
# Log-in, no such database, disk and memory, starting or shutting down, the system, damage:
FAILURES = ("28", "3D", "53", "57P", "58", "XX")


class Trouble:
    """The errors of the database during one function: it may have kept quiet about them."""

    def __init__(self, *, writing: bool) -> None:
        self.errors: list[BaseException] = []
        self._writing = writing

    def watch(self, tx: Connection, function: Callable[[Connection], T]) -> tuple[T | None, BaseException | None]:
        """What the function returned or raised on its own account. Raises the database's own trouble."""
        inside, value, error = tx.info, None, None
        inside[INSIDE] = True
        try:
            value = function(tx)
        except BaseException as raised:  # noqa: BLE001 - the caller raises it again, after the rollback
            error = raised
        del inside[INSIDE]
        self._settle(tx, error)
        return value, error

    def _settle(self, tx: Connection, error: BaseException | None) -> None:
        for seen in self.errors:
            if again(seen) or unavailable(seen) or (self._writing and _state(seen) == READ_ONLY):
                raise seen
        if self.errors and error is None:
            try:
                tx.execute(text("SELECT 1"))
            except DBAPIError:
                # After a failed statement PostgreSQL keeps nothing, and says nothing at COMMIT.
                raise self.errors[0] from None


def note(context: ExceptionContext) -> None:
    """Listen to errors: keep people's values out of their text, and tell the function's `Trouble`."""
    error: BaseException | None = context.original_exception
    while error is not None:
        if isinstance(error, asyncpg.PostgresError):
            error.detail = None  # "Key (address)=(...) already exists."
        error = error.__cause__
    if context.connection is not None:
        trouble = context.connection.get_execution_options().get("trouble")
        if isinstance(trouble, Trouble):
            trouble.errors.append(context.sqlalchemy_exception or context.original_exception)


def replace_lost(_raw: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Listen to the pool: a connection that the server ended while it lay ready is replaced before it is used."""
    if record.driver_connection is not None and record.driver_connection.is_closed():
        raise DisconnectionError


def again(error: BaseException) -> bool:
    """Whether the same function may well succeed when it is carried out again."""
    return _state(error) in AGAIN


def lost(error: BaseException) -> bool:
    """Whether the connection broke: before COMMIT nothing was kept, and the next one may work."""
    return (isinstance(error, DBAPIError) and error.connection_invalidated) or _state(error).startswith(LOST)


def unavailable(error: BaseException) -> bool:
    """Whether the server failed, rather than what was asked of it."""
    if isinstance(error, OSError | asyncpg.InterfaceError | NoConnectionFree):  # OSError: time-outs too
        return True
    return lost(error) or _refused(error) or _state(error).startswith(FAILURES)


@contextmanager
def clearly() -> Iterator[None]:
    """Turn failures of the server into `StorageUnavailable`, and leave everything else as it is."""
    try:
        yield
    except Exception as error:
        if not (unavailable(error) or again(error) or _state(error) == READ_ONLY):
            raise
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StorageUnavailable(f"The PostgreSQL server can't be used: {cause}. Nothing was kept.") from error


@contextmanager
def opening() -> Iterator[None]:
    """Turn what the driver refuses at the start, like a certificate that isn't there, into `WrongAddress`."""
    try:
        yield
    except Exception as error:
        if _refused(error):
            raise WrongAddress("The database's address, or what PG... variables add to it, can't be used.") from error
        raise


def _refused(error: BaseException | None) -> bool:
    """Whether the driver itself refused what it was told; SQLAlchemy wraps that twice."""
    while error is not None and not isinstance(error, asyncpg.exceptions.ClientConfigurationError):
        error = error.__cause__
    return error is not None


def _state(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")
