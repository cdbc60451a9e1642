"""The outbox -> channels: in order per chat, chats in turn, deleted after delivery, tried again after a failure.

A chat that hangs holds up nobody else, and is tried later. A crash between sending and deleting sends again at the
next start: at least once. The web chat isn't sent to; its pages look (see `channels/webchat.py`).
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Protocol

import msgspec

from bot import failures
from handlers.chat import Say
from storage import outbox
from storage.database import StorageUnavailable
from storage.outbox import Waiting
from storage.schema import Transaction

if TYPE_CHECKING:
    from bot.app import App

_Chat = tuple[str, str]  # channel and address

AT_ONCE = 20  # chats that are sent to at the same time
PATIENCE = 30.0  # seconds that a channel may take for one message
LOOK = 1.0  # seconds until others get their turn while one is still being sent to
NOTE_AGAIN = 5.0  # seconds until what was sent is noted once more
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP = timedelta(days=7)


class Result(Enum):
    """What became of a message."""

    SENT = "sent"
    LATER = "later"  # the platform is unreachable or asks to wait
    NEVER = "never"  # the chat is gone: no more sending


class Sender(Protocol):
    """A channel that can speak first."""

    async def send(self, address: str, say: Say) -> Result:
        """Carry one message out."""
        ...


async def deliver_due(app: "App", senders: Mapping[str, Sender]) -> int:
    """Send what is due, one message of each chat at a time, until nothing is; how many were sent."""
    sent = 0
    busy: dict[_Chat, asyncio.Task[Result]] = {}
    async with asyncio.TaskGroup() as group:
        while senders:
            for message in await _next(app, senders, busy):
                task = group.create_task(_deliver(app, senders[message.channel], message))
                busy[message.channel, message.address] = task
            if not busy:
                break
            done, _ = await asyncio.wait(busy.values(), timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            busy = {chat: task for chat, task in busy.items() if task not in done}
            sent += sum(task.result() is Result.SENT for task in done)
    return sent


async def _next(app: "App", senders: Mapping[str, Sender], busy: Mapping[_Chat, object]) -> tuple[Waiting, ...]:
    """The first waiting message of each chat whose turn it is."""
    try:
        due = await app.database.read(outbox.due, tuple(senders), _utc(app), AT_ONCE)
    except StorageUnavailable as error:
        failures.log(app.log, "looking for what is due failed", error)
        return ()
    return tuple(one for one in due if (one.channel, one.address) not in busy)[: AT_ONCE - len(busy)]


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubling, up to an hour."""
    return min(FIRST_PAUSE * (1 << min(attempts, 20)), LONGEST_PAUSE)


async def _deliver(app: "App", sender: Sender, message: Waiting) -> Result:
    result = await _sent(app, sender, message)
    if result is Result.LATER and _utc(app).date() - message.since >= GIVE_UP:
        result = Result.NEVER
    app.metrics.delivered.labels(result.value).inc()
    if result is Result.LATER:
        await _note(app, partial(outbox.later, message_id=message.id, due_at=_utc(app) + pause(message.attempts)))
    else:
        await _note(app, partial(outbox.delivered, message_id=message.id))
    if result is Result.NEVER:
        app.log.warning("message given up", channel=message.channel, attempts=message.attempts)
    return result


async def _note(app: "App", change: Callable[[Transaction], None]) -> None:
    """Write down what became of a message, however long it takes: until then its chat gets nothing more."""
    while True:
        try:
            return await app.database.run(change)
        except Exception as error:  # noqa: BLE001 - whatever it is, sending once more every two seconds would be worse
            failures.log(app.log, "noting a delivery failed", error)
        await asyncio.sleep(NOTE_AGAIN)


async def _sent(app: "App", sender: Sender, message: Waiting) -> Result:
    try:
        async with asyncio.timeout(PATIENCE):
            return await sender.send(message.address, msgspec.json.decode(message.body, type=Say))
    except Exception as error:  # noqa: BLE001 - a channel that breaks holds up its chat, not the others
        failures.log(app.log, "sending failed", error)
        return Result.LATER


def _utc(app: "App") -> datetime:
    return app.now().astimezone(UTC).replace(tzinfo=None)
