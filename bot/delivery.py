"""Answers -> one channel: in order per chat, chats in turn, deleted from the outbox after delivery, tried again after a
failure. A crash between sending and deleting sends again at the next start: at least once.

The web chat isn't sent to; its pages look (see `channels/events.py`).
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from bot import failures
from bot.channels.channel import Channel, Outcome, Result
from bot.limits import Limit
from bot.parcels import Parcel, Queue
from bot.reach import Reach
from handlers.chat import Say
from storage import addresses, outbox
from storage.database import StorageUnavailable

if TYPE_CHECKING:
    from bot.app import App

AT_ONCE = 50  # chats that are sent to at the same time
PATIENCE = 30.0  # seconds that a channel may take for one message
NOTE_AGAIN = 5.0  # seconds until what was sent is noted once more
BURST = 5  # messages that a token's rate lets through at once
CHAT_RATE, CHAT_BURST = 1, 20  # messages a second to one chat, as platforms ask, after a burst
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0  # seconds between two tries of one chat
GIVE_UP = timedelta(days=7)
MOST_HELD = 20_000  # parcels in memory: what is more waits in the outbox
PAGE = 500  # rows looked up at once


class Delivery:
    """Carries out what waits for one channel."""

    def __init__(self, app: "App", channel: Channel) -> None:
        self.app = app
        self.channel = channel
        self.reach = Reach()
        self._queue = Queue()
        self._held: set[int] = set()  # rows of the outbox that are in the queue or under way
        self._behind: set[str] = set()  # chats of which something waits in the outbox only
        self._sent: set[int] = set()  # rows to be deleted
        self._failures: dict[str, int] = {}  # in a row, by chat
        self._pace = Limit(max(channel.capabilities.a_second - BURST, 0.5), BURST)
        self._chat_pace = Limit(CHAT_RATE, CHAT_BURST)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._wake = asyncio.Event()
        self._to_note = asyncio.Event()

    def put(self, address: str, parcel: Parcel) -> None:
        """Let an answer go out; what is too much for memory is found in the outbox later."""
        if parcel.rows and (address in self._behind or self._queue.held >= MOST_HELD):
            self._behind.add(address)
            parcel.gone.set()
            return
        parcel.since = self.app.ticks()
        self._held.update(parcel.rows)
        self._queue.put(address, parcel)
        self._wake.set()

    def forget(self, address: str) -> None:
        """Drop what waits for a chat: its person erased everything."""
        for parcel in self._queue.forget(address):
            self._finished(parcel)

    async def load(self, ahead: timedelta = timedelta()) -> None:
        """Take from the outbox what is due; at the start also what the server before held in memory."""
        until, after = self._utc() + ahead, 0
        while self._queue.held < MOST_HELD:
            look = partial(outbox.waiting, until=until, limit=PAGE, after=after)
            rows = await self.app.database.read(look, self.channel.name)
            if not rows:
                self._behind.clear()
                return
            after = rows[-1].id
            await self.app.database.run(outbox.lease, tuple(row.id for row in rows), self._utc())
            for row in rows:
                if row.id not in self._held:
                    self._load(row)

    def _load(self, row: outbox.Waiting) -> None:
        self._held.add(row.id)
        if self._today() - row.since >= GIVE_UP:
            self._count(Result.REFUSED, "too old")
            return self._note((row.id,))
        say = msgspec.json.decode(row.body, type=Say)
        parcel = Parcel((say,), (row.id,), since=self.app.ticks(), by_itself=True)
        self._queue.put(row.address, parcel)
        self._wake.set()
        return None

    async def run(self) -> None:
        """Carry out what waits, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._note_for_ever())
            while True:
                address = await self._next()
                self._under_way += 1
                self._idle.clear()
                group.create_task(self._serve(address))

    async def finish(self, patience: float) -> None:
        """Let what is under way end, and note what was sent."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._idle.wait()
        with suppress(StorageUnavailable):
            await self._note_all()

    async def _next(self) -> str:
        while True:
            now = self.app.ticks()
            self._wake.clear()
            room = 1 if self.reach.probing else AT_ONCE
            if now >= self.reach.not_before and self._under_way < room and self._queue.ready(now):
                await self._in_time()
                address = self._queue.next(self.app.ticks())
                if address is not None:
                    return address
            await self._something(now)

    async def _something(self, now: float) -> None:
        """Wait until there may be something to do."""
        ends = [self.reach.not_before if self.reach.not_before > now else None, self._queue.soonest()]
        waits = [max(end - now, 0.001) for end in ends if end is not None]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), min(waits, default=None))

    async def _in_time(self) -> None:
        """Wait for the token's turn."""
        while True:
            wait = self._pace.take("", self.app.ticks())
            if not wait:
                return
            await asyncio.sleep(wait)

    async def _serve(self, address: str) -> None:
        """Send all that waits for one chat, as far as that goes."""
        parcels, dropped = self._queue.take(address, self.app.ticks())
        left, pause = list(parcels), 0.0
        try:
            for parcel in (*dropped, *parcels):
                if parcel.tapped:
                    await self._patiently(self.channel.acknowledge(parcel.tapped, _passing(parcel)))
            for parcel in dropped:
                self._finished(parcel)
            while left and not pause:
                left, pause = await self._carry(address, left)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
            self._queue.done(address, tuple(left), self.app.ticks() + pause if pause else 0.0)
            self._wake.set()

    async def _carry(self, address: str, left: list[Parcel]) -> tuple[list[Parcel], float]:
        """Send one message; what is left then, and for how many seconds nothing may be sent to this chat."""
        parcel, *others = left
        if wait := self._chat_pace.take(address, self.app.ticks()):
            return left, wait
        sending = self.channel.send(address, parcel.says[0], parcel.tapped)
        outcome = await self._patiently(sending) or Outcome(Result.LATER, reached=False, code="timeout")
        self._count(outcome.result, outcome.code)
        self._learn(outcome)
        if outcome.result in (Result.LATER, Result.BROKEN):
            return self._kept(left), self._pause(address, outcome)
        self._failures.pop(address, None)
        if outcome.result is Result.GONE:
            await self._close(address, left)
            return [], 0.0
        rest = self._without_first(parcel)
        if rest is None:
            return others, 0.0
        await self._in_time()
        return [rest, *others], 0.0

    async def _patiently(self, sending: "Awaitable[Outcome | None]") -> Outcome | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await sending
        except TimeoutError:
            return None
        except Exception as error:  # noqa: BLE001 - a channel that breaks holds up its chat, not the others
            failures.log(self.app.log, "sending failed", error)
            return None

    def _kept(self, left: list[Parcel]) -> list[Parcel]:
        """What is tried again: all but what has been tried for a week."""
        old = [one for one in left if self.app.ticks() - one.since >= GIVE_UP.total_seconds()]
        for parcel in old:
            self._count(Result.REFUSED, "too old")
            self._finished(parcel)
        return [one for one in left if one not in old]

    def _learn(self, outcome: Outcome) -> None:
        now = self.app.ticks()
        if outcome.result is Result.BROKEN:
            self.reach.refused(now)
        elif outcome.wait:
            self.reach.asked_to_wait(now, outcome.wait)
        elif outcome.reached:
            self.reach.well()
        else:
            self.reach.failed(now)
        self.app.metrics.reach(self.channel.name, self.reach.state)

    def _pause(self, address: str, outcome: Outcome) -> float:
        """Seconds until this chat is tried again: what the platform asked for, or longer with each failure."""
        if outcome.wait:
            return outcome.wait
        so_far = self._failures[address] = self._failures.get(address, 0) + 1
        pause: float = min(FIRST_PAUSE * 2.0 ** min(so_far - 1, 20), LONGEST_PAUSE)
        return pause

    async def _close(self, address: str, left: list[Parcel]) -> None:
        """The chat blocked us: nothing more goes there."""
        for parcel in (*left, *self._queue.forget(address)):
            self._finished(parcel)
        with suppress(StorageUnavailable):
            await self.app.database.run(addresses.close, self.channel.name, address)

    def _without_first(self, parcel: Parcel) -> Parcel | None:
        """What is left of a parcel whose first message was sent."""
        self._note(parcel.rows[:1])
        if len(parcel.says) == 1:
            parcel.gone.set()
            return None
        return replace(parcel, says=parcel.says[1:], rows=parcel.rows[1:], tapped=None)

    def _finished(self, parcel: Parcel) -> None:
        self._note(parcel.rows)
        parcel.gone.set()

    def _note(self, rows: tuple[int, ...]) -> None:
        if rows:
            self._sent.update(rows)
            self._to_note.set()

    async def _note_for_ever(self) -> None:
        """Delete what was sent, many at once. While the database is gone it stays in memory, and isn't sent again."""
        while True:
            await self._to_note.wait()
            self._to_note.clear()
            try:
                await self._note_all()
            except Exception as error:  # noqa: BLE001 - whatever it is, sending everything again would be worse
                failures.log(self.app.log, "noting deliveries failed", error)
                self._to_note.set()
                await asyncio.sleep(NOTE_AGAIN)

    async def _note_all(self) -> None:
        rows = tuple(self._sent)[:PAGE]
        if rows:
            await self.app.database.run(outbox.delivered_all, rows)
            self._sent.difference_update(rows)
            self._held.difference_update(rows)
        if self._sent:
            self._to_note.set()

    def _count(self, result: Result, code: str) -> None:
        self.app.metrics.delivered.labels(self.channel.name, result.value).inc()
        if result in (Result.REFUSED, Result.BROKEN):
            self.app.log.warning("message not taken", channel=self.channel.name, result=result.value, code=code)

    def _utc(self) -> datetime:
        return self.app.now().astimezone(UTC).replace(tzinfo=None)

    def _today(self) -> date:
        return self._utc().date()


def _passing(parcel: Parcel) -> str:
    """What is shown in passing with a tap's answer."""
    return next((say.text for say in parcel.says if say.passing), "")
