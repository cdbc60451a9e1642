"""What PostgreSQL promises beyond what every database does: tries again, and says when the server is gone."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert, select, text

from storage.database import StorageUnavailable, open_database
from storage.erased import erased
from storage.postgres import TRIES
from storage.schema import Transaction

TODAY = date(2026, 11, 24)


def mark(tx: Transaction, name: str) -> str:
    """Keep one small row."""
    tx.execute(insert(erased).values(address=name, day=TODAY))
    return name


def marks(tx: Transaction) -> set[str]:
    """The rows that were kept."""
    return set(tx.scalars(select(erased.c.address)))


def fail(tx: Transaction, state: str) -> None:
    """Let the server fail in a certain way (SQLSTATE)."""
    tx.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{state}'; END $$")


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_turns_that_got_in_each_others_way_are_tried_again(postgres_url: str, state: str) -> None:
    """After a serialization failure or a deadlock the function is carried out again, and kept once."""
    database = await open_database(postgres_url)
    tries: list[int] = []

    def third_time_lucky(tx: Transaction) -> str:
        tries.append(1)
        mark(tx, "once")
        if len(tries) < 3:
            fail(tx, state)
        return "done"

    assert await database.run(third_time_lucky) == "done"
    assert await database.read(marks) == {"once"}
    assert len(tries) == 3
    await database.close()


async def test_even_if_the_function_kept_quiet_about_it(postgres_url: str) -> None:
    """A function that swallows a serialization failure is tried again too: nothing of it would be kept."""
    database = await open_database(postgres_url)
    tries: list[int] = []

    def keeps_quiet(tx: Transaction) -> None:
        tries.append(1)
        mark(tx, "once")
        if len(tries) < 2:
            with pytest.raises(Exception, match="on purpose"):
                fail(tx, "40001")

    await database.run(keeps_quiet)
    assert await database.read(marks) == {"once"}
    await database.close()


async def test_trying_again_ends(postgres_url: str) -> None:
    """A call that never gets through is StorageUnavailable in the end, and nothing is kept."""
    database = await open_database(postgres_url)
    tries: list[int] = []

    def never(tx: Transaction) -> None:
        tries.append(1)
        mark(tx, "never")
        fail(tx, "40001")

    with pytest.raises(StorageUnavailable, match="on purpose"):
        await database.run(never)
    assert len(tries) == TRIES
    assert await database.read(marks) == set()
    await database.close()


@pytest.mark.parametrize("state", ["53100", "53300", "57P01", "58030", "XX001"])
async def test_the_servers_own_trouble_is_not_the_functions(postgres_url: str, state: str) -> None:
    """Disk full, too many clients, shutdown, input and output, damage: StorageUnavailable, from every door."""
    database = await open_database(postgres_url)
    for door in (database.run, database.read):
        with pytest.raises(StorageUnavailable, match="on purpose"):
            await door(fail, state)
    assert await database.run(mark, "after") == "after"
    await database.close()


async def test_a_lost_connection_keeps_nothing_and_the_next_call_works(postgres_url: str) -> None:
    """The server ends our connection in the midst of a function."""
    database = await open_database(postgres_url)

    def cut(tx: Transaction) -> None:
        mark(tx, "half")
        tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StorageUnavailable):
        await database.run(cut)
    assert await database.read(marks) == set()
    assert await database.run(mark, "after") == "after"
    await database.close()


async def test_a_connection_lost_before_the_end_is_replaced_unseen(postgres_url: str) -> None:
    """Cut in the midst of a function once, the call is carried out on another connection, and kept once."""
    database = await open_database(postgres_url)
    tries: list[int] = []

    def cut_once(tx: Transaction) -> str:
        tries.append(1)
        mark(tx, "once")
        if len(tries) == 1:
            tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "done"

    assert await database.run(cut_once) == "done"
    assert await database.read(marks) == {"once"}
    await database.close()


async def test_a_connection_lost_at_the_end_is_not_tried_again(postgres_url: str) -> None:
    """Cut at COMMIT, a call may have been kept or not: it isn't carried out twice by itself."""
    admin = await asyncpg.connect(postgres_url)
    await admin.execute("""
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON erased DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION cut()
    """)
    await admin.close()
    database = await open_database(postgres_url)
    tries: list[int] = []

    def counted(tx: Transaction) -> None:
        tries.append(1)
        mark(tx, "a")

    with pytest.raises(StorageUnavailable, match="in the midst"):
        await database.run(counted)
    assert len(tries) == 1
    await database.close()


async def test_connections_that_were_cut_while_idle_are_replaced_unseen(postgres_url: str) -> None:
    """After a restart of the server no caller is refused for the connections that were kept ready."""
    database = await open_database(postgres_url)
    await asyncio.gather(*(database.run(mark, str(number)) for number in range(8)))
    admin = await asyncpg.connect(postgres_url)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    assert len(await admin.fetch(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")) > 1
    await admin.close()
    await asyncio.gather(*(database.run(mark, f"after {number}") for number in range(8)))
    assert len(await database.read(marks)) == 16
    await database.close()


async def test_a_standby_that_only_reads_is_unavailable(postgres_url: str) -> None:
    """Where nothing can be written, `run` says so and `read` works."""
    admin = await asyncpg.connect(postgres_url)
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await admin.close()
    database = await open_database(postgres_url)
    with pytest.raises(StorageUnavailable, match="read-only"):
        await database.run(mark, "a")
    assert await database.read(marks) == set()
    await database.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("/test_", "/no_such_"),
        lambda url: url.replace("?host=", "?host=/nowhere"),
        lambda _: "postgresql://nobody@127.0.0.1:9/nothing",
    ],
)
async def test_a_server_that_is_not_there_is_said_clearly(postgres_url: str, change: Any) -> None:
    """No such database, no such socket, nobody at that port: StorageUnavailable."""
    for serving in (True, False):
        with pytest.raises(StorageUnavailable, match="PostgreSQL"):
            await open_database(change(postgres_url), serving=serving)


async def test_more_callers_than_connections_wait_their_turn(postgres_url: str) -> None:
    """A hundred callers at once share the few connections, and all are served."""
    database = await open_database(postgres_url, serving=True)
    results = await asyncio.gather(*(database.run(mark, str(number)) for number in range(100)))
    assert results == [str(number) for number in range(100)]
    await database.close()
