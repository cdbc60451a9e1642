"""Asking a platform for what there is: for trying out, and where no public address is at hand.

The offset moves past a message when its effect is on the disk. What can't be kept comes again, in order.
"""

import asyncio
from collections.abc import Iterable
from itertools import groupby

from bot import failures
from bot.channels.channel import Decoded, Fetched, Ignored, Result
from bot.letterbox import Letterbox, arrived
from bot.parcels import Parcel
from bot.reach import pause
from storage.database import StorageUnavailable

AT_ONCE = 64  # chats worked for beside each other
PRIVATE_PATIENCE = 5.0  # seconds for private answers, which are on no disk, to arrive before all are confirmed
KEPT_PAUSE = 1.0  # seconds until what couldn't be kept is asked for again
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

_Event = tuple[int, Decoded]


async def poll(box: Letterbox) -> None:
    """Ask until cancelled."""
    offset, troubles = 0, 0
    while True:
        fetched = await box.channel.fetch(offset)
        if fetched.outcome.result is not Result.SENT:
            troubles += 1
            box.note_reading(fetched.outcome)
            await asyncio.sleep(fetched.outcome.wait or pause(troubles, FIRST_PAUSE, LONGEST_PAUSE))
            continue
        troubles = 0
        box.note_reading(fetched.outcome)
        offset, kept = await _work_off(box, fetched, offset)
        if not kept:
            await asyncio.sleep(KEPT_PAUSE)


async def _work_off(box: Letterbox, fetched: Fetched, offset: int) -> tuple[int, bool]:
    """Take each chat's events in order, chats beside each other: the new offset, and whether all could be kept."""
    room, private = asyncio.Semaphore(AT_ONCE), list[Parcel]()
    events = sorted(fetched.events, key=lambda event: event[0])
    chats = [tuple(chat) for _address, chat in groupby(sorted(events, key=_chat), _chat)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_take(box, chat, room, private)) for chat in chats]
    if not fetched.more:
        await arrived(private, PRIVATE_PATIENCE)
    unkept = [task.result() for task in tasks if task.result() is not None]
    if unkept:
        return max(offset, min(one for one in unkept if one is not None)), False
    return (events[-1][0] + 1 if events else offset), True


async def _take(box: Letterbox, events: Iterable[_Event], room: asyncio.Semaphore, private: list[Parcel]) -> int | None:
    """The number of the first event that couldn't be kept; private answers on their way are added to `private`."""
    async with room:
        for number, event in events:
            try:
                parcel = await box.accept(event)
                private += [parcel] if parcel else []
            except StorageUnavailable:
                return number
            except Exception as error:  # noqa: BLE001 - one bad message stops neither its chat nor the others
                box.app.metrics.failures.labels("event").inc()
                failures.log(box.app.log, "taking an event failed", error)
    return None


def _chat(event: _Event) -> str:
    decoded = event[1]
    return "" if isinstance(decoded, Ignored) else decoded.address
