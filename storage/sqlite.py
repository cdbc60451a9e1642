"""SQLite, the default database: one file, one thread that writes, short readers beside it."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import NullPool, QueuePool, create_engine
from sqlalchemy.engine import URL

from storage.database import StorageUnavailable, WrongAddress
from storage.file import Identity, clearly, connect, create, looking
from storage.group import Group
from storage.lock import Lock
from storage.schema import Transaction
from storage.versions import fits, migrate
from storage.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4  # at once


async def open_sqlite(url: URL, *, serving: bool) -> "Sqlite":
    """Open a file as `open_database` says."""
    if not url.database or url.database == ":memory:":
        raise WrongAddress("A database in memory keeps nothing; name a file: sqlite:///data/lachan.db")
    return await asyncio.to_thread(_open, Path(url.database), serving=serving)


class Sqlite:
    """A `Database` in one file."""

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self._path = path
        self._lock = lock
        self._identity = Identity(path)
        self._group = Group(path)
        self._writer = Writer(self._group.together, name=f"writer of {path.name}")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"reader of {path.name}")
        self._engine = create_engine(
            "sqlite://",
            creator=partial(connect, path, query_only=True),
            poolclass=QueuePool,
            pool_size=READERS,
            hide_parameters=True,
        )

    async def run(self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """One transaction, shared with whoever waits too."""
        return cast(T, await self._writer.call(function, args, kwargs))

    async def read(self, function: Callable[Concatenate[Transaction, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """One snapshot, on a worker thread."""
        return await self._aside(partial(self._look, function, args, kwargs))

    async def scrub(self) -> bool:
        """Move the WAL into the file and empty it: until then it holds deleted rows as they were."""
        return await self._aside(self._truncate)

    async def close(self) -> None:
        """Finish what waits, then let the file go."""
        await asyncio.to_thread(self._close)

    async def _aside(self, work: Callable[[], T]) -> T:
        try:
            waiting = asyncio.get_running_loop().run_in_executor(self._readers, work)
        except RuntimeError as error:
            raise StorageUnavailable("The database is closed.") from error
        return await waiting

    def _look(self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        with clearly(self._path):
            self._identity.check()
            tx = self._engine.connect()
            _raw(tx).execute("BEGIN")
        with tx, looking(self._path):
            return function(tx, *args, **kwargs)

    def _truncate(self) -> bool:
        with clearly(self._path):
            self._identity.check()
            with closing(connect(self._path)) as raw:
                raw.execute("PRAGMA busy_timeout=500")  # turns stand still while this waits for a reader
                busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy

    def _close(self) -> None:
        self._writer.close()
        self._readers.shutdown()
        self._group.end()
        self._engine.dispose()
        if self._lock:
            self._lock.release()


def _open(path: Path, *, serving: bool) -> Sqlite:
    path = path.absolute()  # the program may change its folder later
    if not path.parent.is_dir():
        raise StorageUnavailable(f"There is no folder {path.parent} for the database.")
    lock = Lock(path) if serving else None
    try:
        with clearly(path):
            if not _fits(path, serving=serving):
                _migrate(path, serving=serving)
            return Sqlite(path, lock)
    except BaseException:
        if lock:
            lock.release()
        raise


def _fits(path: Path, *, serving: bool) -> bool:
    """Look before touching: a newer database keeps every byte."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    engine = create_engine("sqlite://", creator=partial(connect, path, mode="ro"), poolclass=NullPool)
    with engine.connect() as connection:
        return fits(connection, serving=serving)


def _migrate(path: Path, *, serving: bool) -> None:
    """Bring the tables up to date in one transaction; whoever opens at the same time waits, then finds it done."""
    create(path)
    engine = create_engine("sqlite://", creator=partial(connect, path), poolclass=NullPool)
    with engine.connect() as connection:
        raw = _raw(connection)
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA foreign_keys=OFF")  # a step that copies a table drops the old one: no cascades then
        raw.execute("BEGIN IMMEDIATE")
        with connection.begin():
            if fits(connection, serving=serving):
                return
            migrate(connection)
            if broken := raw.execute("PRAGMA foreign_key_check").fetchall():
                raise StorageUnavailable(f"The migration left {len(broken)} rows without what they belong to.")


def _raw(connection: Transaction) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - tells the type checker what `connect` returned
    return raw
