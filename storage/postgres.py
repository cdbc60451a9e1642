"""PostgreSQL, to grow on: many connections, SERIALIZABLE, tried again when two turns got in each other's way."""

import asyncio
import random
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.database import StorageUnavailable, WrongAddress, keep_ends
from storage.schema import Transaction
from storage.served import Served
from storage.tables import metadata
from storage.trouble import Trouble, again, clearly, lost, note, opening, replace_lost
from storage.versions import fits, migrate

P = ParamSpec("P")
T = TypeVar("T")
Lines = weakref.WeakSet[Any]  # the driver's connections, to be hung up

CONNECTIONS = 10
TRIES = 12  # of one call, while others get in its way or connections break
PATIENCE = 30.0  # seconds for one statement; a server that says nothing for longer counts as gone
LAST_CALL = 3.0  # seconds that what runs may take to end when the database is closed
FAREWELL = 1.0  # seconds for the server's good-bye; one that hangs says none
OPTIONS = {"host", "port", "user", "password", "database", "ssl"}  # what a URL may tell the driver
SSL = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
MIGRATING = 0x4C61_4368_0001  # number of the lock under which tables are made


async def open_postgres(url: URL, *, serving: bool) -> "Postgres":
    """Open a database as `open_database` says."""
    lines: Lines = weakref.WeakSet()
    engine = _engine(readable(url), lines)
    lock = Served(engine) if serving else None
    try:
        with opening(), clearly():
            if lock:
                await lock.take()
            async with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
                await connection.run_sync(_bring_up, serving=serving)
    except BaseException:
        if lock:
            await lock.release()
        await engine.dispose()
        raise
    return Postgres(engine, lock, lines)


def readable(url: URL) -> URL:
    """A URL as the driver takes it, which stumbles over options that it doesn't know. Raises `WrongAddress`."""
    ours = url.set(drivername="postgresql+asyncpg")
    if "sslmode" in ours.query:  # everybody's name for it but the driver's
        ours = ours.difference_update_query(["sslmode"]).update_query_dict({"ssl": ours.query["sslmode"]}, append=True)
    try:
        _, options = ours.get_dialect()().create_connect_args(ours)
    except (ArgumentError, ValueError) as error:
        raise WrongAddress("The database's address can't be read.") from error
    if set(options) - OPTIONS or not all(_fits(name, given) for name, given in options.items()):
        raise WrongAddress("The database's address has options that mean nothing here.")
    return ours


def _fits(name: str, given: Any) -> bool:
    match name:
        case "ssl":
            return given in SSL
        case "port":
            return all(0 < port < 65536 for port in (given if isinstance(given, list) else [given]))
        case _:
            return not isinstance(given, tuple)  # given twice


class Postgres:
    """A `Database` on a PostgreSQL server."""

    def __init__(self, engine: AsyncEngine, lock: Served | None, lines: Lines) -> None:
        self._engine = engine
        self._lines = lines
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._lock = lock
        self._closed = False
        self._left = False
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """One transaction; the function may be carried out several times, and one of them is kept.

        A connection that is lost in the midst of COMMIT leaves open whether it was kept: the caller gets
        `StorageUnavailable` and asks again, which the inbox makes harmless.
        """
        return await self._finish(self._again(lambda tx: function(tx, *args, **kwargs), writing=True))

    async def read(self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """One snapshot, read-only."""
        return await self._finish(self._again(lambda tx: function(tx, *args, **kwargs), writing=False))

    async def scrub(self) -> bool:
        """Free the room of deleted rows for new ones. The server doesn't overwrite them at once, nor in its WAL."""
        await self._finish(self._vacuum())
        return True

    async def close(self) -> None:
        """Finish what runs, then leave the server; one that hangs is left after about 5 seconds."""
        self._closed = True
        await self._ending(LAST_CALL)
        if self._running:
            await self._break_off()
        if self._lock:
            await self._lock.release()  # waits 2 seconds at most
        try:
            async with asyncio.timeout(FAREWELL):
                await self._engine.dispose()
        except TimeoutError:
            self._hang_up()
            await self._engine.dispose()

    async def _ending(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    async def _break_off(self) -> None:
        """Who waits for the server hears that it is gone; who waits for a connection to it is called off."""
        self._left = True
        self._hang_up()
        await self._ending(FAREWELL / 2)
        for task in self._tasks:
            task.cancel()
        await self._ending(FAREWELL / 2)

    def _hang_up(self) -> None:
        for line in list(self._lines):
            line.terminate()

    async def _finish(self, work: Coroutine[Any, Any, "Outcome[T]"]) -> T:
        """Carry work through even if the caller goes away, and return or raise what its function did."""
        if self._closed:
            work.close()
            raise StorageUnavailable("The database is closed.")
        self._running += 1
        self._idle.clear()
        value, error = await asyncio.shield(self._counted(work))
        if error is not None:
            raise error
        return cast(T, value)

    async def _counted(self, work: Coroutine[Any, Any, "Outcome[T]"]) -> "Outcome[T]":
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._tasks.add(task)
        try:
            with clearly():
                return await work
        except asyncio.CancelledError:
            if not self._left:
                raise
            raise StorageUnavailable("The database was closed while the PostgreSQL server hung.") from None
        finally:
            work.close()
            self._tasks.discard(task)
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def _again(self, function: Callable[[Connection], T], *, writing: bool) -> "Outcome[T]":
        for attempt in range(TRIES):
            try:
                return await self._once(function, writing=writing)
            except Exception as error:
                if self._left or attempt + 1 == TRIES or not (again(error) or lost(error)):
                    raise
            longest = 0.005 * 2 ** min(attempt, 5)
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - only to step out of each other's way
        raise AssertionError("the last try returns or raises")

    async def _once(self, function: Callable[[Connection], T], *, writing: bool) -> "Outcome[T]":
        if self._lock:
            await self._lock.keep()
        async with (self._engine if writing else self._snapshots).connect() as connection:
            trouble = Trouble(writing=writing)
            await connection.execution_options(trouble=trouble)
            value, error = await connection.run_sync(trouble.watch, function)
            if writing and error is None:
                await _commit(connection)
            return value, error

    async def _vacuum(self) -> "Outcome[None]":
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM " + ", ".join(table.name for table in metadata.sorted_tables)))
        return None, None


# What a function returned, or what it raised on its own account.
Outcome = tuple[T | None, BaseException | None]


async def _commit(connection: AsyncConnection) -> None:
    try:
        await connection.commit()
    except DBAPIError as error:
        if lost(error):  # not to be tried again: it may have been kept
            raise StorageUnavailable("The PostgreSQL server went away in the midst of keeping this call.") from error
        raise


def _engine(url: URL, lines: Lines) -> AsyncEngine:
    def connected(_raw: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        lines.add(record.driver_connection)

    engine = create_async_engine(
        url,
        isolation_level="SERIALIZABLE",
        pool_size=CONNECTIONS + 1,  # one holds the server's lock
        max_overflow=0,
        hide_parameters=True,  # they are personal, and errors go to logs
        connect_args={"command_timeout": PATIENCE},
    )
    keep_ends(engine.sync_engine)
    event.listen(engine.sync_engine, "handle_error", note)
    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "checkout", replace_lost)
    return engine


def _bring_up(connection: Connection, *, serving: bool) -> None:
    """Bring the tables up to date; whoever opens at the same time waits, then finds it done.

    That needs READ COMMITTED: a stricter transaction would see the tables as they were before it waited.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
    if not fits(connection, serving=serving):
        migrate(connection)
