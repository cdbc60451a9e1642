"""A talk on each channel, and on each database."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App, build
from bot.server import asgi
from bot.settings import Settings
from tests.talks.player import Player, Stage
from tests.talks.stages import Page, Terminal

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # noon in the province

STAGES: dict[str, Callable[[App], Stage]] = {
    "page": lambda app: Page(asgi(app)),
    "terminal": Terminal,
}


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    """The time the app is told."""
    return Hands()


@pytest.fixture
async def app(database_url: str, tmp_path: Path, clock: Hands) -> AsyncIterator[App]:
    """The real app with a database of its own, on both kinds of database."""
    settings = Settings(data=tmp_path / "data", database=database_url)
    async with build(settings, serving=True, now=clock) as built:
        yield built


@pytest.fixture(params=list(STAGES))
def stage(request: pytest.FixtureRequest, app: App) -> Stage:
    """Each channel in turn."""
    return STAGES[request.param](app)


@pytest.fixture
def talk(stage: Stage) -> Player:
    """Plays a conversation on each channel."""
    return Player(stage)


@pytest.fixture
def page_talk(app: App) -> Player:
    """Plays on the page only: for what other channels can't show."""
    return Player(Page(asgi(app)))
