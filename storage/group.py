"""Group commit: one SQLite transaction for several calls, each in a savepoint of its own."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext

from storage.file import Guarded, Identity, connect, failed, unavailable
from storage.writer import Call


class Group:
    """Owns the connection that writes. After any failure of the storage it starts over with a new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity = Identity(path)
        opening = partial(connect, path)
        self._engine = create_engine("sqlite://", creator=opening, poolclass=NullPool, hide_parameters=True)
        event.listen(self._engine, "handle_error", self._note)
        self._tx: Connection | None = None
        self._broken: BaseException | None = None
        self._connect()

    def together(self, calls: list[Call]) -> None:
        """Carry out a group: each call gets its value or its error, or all of them `StorageUnavailable`."""
        try:
            tx, raw = self._connect()
            with self._transaction(tx, raw):
                for call in calls:
                    self._turn(call, tx, raw)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the callers wait and the thread must live
            for call in calls:
                call.error = unavailable(self._path, error)
                call.error.__cause__ = error
            self.end()

    def end(self) -> None:
        """Give up the connection, and with it whatever isn't committed."""
        tx, self._tx, self._broken = self._tx, None, None
        if tx is not None:
            with suppress(Exception):  # it may be beyond closing; it is never used again
                tx.invalidate()
                tx.close()

    def _turn(self, call: Call, tx: Connection, raw: Guarded) -> None:
        raw.execute("SAVEPOINT turn")
        try:
            call.value = call.function(tx, *call.args, **call.kwargs)
        except BaseException as error:  # noqa: BLE001 - it is the caller's, who raises it again
            call.error = error
        self._check(tx, raw)
        if call.error is not None:
            raw.execute("ROLLBACK TO turn")
        raw.execute("RELEASE turn")

    @contextmanager
    def _transaction(self, tx: Connection, raw: Guarded) -> Iterator[None]:
        raw.execute("BEGIN IMMEDIATE")  # a later upgrade from reading to writing could fail half way
        whole = tx.begin()
        raw.inside = True
        yield
        raw.inside = False
        self._identity.check()
        whole.commit()

    def _connect(self) -> tuple[Connection, Guarded]:
        if self._tx is None:
            self._identity.check()
            self._tx = self._engine.connect()
        raw = self._tx.connection.driver_connection
        assert isinstance(raw, Guarded)  # noqa: S101 - tells the type checker what `connect` returned
        return self._tx, raw

    def _check(self, tx: Connection, raw: Guarded) -> None:
        """Raise when the whole transaction is gone, even if the function kept quiet about it."""
        if self._broken is not None:
            raise self._broken
        if not raw.in_transaction or not tx.in_transaction():
            raise RuntimeError("a function ended the transaction")

    def _note(self, context: ExceptionContext) -> None:
        """Remember a failure of the storage. SQLite may have rolled back all of the transaction by itself
        (disk full): then nothing more may be written, since each statement would be kept on its own."""
        raw = context.connection and context.connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection) and (failed(context.original_exception) or not raw.in_transaction):
            self._broken = context.original_exception
            raw.execute("PRAGMA query_only=ON")
