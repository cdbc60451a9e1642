"""The real app on SQLite, with platforms' fakes."""

import os
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.app import App
from tests.channels.running import Running, running
from tests.fakes.telegram import Telegram
from tests.talks.conftest import app, clock

__all__ = ["app", "clock"]


@pytest.fixture(params=["sqlite"])
def database_url(sqlite_url: str) -> str:
    """Channels keep nothing themselves: one database will do."""
    return sqlite_url


@pytest.fixture
async def fake() -> AsyncIterator[Telegram]:
    """A Telegram of our own."""
    async with Telegram() as telegram:
        yield telegram


@pytest.fixture
async def server(app: App, fake: Telegram) -> AsyncIterator[Running]:
    """A server that asks it for messages."""
    async with running(app, telegram_token=SecretStr(fake.token), telegram_api=fake.url) as served:
        yield served


assert not os.environ.get("LACHAN_TELEGRAM_TOKEN"), "tests talk to the fakes only"
