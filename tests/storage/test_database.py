"""What a database promises, on SQLite and on PostgreSQL."""

import asyncio
import gc
import threading
import time
import traceback
from datetime import date

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import people
from storage.database import Database, StorageUnavailable, open_database
from storage.erased import erased
from storage.people import person
from storage.schema import Transaction

TODAY = date(2026, 11, 24)


class Broken(Exception):
    """What a function raises on its own account."""


def mark(tx: Transaction, name: str) -> str:
    """Keep one small row."""
    tx.execute(insert(erased).values(address=name, day=TODAY))
    return name


def marks(tx: Transaction) -> set[str]:
    """The rows that were kept."""
    return set(tx.scalars(select(erased.c.address)))


async def test_what_was_run_can_be_read(database: Database) -> None:
    """A transaction's effect is there for readers once `run` has returned."""
    someone = await database.run(people.add, "web", "a", TODAY)
    assert await database.read(people.find, "web", "a") == someone


async def test_what_was_run_is_there_after_reopening(database_url: str) -> None:
    """What `run` returned from is in the file or on the server, not in memory."""
    for name in ("a", "b"):
        database = await open_database(database_url, serving=True)
        await database.run(mark, name)
        await database.close()
    database = await open_database(database_url)
    assert await database.read(marks) == {"a", "b"}
    await database.close()


