"""What SQLite promises beyond what every database does: group commit, and what happens when the disk fails."""

import asyncio
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from storage import file
from storage.consents import consent
from storage.database import Database, StorageUnavailable, open_database
from storage.erased import erased
from storage.inbox import inbox
from storage.schema import Transaction
from storage.writer import AT_ONCE

TODAY = date(2026, 11, 24)
Call = Callable[[Transaction], object]


def mark(tx: Transaction, name: str) -> str:
    """Keep one small row."""
    tx.execute(insert(erased).values(address=name, day=TODAY))
    return name


def marking(name: str) -> Call:
    """A function that keeps one small row."""
    return partial(mark, name=name)


def marks(tx: Transaction) -> set[str]:
    """The rows that were kept."""
    return set(tx.scalars(select(erased.c.address)))


def fill(tx: Transaction, size: int) -> None:
    """Keep one row of about so many bytes."""
    tx.execute(insert(inbox).values(key=os.urandom(16), answer="x" * size, day=TODAY))


def pragma(tx: Transaction, text: str) -> object:
    """Ask SQLite about itself, or tell it something."""
    told = tx.exec_driver_sql(f"PRAGMA {text}")
    return told.scalar() if told.returns_rows else None


async def together(database: Database, *calls: Call) -> list[object]:
    """Run functions so that they share one commit: they wait behind a call that holds the writer up."""
    hold = threading.Event()
    held = asyncio.gather(database.run(lambda _: hold.wait()))
    await asyncio.sleep(0.05)
    waiting = asyncio.gather(*(database.run(call) for call in calls), return_exceptions=True)
    await asyncio.sleep(0)
    hold.set()
    await held
    return list(await waiting)


def unavailable(results: list[object]) -> bool:
    """Whether every caller was told that the database failed."""
    return all(isinstance(result, StorageUnavailable) for result in results)


