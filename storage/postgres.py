"""PostgreSQL, to grow on: many connections, SERIALIZABLE, tried again when two turns got in each other's way."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.database import StorageUnavailable, keep_ends
from storage.schema import Transaction
from storage.served import Served
from storage.tables import metadata
from storage.trouble import Trouble, again, clearly, lost, note, replace_lost
from storage.versions import fits, migrate

P = ParamSpec("P")
T = TypeVar("T")

CONNECTIONS = 10
TRIES = 12  # of one call, while others get in its way or connections break
PATIENCE = 30.0  # seconds for one statement; a server that says nothing for longer counts as gone
MIGRATING = 0x4C61_4368_0001  # number of the lock under which tables are made


async def open_postgres(url: URL, *, serving: bool) -> "Postgres":
    """Open a database as `open_database` says."""
    engine = _engine(url)
    lock = Served(engine) if serving else None
    try:
        with clearly():
            if lock:
                await lock.take()
            async with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
                await connection.run_sync(_bring_up, serving=serving)
    except BaseException:
        if lock:
            await lock.release()
        await engine.dispose()
        raise
    return Postgres(engine, lock)


class Postgres:
    """A `Database` on a PostgreSQL server."""

    def __init__(self, engine: AsyncEngine, lock: Served | None) -> None:
        self._engine = engine
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._lock = lock
        self._closed = False
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

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
        """Finish what runs, then leave the server."""
        self._closed = True
        await self._idle.wait()
        if self._lock:
            await self._lock.release()
        await self._engine.dispose()

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
        try:
            with clearly():
                return await work
        finally:
            work.close()
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def _again(self, function: Callable[[Connection], T], *, writing: bool) -> "Outcome[T]":
        for attempt in range(TRIES):
            try:
                return await self._once(function, writing=writing)
            except Exception as error:
                if attempt + 1 == TRIES or not (again(error) or lost(error)):
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


def _engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        isolation_level="SERIALIZABLE",
        pool_size=CONNECTIONS + 1,  # one holds the server's lock
        max_overflow=0,
        hide_parameters=True,  # they are personal, and errors go to logs
        connect_args={"command_timeout": PATIENCE},
    )
    keep_ends(engine.sync_engine)
    event.listen(engine.sync_engine, "handle_error", note)
    event.listen(engine.sync_engine, "checkout", replace_lost)
    return engine


def _bring_up(connection: Connection, *, serving: bool) -> None:
    """Bring the tables up to date; whoever opens at the same time waits, then finds it done.

    That needs READ COMMITTED: a stricter transaction would see the tables as they were before it waited.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
    if not fits(connection, serving=serving):
        migrate(connection)
