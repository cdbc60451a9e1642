"""A delivery at work, and what tests ask of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from bot.app import App
from bot.delivery import Delivery
from bot.parcels import Parcel
from handlers.chat import Say
from storage import outbox
from storage.schema import Transaction, utc
from tests.bot.paper import Paper


@asynccontextmanager
async def carrying(app: App, paper: Paper) -> AsyncIterator[Delivery]:
    """A delivery at work."""
    delivery = Delivery(app, paper)
    async with asyncio.TaskGroup() as group:
        working = group.create_task(delivery.run())
        yield delivery
        working.cancel()


async def until(true: Callable[[], bool]) -> None:
    """Wait for what should come soon."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for may be anything a test can see
            await asyncio.sleep(0.005)


async def written(app: App, *messages: tuple[str, str]) -> tuple[int, ...]:
    """Let messages wait in the outbox, as those of a turn."""

    def add(tx: Transaction) -> tuple[int, ...]:
        now = utc(app.now())
        bodies = [(where, msgspec.json.encode(Say(text)).decode()) for where, text in messages]
        return tuple(outbox.post(tx, "paper", where, None, body, now) for where, body in bodies)

    return await app.database.run(add)


def waiting(tx: Transaction) -> int:
    """How many messages wait."""
    return int(tx.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one())


def change(tx: Transaction, how: str) -> None:
    """Change the database itself."""
    tx.exec_driver_sql(how)


def private(text: str, **more: object) -> Parcel:
    """An answer that is on no disk."""
    return Parcel((Say(text),), **more)  # type: ignore[arg-type] # whatever a parcel has
