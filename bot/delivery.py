"""The outbox -> channels: in order per chat, chats in turn, deleted after delivery, tried again after a failure.

A crash between sending and deleting sends again at the next start: at least once. The web chat isn't sent to; its
pages look (see `channels/webchat.py`).
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Protocol

import msgspec

from bot import failures
from handlers.chat import Say
from storage import outbox
from storage.outbox import Waiting

if TYPE_CHECKING:
    from bot.app import App

AT_ONCE = 20  # chats that are sent to at the same time
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
    while senders:
        waiting = await app.database.read(outbox.due, tuple(senders), _utc(app), AT_ONCE)
        if not waiting:
            break
        results = await asyncio.gather(*(_deliver(app, senders[one.channel], one) for one in waiting))
        sent += results.count(Result.SENT)
    return sent


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubling, up to an hour."""
    return min(FIRST_PAUSE * (1 << min(attempts, 20)), LONGEST_PAUSE)


async def _deliver(app: "App", sender: Sender, message: Waiting) -> Result:
    result = await _sent(app, sender, message)
    if result is Result.LATER and _utc(app).date() - message.since >= GIVE_UP:
        result = Result.NEVER
    app.metrics.delivered.labels(result.value).inc()
    if result is Result.LATER:
        await app.database.run(outbox.later, message.id, _utc(app) + pause(message.attempts))
    else:
        await app.database.run(outbox.delivered, message.id)
    if result is Result.NEVER:
        app.log.warning("message given up", channel=message.channel, attempts=message.attempts)
    return result


async def _sent(app: "App", sender: Sender, message: Waiting) -> Result:
    try:
        return await sender.send(message.address, msgspec.json.decode(message.body, type=Say))
    except Exception as error:  # noqa: BLE001 - a channel that breaks holds up its chat, not the others
        failures.log(app.log, "sending failed", error)
        return Result.LATER


def _utc(app: "App") -> datetime:
    return app.now().astimezone(UTC).replace(tzinfo=None)
