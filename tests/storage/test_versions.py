"""Versions of the tables: every way to this program's, and hands off what is newer or isn't ours."""

import asyncio
import importlib
import pkgutil
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import storage
from storage import people, versions
from storage.database import NewerDatabase, OlderDatabase, StorageUnavailable, open_database
from storage.tables import metadata
from storage.versions import HEAD, migrate, revisions

TODAY = date(2026, 11, 24)
STEPS = ["", *revisions()]  # each version a database may have, from none


async def on(url: str, function: Any, *args: object) -> Any:
    """Carry out a function on a plain connection of our own, in a transaction."""
    if url.startswith("sqlite"):
        return await asyncio.to_thread(_on_file, create_engine(url), function, *args)
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        result = await connection.run_sync(function, *args)
    await engine.dispose()
    return result


def _on_file(engine: Engine, function: Any, *args: object) -> Any:
    with engine.begin() as connection:
        result = function(connection, *args)
    engine.dispose()
    return result


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with nothing in it."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


async def opened_and_closed(url: str) -> None:
    """Open a database as a server does."""
    await (await open_database(url, serving=True)).close()


def shape(connection: Connection) -> dict[str, Any]:
    """What a database says of its tables."""
    found = inspect(connection)
    names = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {
        name: {
            "columns": [{**column, "type": repr(column["type"])} for column in found.get_columns(name)],
            "key": found.get_pk_constraint(name),
            "foreign": sorted(found.get_foreign_keys(name), key=lambda each: str(each["name"])),
            "indexes": sorted(found.get_indexes(name), key=lambda each: str(each["name"])),
            "unique": sorted(found.get_unique_constraints(name), key=lambda each: str(each["name"])),
            "options": found.get_table_options(name),
        }
        for name in names
    }


def numbered(connection: Connection) -> list[str]:
    """The tables of a SQLite file whose numbers are never given twice."""
    query = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
    return sorted(connection.scalars(text(query)))


def differences(connection: Connection) -> list[Any]:
    """What Alembic would have to change for the tables to be as the code says."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def test_the_newest_step_is_the_one_the_program_names() -> None:
    """HEAD is written by hand, so that a usual start needn't load Alembic; here it is compared."""
    assert revisions()[-1] == HEAD


def test_every_table_is_known_to_the_migrations() -> None:
    """A noun's file that isn't in storage/tables.py would have its table in no migration."""
    known = set(metadata.tables)
    for module in pkgutil.iter_modules(storage.__path__, "storage."):
        if module.name != "storage.migrations":
            importlib.import_module(module.name)
    assert set(metadata.tables) == known


@pytest.mark.parametrize("step", STEPS)
async def test_every_earlier_version_comes_up_to_date(empty_url: str, step: str) -> None:
    """From each version on, the tables end as the code has them, to the last index."""
    if step:
        await on(empty_url, migrate, step)
    await opened_and_closed(empty_url)
    assert await on(empty_url, differences) == []


async def test_the_migrated_tables_are_those_of_the_code(empty_url: str) -> None:
    """Column by column, key by key: steps and code make the same tables."""
    await on(empty_url, metadata.create_all)
    made = await on(empty_url, shape)
    numbers = await on(empty_url, numbered) if empty_url.startswith("sqlite") else []
    await on(empty_url, metadata.drop_all)
    await opened_and_closed(empty_url)
    assert await on(empty_url, shape) == made
    assert (await on(empty_url, numbered) if empty_url.startswith("sqlite") else []) == numbers


def test_a_difference_would_be_seen() -> None:
    """The comparison above finds a column that no step makes."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        assert differences(connection) == []
        connection.execute(text("ALTER TABLE person ADD COLUMN shoe_size INTEGER"))
        assert differences(connection) != []
    engine.dispose()


def from_the_future(connection: Connection) -> None:
    """Let a database look as if a newer version had written it."""
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


@pytest.mark.parametrize("serving", [True, False])
async def test_a_newer_database_is_left_alone(database_url: str, serving: bool) -> None:
    """Whoever opens it is told to install the newer version, and it is as before."""
    await on(database_url, from_the_future)
    before = await on(database_url, shape)
    with pytest.raises(NewerDatabase, match="newer version"):
        await open_database(database_url, serving=serving)
    assert await on(database_url, shape) == before
    newest = await on(database_url, lambda tx: tx.scalar(text("SELECT version_num FROM alembic_version")))
    assert newest == "9999"


def contents(folder: Path) -> dict[str, bytes]:
    """Every byte of a folder's database files, but for SQLite's own working index of the log."""
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.suffix in (".db", ".db-wal")}


@pytest.mark.parametrize("killed", [True, False])
async def test_of_a_newer_file_every_byte_stays(sqlite_url: str, tmp_path: Path, killed: bool) -> None:
    """Neither the file nor the log that a killed newer server left changes by a byte."""
    home, path = tmp_path / "home", tmp_path / "lachan.db"
    home.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
        if killed:  # copied while it was open: with its log
            shutil.copy(tmp_path / "lachan.db-wal", home)
            shutil.copy(path, home)
    if not killed:
        shutil.copy(path, home)
    before = contents(home)
    assert len(before) == 1 + killed
    for serving in (True, False):
        with pytest.raises(NewerDatabase):
            await open_database(f"sqlite:///{home}/lachan.db", serving=serving)
    assert {name: data for name, data in contents(home).items() if data} == before


@pytest.mark.parametrize("serving", [True, False])
async def test_tables_of_another_program_are_left_alone(empty_url: str, serving: bool) -> None:
    """A wrong address never mixes our tables with somebody else's."""
    await on(empty_url, lambda tx: tx.execute(text("CREATE TABLE recipes (name TEXT)")) and None)
    with pytest.raises(StorageUnavailable, match="another program"):
        await open_database(empty_url, serving=serving)
    assert list(await on(empty_url, shape)) == ["recipes"]


