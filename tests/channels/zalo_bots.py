"""Zalo Bots for tests that call a server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import Client
from tests.fakes.zalo_bot import TOKEN

SECRET = "correct-horse-battery"


@asynccontextmanager
async def talking(url: str, token: str = TOKEN, address: str = "") -> AsyncIterator[ZaloBot]:
    """The channel, closed afterwards."""
    made = ZaloBot(Client(token, url), SECRET, address)
    yield made
    await made.close()