async def test_calls_that_wait_together_share_a_commit(sqlite_database: Database) -> None:
    """A hundred waiting calls need two commits, since 64 share one, and each keeps its row."""
    statements: list[str] = []

    def listen(tx: Transaction) -> None:
        raw = tx.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(statements.append)

    await sqlite_database.run(listen)
    statements.clear()
    await together(sqlite_database, *(marking(str(number)) for number in range(100)))
    # One more for the call that held the writer up.
    assert [each for each in statements if each == "COMMIT"] == ["COMMIT"] * (1 + -(-100 // AT_ONCE))
    assert len(await sqlite_database.read(marks)) == 100


async def test_what_is_acknowledged_has_waited_for_the_disk(sqlite_database: Database) -> None:
    """The log is synchronized at each commit: what was acknowledged survives a power cut."""
    assert await sqlite_database.run(pragma, "journal_mode") == "wal"
    assert await sqlite_database.run(pragma, "synchronous") == 2  # FULL


async def test_when_commit_fails_nobody_of_the_group_is_kept(sqlite_database: Database) -> None:
    """A failing COMMIT is StorageUnavailable for all who shared it, and the next group works."""

    def break_commit(tx: Transaction) -> None:
        pragma(tx, "defer_foreign_keys=ON")
        tx.execute(insert(consent).values(person_id="nobody", purpose="p", version="1", given=True, day=TODAY))

    results = await together(sqlite_database, marking("a"), break_commit, marking("b"))
    assert unavailable(results)
    assert "FOREIGN KEY" in str(results[0])
    assert await sqlite_database.read(marks) == set()
    assert await sqlite_database.run(mark, "after") == "after"


async def test_a_full_disk_takes_the_whole_group(sqlite_database: Database) -> None:
    """Disk full inside one call: all of its group are told, nothing is kept, and calls work again with room."""

    def no_room(tx: Transaction) -> None:
        pragma(tx, f"max_page_count={pragma(tx, 'page_count')}")

    results = await together(sqlite_database, marking("a"), no_room, partial(fill, size=100_000), marking("b"))
    assert unavailable(results)
    assert "full" in str(results[0])
    assert await sqlite_database.read(marks) == set()
    await sqlite_database.run(fill, size=100_000)
    assert await sqlite_database.run(mark, "after") == "after"


async def test_a_function_can_not_go_on_after_a_full_disk(sqlite_database: Database) -> None:
    """A function that keeps quiet about the full disk can't write on its own, outside any transaction."""

    def keeps_quiet(tx: Transaction) -> None:
        mark(tx, "before")
        pragma(tx, f"max_page_count={pragma(tx, 'page_count')}")
        with pytest.raises(OperationalError, match="full"):
            fill(tx, 100_000)
        with pytest.raises(OperationalError, match="readonly"):
            mark(tx, "after")

    assert unavailable(await together(sqlite_database, marking("a"), keeps_quiet, marking("b")))
    assert await sqlite_database.read(marks) == set()


async def test_a_failure_that_leaves_the_transaction_whole_ends_it_too(sqlite_database: Database) -> None:
    """A function that keeps quiet about a failing write doesn't leave half of its group behind."""

    def keeps_quiet(tx: Transaction) -> None:
        mark(tx, "before")
        pragma(tx, "query_only=ON")  # as if the disk had become read-only just now
        with pytest.raises(OperationalError, match="readonly"):
            mark(tx, "after")
        pragma(tx, "query_only=OFF")

    assert unavailable(await together(sqlite_database, marking("a"), keeps_quiet, marking("b")))
    assert await sqlite_database.read(marks) == set()


def rights(folder: Path) -> dict[str, int]:
    """Who may do what with each file of a folder."""
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


@contextmanager
def no_bigger_than(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_disk_that_takes_no_more_at_commit_keeps_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    """The log can't grow when the group is to be written: all are told; with room again, calls are kept."""
    await sqlite_database.run(mark, "before")
    with no_bigger_than((tmp_path / "lachan.db-wal").stat().st_size + 1000):
        results = await together(sqlite_database, marking("a"), marking("b"))
        assert unavailable(results)
        with pytest.raises(StorageUnavailable):
            await sqlite_database.run(mark, "c")
    assert await sqlite_database.run(mark, "after") == "after"
    assert await sqlite_database.read(marks) == {"before", "after"}


async def test_a_writer_that_is_kept_waiting_too_long_gives_up(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that never finishes writing makes calls StorageUnavailable, not wait for ever."""
    monkeypatch.setattr(file, "PATIENCE", 0.1)
    database = await open_database(sqlite_url, serving=True)
    with closing(sqlite3.connect(tmp_path / "lachan.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable, match="locked"):
            await database.run(mark, "a")
        other.execute("ROLLBACK")
    assert await database.run(mark, "b") == "b"
    await database.close()


@pytest.mark.parametrize("replaced", [True, False])
async def test_a_file_that_vanished_keeps_nothing_in_silence(
    sqlite_database: Database, tmp_path: Path, replaced: bool
) -> None:
    """Once another file, or none, stands at the path, every call says so instead of writing to a ghost."""
    await sqlite_database.run(mark, "a")
    path = tmp_path / "lachan.db"
    path.rename(tmp_path / "aside.db")
    if replaced:
        path.write_bytes((tmp_path / "aside.db").read_bytes())
    for door in (sqlite_database.run, sqlite_database.read):
        with pytest.raises(StorageUnavailable):
            await door(marks)
    assert path.exists() is replaced


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Opening something else says so clearly and leaves it as it is."""
    path = tmp_path / "lachan.db"
    path.write_text("Dear diary, " * 100)
    for serving in (True, False):
        with pytest.raises(StorageUnavailable, match="not a database"):
            await open_database(f"sqlite:///{path}", serving=serving)
    assert path.read_text() == "Dear diary, " * 100


async def test_a_damaged_file_is_said_to_be_damaged(sqlite_url: str, tmp_path: Path) -> None:
    """Pages overwritten with rubbish make calls StorageUnavailable, even if their function kept quiet about it."""
    path = tmp_path / "lachan.db"
    database = await open_database(sqlite_url)
    for _ in range(20):
        await database.run(fill, 20_000)
    await database.close()
    half = path.stat().st_size // 2
    with path.open("r+b") as damaged:
        damaged.seek(half)
        damaged.write(b"\xff" * half)
    database = await open_database(sqlite_url)  # the schema, which stands at the beginning, is whole

    def look(tx: Transaction) -> int:
        return len(tx.execute(select(inbox)).all())

    def keeps_quiet(tx: Transaction) -> None:
        with pytest.raises(DatabaseError, match="malformed"):
            look(tx)

    for call in (database.run(look), database.read(look), database.run(keeps_quiet)):
        with pytest.raises(StorageUnavailable, match="malformed"):
            await call
    await database.close()


async def test_a_folder_that_is_not_there_is_said_clearly(tmp_path: Path) -> None:
    """A wrong path makes no folders and no files."""
    for serving in (True, False):
        with pytest.raises(StorageUnavailable, match="no folder"):
            await open_database(f"sqlite:///{tmp_path}/wrong/lachan.db", serving=serving)
    assert rights(tmp_path) == {}


TRY_TO_WRITE = """
import asyncio, os, sys
from datetime import date
import storage.sqlite
from storage.database import open_database, StorageUnavailable
from storage.erased import mark
if os.geteuid() == 0:
    os.setuid(65534)  # root may write anything
async def main():
    database = await open_database(sys.argv[1])
    try:
        await database.run(mark, "a", date(2026, 11, 24))
    finally:
        await database.close()
try:
    asyncio.run(main())
except StorageUnavailable as error:
    print(error)
"""


def test_a_database_that_can_only_be_read_is_said_clearly(sqlite_url: str) -> None:
    """Without the right to write, calls are StorageUnavailable."""
    with tempfile.TemporaryDirectory() as folder:  # the test's own folder is closed to other users
        path = Path(folder) / "lachan.db"
        path.write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", TRY_TO_WRITE, f"sqlite:///{path}"]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        Path(folder).chmod(0o755)
    assert "Nothing was kept" in tried.stdout, tried.stderr


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """A new database and its log can be read by no other user of the machine."""
    database = await open_database(f"sqlite:///{tmp_path}/new.db", serving=True)
    await database.run(mark, "a")
    found = rights(tmp_path)
    await database.close()
    assert found == dict.fromkeys(["new.db", "new.db-wal", "new.db-shm", "new.db.lock"], 0o600)


async def test_scrubbing_empties_the_log_unless_somebody_reads(sqlite_database: Database, tmp_path: Path) -> None:
    """After `scrub` the log is empty; an open reader makes it say False, and it works afterwards."""
    looked, go_on = threading.Event(), threading.Event()

    def look_long(tx: Transaction) -> None:
        marks(tx)
        looked.set()
        go_on.wait(5)

    async with asyncio.TaskGroup() as group:
        group.create_task(sqlite_database.read(look_long))
        await asyncio.to_thread(looked.wait)
        await sqlite_database.run(mark, "a")
        assert not await sqlite_database.scrub()
        go_on.set()
    assert await sqlite_database.scrub()
    assert (tmp_path / "lachan.db-wal").stat().st_size == 0
    assert await sqlite_database.read(marks) == {"a"}


async def test_a_reader_holds_no_log_back_once_it_is_done(sqlite_database: Database) -> None:
    """After many short readers none is left open: the log can be emptied at once."""
    await asyncio.gather(*(sqlite_database.read(marks) for _ in range(50)))
    await sqlite_database.run(mark, "a")
    assert await sqlite_database.scrub()


def test_a_loop_that_ends_leaves_the_writer_alive(sqlite_url: str) -> None:
    """Callers from an event loop that is gone harm nobody: others are answered."""

    async def ask_and_leave(database: Database) -> None:
        waiting = asyncio.ensure_future(database.run(mark, "gone"))  # noqa: TID251 - left alone on purpose
        await asyncio.sleep(0)
        waiting.cancel()

    database = asyncio.run(open_database(sqlite_url))
    asyncio.run(ask_and_leave(database))
    assert asyncio.run(database.run(mark, "later")) == "later"
    assert asyncio.run(database.run(marks)) == {"gone", "later"}
    asyncio.run(database.close())
