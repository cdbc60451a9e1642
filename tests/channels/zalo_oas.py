"""Zalo OAs for tests that call a server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.client import Client
from bot.channels.zalo_oa.safe import Pair, Safe
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.wire import Account
from storage import tokens
from storage.database import Database
from storage.secret import Secret
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person

KEY = Secret(b"k" * 32)
Start = Callable[..., ZaloOA]
NEARLY = 24 * 3600 + 60  # seconds after which less than an hour of a token is left


def now(fake: FakeZaloOA) -> datetime:
    """The platform's time, which is ours too."""
    return datetime.fromtimestamp(fake.clock.now, UTC)


def asked(fake: FakeZaloOA) -> int:
    """How often a new pair was asked for."""
    return len(fake.calls.named("access_token"))


async def row(database: Database) -> tokens.Kept:
    """The pair as it is kept."""
    kept = await database.read(tokens.find, "zalo_oa")
    assert kept is not None
    return kept


async def writer(fake: FakeZaloOA) -> Person:
    """Somebody who has just written."""
    person = fake.person("Lan")
    await fake.says(person, "hello")
    return person


@asynccontextmanager
async def starting(fake: FakeZaloOA, database: Database) -> AsyncIterator[Start]:
    """Start the channel anew, as another process does, with the first pair unless told otherwise; all are closed."""
    started: list[ZaloOA] = []
    settings = Pair(fake.tokens.access, fake.tokens.refresh)

    def anew(first: Pair | None = None, *, key: Secret = KEY, secret: str = "") -> ZaloOA:
        calls = Client(fake.app_id, secret or fake.tokens.app_secret, api=fake.url, oauth=fake.url)
        held = Tokens(Safe(database, key, first or settings), calls.renew, lambda: now(fake))
        started.append(ZaloOA(calls, held, Account(fake.app_id, fake.key), lambda: now(fake)))
        return started[-1]

    yield anew
    for one in started:
        await one.close()
