"""A SQLite file: how it is opened, and which errors are its own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError

from storage.database import StorageUnavailable

PATIENCE = 10.0  # seconds to wait for another process that writes (a command beside the server)

# Errors of the storage, not of what a function asked for: https://www.sqlite.org/rescode.html
FAILURES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)

PRAGMAS = (
    "PRAGMA synchronous=FULL",  # what was acknowledged survives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what was deleted is overwritten
    "PRAGMA temp_store=MEMORY",  # nothing personal in temporary files
)


class Guarded(sqlite3.Connection):
    """A connection whose transaction a function can't end: with it would go what its neighbours rely on.

    Refused here, not by an event of the engine: listening to one makes every statement a fifth slower.
    """

    inside = False  # whether a function works on it

    def commit(self) -> None:
        """For the database only."""
        self._refuse()
        super().commit()

    def rollback(self) -> None:
        """For the database only."""
        self._refuse()
        super().rollback()

    def _refuse(self) -> None:
        if self.inside:
            raise RuntimeError("Only the database begins and ends a transaction.")


def connect(path: Path, *, mode: Literal["ro", "rw"] = "rw", query_only: bool = False) -> Guarded:
    """Open a file that is there. No transaction begins by itself, and threads may share it in turn."""
    raw = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,  # the driver's own BEGIN comes too late and loses updates
        check_same_thread=False,
        cached_statements=512,
        factory=Guarded,
    )
    for pragma in PRAGMAS:
        raw.execute(pragma)
    if query_only:
        raw.execute("PRAGMA query_only=ON")
    return raw


def create(path: Path) -> None:
    """Make the file, readable by its owner only, unless it is there; its WAL takes over the same rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def failed(error: BaseException) -> bool:
    """Whether the storage itself failed (disk full, damaged, locked), rather than what was asked of it."""
    return code(error) & 0xFF in FAILURES  # the low byte is the class, the rest tells more


def code(error: BaseException) -> int:
    """SQLite's extended result code; 0 for an error that isn't SQLite's."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorcode", 0) if isinstance(cause, sqlite3.Error) else 0


def unavailable(path: Path, error: BaseException) -> StorageUnavailable:
    """One clear sentence of what happened to the file."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StorageUnavailable(f"The database {path} can't be used: {cause}. Nothing was kept.")


@contextmanager
def clearly(path: Path) -> Iterator[None]:
    """Turn failures of opening or migrating into `StorageUnavailable`, and leave everything else as it is."""
    try:
        yield
    except DBAPIError as error:
        if failed(error):
            raise unavailable(path, error) from error
        raise
    except (sqlite3.Error, OSError) as error:
        raise unavailable(path, error) from error


@contextmanager
def looking(path: Path) -> Iterator[None]:
    """The same around a function that reads: there, writing is a mistake of the function's."""
    try:
        yield
    except DBAPIError as error:
        if failed(error) and code(error) != sqlite3.SQLITE_READONLY:
            raise unavailable(path, error) from error
        raise


class Identity:
    """Remembers which file stands at a path: SQLite would go on writing to one that was deleted or replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._look()

    def check(self) -> None:
        """Raise when another file, or none, stands there now."""
        if self._look() != self._file:
            raise FileNotFoundError("the file was replaced while the program ran; restart it")

    def _look(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino
