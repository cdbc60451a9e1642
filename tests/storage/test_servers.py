"""Several processes on one database: one server at most, commands beside it, and deaths at any moment."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from storage.database import AlreadyServed, Database, StorageUnavailable, open_database
from storage.erased import erased, mark
from storage.schema import Transaction

TODAY = date(2026, 11, 24)

# A process that opens the database, says so, and goes on until its input ends.
PROGRAM = """
import asyncio, sys
from datetime import date
from storage.database import open_database
from storage.erased import mark

async def write(database):
    number = 0
    while True:
        await database.run(mark, sys.argv[3] + str(number), date(2026, 11, 24))
        print(number, flush=True)
        number += 1

async def main():
    database = await open_database(sys.argv[1], serving=sys.argv[2] == "server")
    print("open", flush=True)
    await WHAT

asyncio.run(main())
"""
WAIT = PROGRAM.replace("WHAT", "asyncio.to_thread(sys.stdin.read)")
WRITE = PROGRAM.replace("WHAT", "write(database)")
FORGET = PROGRAM.replace("WHAT", 'database.run(mark, "kept", date(2026, 11, 24))')


@contextmanager
def process(program: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has opened the database; killed without warning at the end."""
    command = [sys.executable, "-c", program, *args]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "open\n"
        try:
            yield started
        finally:
            started.kill()


def read_line(started: subprocess.Popen[str]) -> str:
    """The next line that a process says."""
    assert started.stdout is not None
    return started.stdout.readline()


def count(tx: Transaction) -> int:
    """How many rows were kept."""
    return tx.scalar(select(func.count()).select_from(erased)) or 0


def names(tx: Transaction) -> set[str]:
    """The rows that were kept."""
    return set(tx.scalars(select(erased.c.address)))


async def test_a_second_server_is_refused(database_url: str) -> None:
    """Two servers would deliver everything twice; the second learns that there is one."""
    first = await open_database(database_url, serving=True)
    with pytest.raises(AlreadyServed, match="Another server"):
        await open_database(database_url, serving=True)
    await first.run(mark, "first goes on", TODAY)
    await first.close()
    second = await open_database(database_url, serving=True)
    assert await second.read(count) == 1
    await second.close()


async def test_a_link_to_the_file_is_the_same_file(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever comes by another name, of the file or of its folder, finds the one lock."""
    folder, file = tmp_path / "folder", tmp_path / "link.db"
    folder.symlink_to(tmp_path)
    file.symlink_to(tmp_path / "lachan.db")
    first = await open_database(sqlite_url, serving=True)
    for name in (folder / "lachan.db", file):
        with pytest.raises(AlreadyServed):
            await open_database(f"sqlite:///{name}", serving=True)
    await first.close()


async def opened_soon(url: str) -> Database:
    """Open as a server; PostgreSQL needs a moment to see that a killed client is gone."""
    for _ in range(50):
        try:
            return await open_database(url, serving=True)
        except AlreadyServed:
            await asyncio.sleep(0.1)
    raise AssertionError("the lock outlived its process")


async def test_the_servers_place_is_free_once_it_is_killed(database_url: str) -> None:
    """A server that another process runs keeps us out, until it dies without a word."""
    with process(WAIT, database_url, "server"), pytest.raises(AlreadyServed):
        await open_database(database_url, serving=True)
    await (await opened_soon(database_url)).close()


async def test_a_command_writes_beside_a_running_server(database_url: str) -> None:
    """Server and command write at the same time, and nothing of either is lost."""
    database = await open_database(database_url, serving=True)
    with process(WRITE, database_url, "command", "c") as command:
        read_line(command)
        for number in range(100):
            await database.run(mark, f"s{number}", TODAY)
        acknowledged = 1 + sum(1 for _ in range(100) if read_line(command))
    kept = await database.read(names)
    assert {f"s{number}" for number in range(100)} <= kept
    assert {f"c{number}" for number in range(acknowledged)} <= kept
    await database.close()


async def test_what_was_acknowledged_survives_a_kill(database_url: str) -> None:
    """A server killed in the midst of writing has kept all it acknowledged, and the next one starts."""
    with process(WRITE, database_url, "server", "w") as server:
        for _ in range(300):
            last = int(read_line(server))
    database = await opened_soon(database_url)
    assert {f"w{number}" for number in range(last + 1)} <= await database.read(names)
    await database.close()


def test_a_program_that_forgets_to_close_ends_and_loses_nothing(sqlite_url: str) -> None:
    """No thread of ours holds a process back that is done."""
    command = [sys.executable, "-c", FORGET, sqlite_url, "command"]
    subprocess.run(command, check=True, timeout=20, stdout=subprocess.DEVNULL)
    database = asyncio.run(open_database(sqlite_url))
    assert asyncio.run(database.run(names)) == {"kept"}
    asyncio.run(database.close())


async def terminate(url: str, which: str) -> None:
    """Let the PostgreSQL server throw some of its clients out, as when it is restarted; returns when they are gone."""
    admin = await open_database(url)
    theirs = f"pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"

    def throw_out(tx: Transaction) -> list[int]:
        pids = list(tx.scalars(text(f"SELECT pid FROM {theirs}")))
        tx.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(CAST(:pids AS int[])) pid"), {"pids": pids})
        return pids

    gone = await admin.run(throw_out)
    assert gone
    staying = text("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(:pids)")
    for _ in range(500):
        if not await admin.read(lambda tx: tx.scalar(staying, {"pids": gone})):
            break
        await asyncio.sleep(0.02)
    await admin.close()


LOCKED = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"


async def test_a_server_takes_its_lock_again_after_postgres_was_restarted(postgres_url: str) -> None:
    """When all connections were lost, the server works on, and still is the only one."""
    database = await open_database(postgres_url, serving=True)
    await terminate(postgres_url, "true")
    await database.run(mark, "after", TODAY)
    with pytest.raises(AlreadyServed):
        await open_database(postgres_url, serving=True)
    await database.close()


async def test_a_server_that_lost_its_lock_to_another_writes_no_more(postgres_url: str) -> None:
    """While it was cut off another server took over: the first says that nothing is kept."""
    first = await open_database(postgres_url, serving=True)
    await terminate(postgres_url, LOCKED)
    second = await opened_soon(postgres_url)
    with pytest.raises(StorageUnavailable, match="took this database over"):
        await first.run(mark, "a", TODAY)
    assert await second.run(count) == 0
    await first.close()
    await second.close()
