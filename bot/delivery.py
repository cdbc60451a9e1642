"""Answers -> one channel: in order per chat, chats in turn, deleted from the outbox after delivery, tried again after a
failure. A crash between sending and deleting sends again at the next start: at least once.

The web chat isn't sent to; its pages look (see `channels/events.py`).
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bot import failures, standing
from bot.backlog import Backlog
from bot.channels.channel import Channel, Outcome, Result
from bot.limits import Limit
from bot.parcels import Parcel, Queue
from bot.reach import Reach, State, pause
from bot.standing import Way
from handlers.chat import Say
from storage import addresses, outbox
from storage.database import StorageUnavailable
from storage.schema import utc

if TYPE_CHECKING:
    from bot.app import App

AT_ONCE = 50  # chats that are sent to at the same time
PATIENCE = 30.0  # seconds that a channel may take for one message
BURST = 5  # messages that a token's rate lets through at once
CHAT_RATE, CHAT_BURST = 1, 20  # messages a second to one chat, as platforms ask, after a burst
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0  # seconds between two tries of one chat
GIVE_UP = timedelta(days=7)
LONG = 600.0  # seconds: who asks for more means another time of the day, not that we are too fast
TOO_OLD = Outcome(Result.REFUSED, code="too old")
MOST_WAITING = 20_000  # parcels in memory: what is more waits in the outbox


@dataclass(frozen=True, slots=True)
class Rest:
    """Seconds in which nothing is sent to a chat; `firm`: the platform asked for them."""

    seconds: float = 0.0
    firm: bool = False


class Delivery:
    """Carries out what waits for one channel."""

    def __init__(self, app: "App", channel: Channel) -> None:
        self.app = app
        self.channel = channel
        self.reach = Reach()
        self._queue = Queue()
        self._backlog = Backlog(app, channel.name)
        self._failures: dict[str, int] = {}  # in a row, by chat
        self._pace = Limit(max(channel.capabilities.a_second - BURST, 0.5), BURST)
        self._chat_pace = Limit(CHAT_RATE, CHAT_BURST)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._wake = asyncio.Event()

    def put(self, address: str, parcel: Parcel) -> None:
        """Let an answer go out. What is too much for memory is found in the outbox later; of what is private only help
        is held then."""
        if not parcel.rows and not self._has_room() and not parcel.urgent:
            return parcel.gone.set()
        if parcel.rows and (self._backlog.is_behind(address) or not self._has_room()):
            self._backlog.put_off(address)
            return parcel.gone.set()
        parcel = self._backlog.hold(parcel)
        if not parcel.says:
            return parcel.gone.set()
        parcel.since = self.app.ticks()
        return self._queued(address, parcel)

    def _queued(self, address: str, parcel: Parcel) -> None:
        for dropped in self._queue.put(address, parcel):
            self._finished(dropped)
        self._wake.set()

    def sweep(self) -> None:
        """Drop private answers that nobody waits for any more, and what is known of chats for which nothing waits."""
        self._failures = {chat: count for chat, count in self._failures.items() if self._queue.knows(chat)}
        for parcel in self._queue.outlived(self.app.ticks()):
            self._finished(parcel)

    def forget(self, address: str) -> None:
        """Drop what waits for a chat: its person erased everything."""
        self._failures.pop(address, None)
        for parcel in self._queue.forget(address):
            self._finished(parcel)

    async def load(self, *, everything: bool = False) -> None:
        """Take from the outbox what is due or put off; with `everything`, at the start, also what the server before
        held in memory."""
        async for row in self._backlog.look(self._has_room, everything=everything):
            self._load(row)

    def _has_room(self) -> bool:
        return self._queue.held < MOST_WAITING

    def _load(self, row: outbox.Waiting) -> None:
        say = msgspec.json.decode(row.body, type=Say)
        parcel = Parcel((say,), (row.id,), since=self.app.ticks(), by_itself=True)
        if utc(self.app.now()).date() - row.since >= GIVE_UP:
            self._count(TOO_OLD, parcel)
            return self._finished(parcel)
        return self._queued(row.address, parcel)

    async def run(self) -> None:
        """Carry out what waits, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._backlog.note_for_ever())
            while True:
                address = await self._next()
                self._under_way += 1
                self._idle.clear()
                group.create_task(self._serve(address))

    @property
    def is_calm(self) -> bool:
        """Whether nothing waits in memory, is under way or has to be noted."""
        return not (self._queue.held or self._under_way or self._backlog.to_note)

    async def finish(self, patience: float) -> None:
        """Let what is under way end, and note what was sent."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._idle.wait()
        with suppress(StorageUnavailable):
            await self._backlog.note_all()

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
            async with asyncio.timeout(min(waits, default=None)):
                await self._wake.wait()

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
        left, rest = list(parcels), Rest()
        try:
            for parcel in (*dropped, *parcels):
                if parcel.tapped:
                    await self._patiently(self.channel.acknowledge(parcel.tapped, _passing(parcel)))
            for parcel in dropped:
                self._finished(parcel)
            while left and not rest.seconds:
                left, rest = await self._carry(address, left)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
            until = self.app.ticks() + rest.seconds if rest.seconds else 0.0
            self._queue.done(address, tuple(left), until, firm=rest.firm)
            self._wake.set()

    async def _carry(self, address: str, left: list[Parcel]) -> tuple[list[Parcel], "Rest"]:
        """Send one message; what is left then, and how long nothing may be sent to this chat."""
        parcel, *others = left
        if wait := self._chat_pace.take(address, self.app.ticks()):
            return left, Rest(wait, firm=True)
        sending = self.channel.send(address, parcel.says[0], parcel.tapped)
        outcome = await self._patiently(sending) or Outcome(Result.LATER, reached=False, code="timeout")
        self._count(outcome, parcel)
        self._learn(outcome, address)
        if outcome.result in (Result.LATER, Result.BROKEN):
            return await self._later(address, left, outcome)
        self._failures.pop(address, None)
        if outcome.result is Result.GONE:
            await self._close(address, left)
            return [], Rest()
        if outcome.result is Result.SENT and parcel.says[0].buttons:
            channel, menu = self.channel.name, parcel.says[0].buttons
            self.app.memory.stands(channel, address, menu, self.app.now(), by_itself=parcel.by_itself)
        after = self._without_first(parcel)
        if after is None:
            return others, Rest()
        await self._in_time()
        return [after, *others], Rest()

    async def _later(self, address: str, left: list[Parcel], outcome: Outcome) -> tuple[list[Parcel], "Rest"]:
        """What is tried again, and when. What goes by itself and must wait for the morning lets answers pass."""
        parcel, *others = left
        if outcome.wait > LONG and parcel.by_itself and parcel.rows:
            with suppress(StorageUnavailable):
                await self._backlog.put_back(parcel.rows, timedelta(seconds=outcome.wait))
                parcel.gone.set()
                return others, Rest()
        if outcome.wait:
            return self._kept(left), Rest(outcome.wait, firm=outcome.wait <= LONG)
        so_far = self._failures[address] = self._failures.get(address, 0) + 1
        return self._kept(left), Rest(pause(so_far, FIRST_PAUSE, LONGEST_PAUSE))

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
            self._count(TOO_OLD, parcel)
            self._finished(parcel)
        return [one for one in left if one not in old]

    def _learn(self, outcome: Outcome, address: str) -> None:
        now, away = self.app.ticks(), self.reach.state is State.UNREACHABLE
        if outcome.result is Result.BROKEN:
            self.reach.refused(now)
        elif outcome.wait:
            self.reach.asked_to_wait(now, outcome.wait)
        elif outcome.reached:
            self.reach.well()
            if away:
                self._queue.resume()
        else:
            self.reach.failed(now, address)
        standing.note(self.app, self.channel.name, Way.SENDING, self.reach.state, outcome.code)

    async def _close(self, address: str, left: list[Parcel]) -> None:
        """The chat blocked us: nothing more goes there."""
        for parcel in (*left, *self._queue.forget(address)):
            self._finished(parcel)
        with suppress(StorageUnavailable):
            await self.app.database.run(addresses.close, self.channel.name, address)

    def _without_first(self, parcel: Parcel) -> Parcel | None:
        """What is left of a parcel whose first message was sent."""
        self._backlog.note(parcel.rows[:1])
        if len(parcel.says) == 1:
            parcel.gone.set()
            return None
        return replace(parcel, says=parcel.says[1:], rows=parcel.rows[1:], tapped=None)

    def _finished(self, parcel: Parcel) -> None:
        self._backlog.note(parcel.rows)
        parcel.gone.set()

    def _count(self, outcome: Outcome, parcel: Parcel) -> None:
        self.app.metrics.delivered.labels(self.channel.name, outcome.result.value).inc()
        # A channel that is broken is told once, not with each message; of what is private nothing is told.
        if outcome.result is Result.REFUSED and parcel.rows:
            self.app.log.warning("message not taken", channel=self.channel.name, result="refused", code=outcome.code)


def _passing(parcel: Parcel) -> str:
    """What is shown in passing with a tap's answer."""
    return next((say.text for say in parcel.says if say.passing), "")
