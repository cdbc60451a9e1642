"""Erasing: no row of the person in any table, no byte of them in any file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Table, func, insert, select

from bot.app import App, build
from bot.settings import Settings
from bot.tokens import Tokens
from bot.turns import receive
from handlers import notices
from storage import people, retention, tables
from storage.schema import Transaction
from tests.privacy.cases import tap
from tests.privacy.conftest import Hands
from tests.privacy.living import ANSWER, live
from tests.privacy.searching import Secret, contents, hits

OF_A_PERSON = [table for table in tables.metadata.sorted_tables if "person_id" in table.c]
BEFORE = ("start", "menu", "learn")  # nobody is known yet
LIFE = (
    "age:18+",
    "track:hs",
    "card:luat-pcmt:1",
    "me:agree",
    "scene:pod-truoc-cong-truong",
    "quiz",
    ANSWER,
    "me",
)
_numbers = count()


async def _live(app: App, address: str) -> list[bytes]:
    """Come, learn, practise, agree; the keys under which these messages were noted."""
    moments = await live(app, address, (*BEFORE, *LIFE), (f"{number:032x}" for number in _numbers))
    return [app.event_key(moment.sent) for moment in moments]


def _add_missing(tx: Transaction, person_id: str) -> None:
    """A row in each table in which their life left none: whatever is kept some day is tried from the first day."""
    for table in OF_A_PERSON:
        if not _rows(tx, table, person_id):
            tx.execute(insert(table).values(**dict(_made_up(table)) | {"person_id": person_id}))


def _made_up(table: Table) -> Iterator[tuple[str, Any]]:
    for column in table.c:
        if not column.nullable and not (column.primary_key and isinstance(column.type, Integer)):
            yield column.name, _value(column)


def _value(column: Column[Any]) -> Any:
    made_up: dict[type, Any] = {
        Boolean: True,
        Integer: 7,
        DateTime: datetime(2026, 11, 24, tzinfo=UTC).replace(tzinfo=None),
        Date: date(2026, 11, 24),
        LargeBinary: b"canary of a file",
    }
    kind = next((kind for kind in made_up if isinstance(column.type, kind)), None)
    length = getattr(column.type, "length", None)
    return made_up[kind] if kind else f"canary {column.table.name} {column.name}"[:length]


def _rows(tx: Transaction, table: Table, person_id: str) -> list[tuple[Any, ...]]:
    of_whom = table.c.id if table is people.person else table.c.person_id
    return [tuple(row) for row in tx.execute(select(table).where(of_whom == person_id))]


def _cells(tx: Transaction, person_id: str) -> set[Any]:
    """All that is kept about a person, cell by cell."""
    found = (row for table in (people.person, *OF_A_PERSON) for row in _rows(tx, table, person_id))
    return {cell for row in found for cell in row}


@pytest.fixture
async def either_app(database_url: str, tmp_path: Path, clock: Hands) -> Any:
    """The real app, on both kinds of database."""
    async with build(Settings(data=tmp_path / "data", database=database_url), serving=True, now=clock) as built:
        yield built


async def test_erasing_leaves_no_row_in_any_table(either_app: App) -> None:
    """Every table that knows people, taken from the schema, has rows before and none after; others keep theirs."""
    app = either_app
    for who in ("An", "Binh"):
        await _live(app, who)
    someone, other = [await app.database.read(people.find, "web", who) for who in ("An", "Binh")]
    assert someone is not None
    assert other is not None
    await app.database.run(_add_missing, someone.id)
    for table in OF_A_PERSON:
        assert await app.database.read(_rows, table, someone.id), f"{table.name} was never filled"
    kept = await app.database.read(_cells, other.id)
    await receive(app, tap("web", "An", "me:erase:yes", "bye"))
    for table in (people.person, *OF_A_PERSON):
        assert not await app.database.read(_rows, table, someone.id), table.name
    assert await app.database.read(_cells, other.id) == kept


async def test_erasing_leaves_no_byte_in_any_file(app: App, clock: Hands) -> None:
    """Whatever only their rows held is in no file once the WAL is emptied: not in freed pages either."""
    web = Tokens(app.secret)
    tokens = [web.new(clock.now.date()) for _person in range(2)]
    addresses = [web.address(token, clock.now.date()) or "" for token in tokens]
    keys = [await _live(app, address) for address in addresses]
    found = [await app.database.read(people.find, "web", address) for address in addresses]
    someone, other = (person.id for person in found if person)
    await app.database.run(_add_missing, someone)
    theirs = await app.database.read(_cells, someone) - await app.database.read(_cells, other)
    only_theirs: list[Secret] = [cell for cell in theirs if isinstance(cell, str | bytes) and len(cell) >= 8]
    assert {someone, addresses[0], *keys[0][-3:]} <= set(only_theirs)
    before = hits(contents(app.settings.data), only_theirs)
    assert all(any(str(secret) in hit for hit in before) for secret in only_theirs), "it was never there to be found"
    await receive(app, tap("web", addresses[0], "me:erase:yes", "bye"))
    assert await app.database.scrub()
    assert not hits(contents(app.settings.data), [*only_theirs, tokens[0]])
    await _only_nobodys_are_left(app, keys[0], clock)


async def _only_nobodys_are_left(app: App, keys: list[bytes], clock: Hands) -> None:
    """Messages from before there was a person are noted without one, and go after a day like all others."""
    assert not hits(contents(app.settings.data), keys[len(BEFORE) :])
    clock.now += timedelta(days=2)
    await retention.sweep(app.database, clock.now.date(), notices.silence)
    assert await app.database.scrub()
    assert not hits(contents(app.settings.data), list(keys))
    assert await app.database.read(lambda tx: tx.scalar(select(func.count()).select_from(people.person))) == 1


async def test_a_message_that_failed_goes_with_its_person(app: App) -> None:
    """Also the note that something broke is theirs."""
    await _live(app, "An")
    broken = tap("web", "An", "card:luat-pcmt:2", "what broke")
    await app.database.run(_rename, "progress", "elsewhere")
    await receive(app, broken)
    await app.database.run(_rename, "elsewhere", "progress")
    await app.database.scrub()
    assert hits(contents(app.settings.data), [app.event_key(broken), "OperationalError"])
    await receive(app, tap("web", "An", "me:erase:yes", "bye"))
    await app.database.scrub()
    assert not hits(contents(app.settings.data), [app.event_key(broken), "OperationalError"])


def _rename(tx: Transaction, table: str, name: str) -> None:
    tx.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


async def test_the_mark_of_an_erased_session_is_not_its_address(app: App) -> None:
    """The table by which the session answers 410 can't be compared with addresses from an older backup."""
    await _live(app, "an-address-of-somebody")
    await receive(app, tap("web", "an-address-of-somebody", "me:erase:yes", "bye"))
    assert "an-address-of-somebody" in app.erased
    await app.database.scrub()
    assert not hits(contents(app.settings.data), ["an-address-of-somebody"])