async def test_an_exception_undoes_its_own_function_and_no_other(database: Database) -> None:
    """Of calls that wait together, one that raises gets its exception, and the others are kept."""

    def breaks(tx: Transaction) -> None:
        mark(tx, "half done")
        raise Broken

    calls = [database.run(breaks) if number % 3 == 1 else database.run(mark, str(number)) for number in range(30)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [Broken if number % 3 == 1 else str for number in range(30)]
    assert await database.read(marks) == {str(number) for number in range(30) if number % 3 != 1}


async def test_a_broken_rule_of_the_schema_is_the_functions_own_exception(database: Database) -> None:
    """Keeping the same row twice raises IntegrityError, and a later call works."""
    await database.run(mark, "a")
    with pytest.raises(IntegrityError):
        await database.run(mark, "a")
    assert await database.run(mark, "b") == "b"


async def test_errors_show_no_values(database: Database) -> None:
    """Errors go to logs: neither the parameters nor the server's own details stand in them."""
    secret = "-".join(("secret", "address"))  # not as one word, since a traceback shows lines of this file
    await database.run(people.add, "web", secret, TODAY)
    with pytest.raises(IntegrityError) as caught:
        await database.run(people.add, "web", secret, TODAY)
    assert secret not in "".join(traceback.format_exception(caught.value))


async def test_of_the_same_row_at_the_same_time_one_is_kept(database: Database) -> None:
    """However many callers keep the same row at once, one succeeds and the others are told."""
    results = await asyncio.gather(*(database.run(mark, "a") for _ in range(8)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError"] * 7 + ["str"]


async def test_no_update_is_lost(database: Database) -> None:
    """Functions that look and then write, many at once, come out as if one after the other."""

    def count_on(tx: Transaction) -> None:
        seen = tx.execute(select(person.c.unit)).scalar_one()
        tx.execute(update(person).values(unit=str(int(seen) + 1)))

    await database.run(people.add, "web", "a", TODAY)
    await database.run(lambda tx: tx.execute(update(person).values(unit="0")).rowcount)
    for _ in range(10):
        await asyncio.gather(*(database.run(count_on) for _ in range(6)))
    assert await database.read(lambda tx: tx.scalar(select(person.c.unit))) == "60"


async def test_reading_can_not_write(database: Database) -> None:
    """A function that writes through `read` fails, and nothing is kept."""
    with pytest.raises(DBAPIError):
        await database.read(mark, "a")
    assert await database.read(marks) == set()


async def test_a_reader_sees_one_moment(database: Database) -> None:
    """What is written while a reader looks doesn't change what it sees."""
    looked, written = threading.Event(), threading.Event()

    def look_twice(tx: Transaction) -> tuple[set[str], set[str]]:
        first = marks(tx)
        looked.set()
        written.wait(0.2)  # on PostgreSQL this holds up the loop, so the writer comes after it
        return first, marks(tx)

    async def write_between() -> None:
        await asyncio.to_thread(looked.wait)
        await database.run(mark, "late")
        written.set()

    await database.run(mark, "early")
    (first, second), _ = await asyncio.gather(database.read(look_twice), write_between())
    assert first == second == {"early"}


async def test_a_reader_may_raise_anything(database: Database) -> None:
    """What a reading function raises on its own account reaches its caller as it is, even an OSError."""

    def breaks(tx: Transaction) -> None:
        marks(tx)
        raise FileNotFoundError("not the database's file")

    for door in (database.read, database.run):
        with pytest.raises(FileNotFoundError, match="not the database's file"):
            await door(breaks)


async def test_a_function_can_not_end_its_transaction(database: Database) -> None:
    """A function that commits by itself fails, nothing of it is kept, and the database goes on."""

    def commits(tx: Transaction) -> None:
        mark(tx, "half")
        tx.commit()

    def rolls_back(tx: Transaction) -> None:
        mark(tx, "none")
        tx.rollback()
        mark(tx, "other")

    for function in (commits, rolls_back):
        with pytest.raises((RuntimeError, StorageUnavailable), match="transaction"):
            await database.run(function)
        assert await database.read(marks) == set()
    assert await database.run(mark, "after") == "after"


async def test_a_savepoint_of_the_functions_own_saves_the_rest(database: Database) -> None:
    """Inside `begin_nested` a statement may fail, and everything else is kept."""

    def tries(tx: Transaction) -> str:
        mark(tx, "before")
        with pytest.raises(IntegrityError), tx.begin_nested():
            mark(tx, "before")
        return mark(tx, "after")

    assert await database.run(tries) == "after"
    assert await database.read(marks) == {"before", "after"}


async def test_a_failed_statement_is_never_passed_over_in_silence(database: Database) -> None:
    """A function that swallows an error of the schema is either kept whole, or its caller is told."""

    def swallows(tx: Transaction) -> None:
        mark(tx, "before")
        with pytest.raises(IntegrityError):
            mark(tx, "before")

    try:
        await database.run(swallows)
    except IntegrityError:
        assert await database.read(marks) == set()
    else:
        assert await database.read(marks) == {"before"}


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError])
async def test_no_exception_stops_the_database(database: Database, exception: type[BaseException]) -> None:
    """Even what would end a program ends only its own call."""

    def ends(tx: Transaction) -> None:
        mark(tx, "half")
        raise exception

    with pytest.raises(exception):
        await database.run(ends)
    await database.run(mark, "after")
    assert await database.read(marks) == {"after"}


async def test_a_cancelled_callers_turn_is_carried_out(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """A caller that goes away leaves its turn whole, hangs nobody, and leaves no exception behind unseen."""

    def breaks(tx: Transaction, name: str) -> str:
        mark(tx, name)
        raise Broken

    async with asyncio.TaskGroup() as group:
        going = [group.create_task(database.run(mark, str(number))) for number in range(5)]
        going += [group.create_task(database.run(breaks, str(number))) for number in range(5, 10)]
        await asyncio.sleep(0)  # now each waits for its turn
        for each in going:
            each.cancel()
    await database.run(mark, "neighbour")
    await database.close()
    gc.collect()
    assert not caplog.records


async def test_what_a_cancelled_caller_asked_for_is_kept(database_url: str) -> None:
    """Cancelled before its turn came, a call is carried out all the same."""
    database = await open_database(database_url, serving=True)
    async with asyncio.TaskGroup() as group:
        going = [group.create_task(database.run(mark, str(number))) for number in range(5)]
        await asyncio.sleep(0)
        for each in going:
            each.cancel()
    await database.close()
    database = await open_database(database_url)
    assert await database.read(marks) == {str(number) for number in range(5)}
    await database.close()


async def test_closing_finishes_what_waits(database_url: str) -> None:
    """Calls that were made before `close` are carried out and told, however long that takes."""
    database = await open_database(database_url, serving=True)

    def slowly(tx: Transaction, name: str) -> str:
        time.sleep(0.2)
        return mark(tx, name)

    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(database.run(slowly, "first"))]
        waiting += [group.create_task(database.run(mark, str(number))) for number in range(200)]
        await asyncio.sleep(0)
        await database.close()
    assert [each.result() for each in waiting] == ["first", *(str(number) for number in range(200))]
    database = await open_database(database_url)
    assert len(await database.read(marks)) == 201
    await database.close()


async def test_after_closing_every_door_is_shut(database: Database) -> None:
    """Calls after `close` get StorageUnavailable, and closing twice is the same as once."""
    await database.close()
    await database.close()
    for door in (database.run, database.read):
        with pytest.raises(StorageUnavailable):
            await door(marks)
    with pytest.raises(StorageUnavailable):
        await database.scrub()


async def test_another_kind_of_address_is_refused() -> None:
    """An address of a database that we don't know is a mistake in the settings, said clearly."""
    for url in ("mysql://host/db", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="sqlite:///"):
            await open_database(url)
