"""Leaving PostgreSQL: a server that hangs holds nobody up."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from storage.database import Database, StorageUnavailable, open_database
from storage.erased import all_marked
from storage.schema import Transaction

AT_MOST = 7.0  # seconds: about 5, and what a busy machine adds


class Hanging:
    """Stands between us and the server, and lets nothing through once it hangs; connections stay open."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._flows = asyncio.Event()
        self._flows.set()

    def hang(self) -> None:
        """Nothing comes through any more."""
        self._flows.clear()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection in both directions, until it ends."""
        theirs_in, theirs_out = await asyncio.open_unix_connection(self._socket)
        with suppress(ConnectionError):
            await asyncio.gather(self._carry(reader, theirs_out), self._carry(theirs_in, writer))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(65536):
            await self._flows.wait()
            sink.write(piece)
            await sink.drain()
        sink.close()


@pytest.fixture
async def between(postgres_url: str, tmp_path: Path) -> AsyncIterator[tuple[Hanging, str]]:
    """Something that can hang, and the database's address behind it."""
    url = make_url(postgres_url)
    hanging = Hanging(f"{url.query['host']}/.s.PGSQL.5432")
    async with await asyncio.start_unix_server(hanging.meet, tmp_path / ".s.PGSQL.5432"):
        ours = url.update_query_dict({"host": str(tmp_path)})
        yield hanging, ours.render_as_string(hide_password=False)
        hanging._flows.set()  # so that both sides see the end


def sleep(tx: Transaction, seconds: float) -> str:
    """A statement that takes its time."""
    tx.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
    return "done"


async def leave(database: Database) -> float:
    """Close; how many seconds that took."""
    begun = time.monotonic()
    await database.close()
    return time.monotonic() - begun


async def test_what_runs_is_finished(postgres_url: str) -> None:
    """A call of a second is waited for, and keeps its result."""
    database = await open_database(postgres_url, serving=True)
    async with asyncio.TaskGroup() as group:
        call = group.create_task(database.run(sleep, 1))
        await asyncio.sleep(0.3)
        await database.close()
        assert call.done()
    assert call.result() == "done"


@pytest.mark.parametrize("serving", [True, False])
async def test_a_server_that_hangs_is_left_while_calls_wait_for_it(
    between: tuple[Hanging, str], *, serving: bool
) -> None:
    """More calls than connections: each hears that nothing was kept, within about 5 seconds, and nothing is left."""
    hanging, url = between
    database = await open_database(url, serving=serving)
    await database.run(sleep, 0)
    hanging.hang()
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(_outcome(database)) for _ in range(20)]
        await asyncio.sleep(0.3)
        took = await leave(database)
        assert took < AT_MOST
        await asyncio.sleep(0.05)  # those who were woken hear it
        assert all(call.done() for call in calls)
    assert {type(call.result()) for call in calls} == {StorageUnavailable}


async def test_a_server_that_hangs_is_left_while_nobody_waits(between: tuple[Hanging, str]) -> None:
    """Connections that lay ready get no good-bye either."""
    hanging, url = between
    database = await open_database(url, serving=True)
    await asyncio.gather(*(database.run(sleep, 0.1) for _ in range(8)))
    hanging.hang()
    assert await leave(database) < AT_MOST
    with pytest.raises(StorageUnavailable, match="closed"):
        await database.read(all_marked)


async def _outcome(database: Database) -> object:
    try:
        return await database.run(sleep, 0)
    except StorageUnavailable as unavailable:
        return unavailable