async def test_two_that_open_an_empty_database_at_once_both_work(empty_url: str) -> None:
    """One makes the tables, the other waits and finds them made."""
    first, second = await asyncio.gather(open_database(empty_url, serving=True), open_database(empty_url))
    await first.run(people.add, "web", "a", TODAY)
    assert await second.read(people.find, "web", "a")
    for each in (first, second):
        await each.close()


NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("nickname", sa.String(40)))
        person.alter_column("language", type_=sa.String(16), existing_nullable=False)
    {more}
"""


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a step that comes after all others may be written, as a later version of the program brings it."""
    folder = tmp_path / "migrations"
    shutil.copytree(versions.FOLDER, folder)
    monkeypatch.setattr(versions, "FOLDER", folder)
    monkeypatch.setattr(versions, "HEAD", "next")
    step = folder / "versions" / "next.py"
    rewrite(step, "")
    return step


def rewrite(step: Path, more: str) -> None:
    """Let the step do something more."""
    step.write_text(NEXT_STEP.format(head=HEAD, more=more))


async def plant(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write somebody with the program as it is today."""
    with monkeypatch.context() as patch:
        patch.setattr(versions, "HEAD", HEAD)
        database = await open_database(url)
        await database.run(people.add, "web", "a", TODAY)
        await database.close()


async def test_a_server_brings_an_older_database_up_to_date_and_loses_nothing(
    database_url: str, next_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that copies a table, as SQLite needs it, keeps the rows that hang on it."""
    await plant(database_url, monkeypatch)
    database = await open_database(database_url, serving=True)
    assert await database.read(lambda tx: tx.scalar(text("SELECT nickname FROM person"))) is None
    assert await database.read(lambda tx: tx.scalar(text("SELECT count(*) FROM address"))) == 1
    await database.close()


async def test_a_command_refuses_an_older_database(
    database_url: str, next_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be an older server's that runs just now; the command says what to do and changes nothing."""
    await plant(database_url, monkeypatch)
    with pytest.raises(OlderDatabase, match="lachan migrate"):
        await open_database(database_url)
    assert "nickname" not in str(await on(database_url, shape))


async def test_a_step_that_fails_leaves_everything_as_it_was(
    database_url: str, next_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step breaks in its middle: the database is still of the old version, with its rows, and works with it."""
    await plant(database_url, monkeypatch)
    before = await on(database_url, shape)
    rewrite(next_step, "raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        await open_database(database_url, serving=True)
    assert await on(database_url, shape) == before
    monkeypatch.setattr(versions, "HEAD", HEAD)
    database = await open_database(database_url, serving=True)
    assert await database.read(people.find, "web", "a")
    await database.close()


async def test_a_step_that_leaves_rows_alone_in_the_world_is_taken_back(
    sqlite_url: str, next_step: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While SQLite migrates it checks no references; so they are checked before it is kept."""
    await plant(sqlite_url, monkeypatch)
    rewrite(next_step, 'op.execute("DELETE FROM person")')
    with pytest.raises(StorageUnavailable, match="1 rows"):
        await open_database(sqlite_url, serving=True)
    monkeypatch.setattr(versions, "HEAD", HEAD)
    database = await open_database(sqlite_url, serving=True)
    assert await database.read(people.find, "web", "a")
    await database.close()


def test_a_usual_start_is_quick(sqlite_url: str) -> None:
    """Opening an up-to-date file loads neither Alembic nor PostgreSQL's driver."""
    program = (
        "import asyncio, sys; from storage.database import open_database;"
        "database = asyncio.run(open_database(sys.argv[1], serving=True)); asyncio.run(database.close());"
        "print(*{name.split('.')[0] for name in sys.modules} & {'alembic', 'asyncpg', 'mako'})"
    )
    done = subprocess.run([sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
