"""An app whose clock the test moves, on a file that can be looked into; and a real server."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App, build
from bot.settings import Settings
from tests.privacy.phones import Phone
from tests.servers import Server

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # noon in the province


@dataclass
class Hands:
    """A clock whose hands the test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    """The time the app is told."""
    return Hands()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The real content, with one story made for people at risk too: so far there is none of those."""
    folder = tmp_path / "content"
    shutil.copytree(Settings().content, folder)
    story = folder / "scenarios" / "lo-tinh-dau-trong-cap.yaml"
    told = story.read_text()
    assert "tracks: [ph]" in told
    story.write_text(told.replace("tracks: [ph]", "tracks: [ph, nc]"))
    return folder


@pytest.fixture
async def app(tmp_path: Path, content: Path, clock: Hands) -> AsyncIterator[App]:
    """The real app on a SQLite file of its own."""
    async with build(Settings(data=tmp_path / "data", content=content), serving=True, now=clock) as built:
        yield built


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that hasn't started yet."""
    made = Server(tmp_path)
    yield made
    made.kill()


@pytest.fixture
async def linking_app(database_url: str, tmp_path: Path, clock: Hands) -> AsyncIterator[App]:
    """The real app, on both kinds of database."""
    async with build(Settings(data=tmp_path / "data", database=database_url), serving=True, now=clock) as built:
        yield built


@pytest.fixture
def an(linking_app: App) -> Phone:
    """Who shows the code."""
    return Phone(linking_app, "an-on-the-page")


@pytest.fixture
def binh(linking_app: App) -> Phone:
    """Who types it."""
    return Phone(linking_app, "binh-on-telegram", "telegram")


@pytest.fixture
def chi(linking_app: App) -> Phone:
    """Somebody else."""
    return Phone(linking_app, "chi-on-zalo", "zalo_oa")
