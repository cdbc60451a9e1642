"""What comes from a platform that is sent to -> a turn -> what goes out: each chat in order, chats beside each other.

When `accept` returns, the effect is on the disk, and the platform may be told so.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import standing
from bot.channels.channel import Channel, Decoded, Ignored, Membership, Operator, Outcome, Presence, Result
from bot.delivery import Delivery
from bot.limits import Limit
from bot.locks import Locks
from bot.newest import Newest
from bot.parcels import Parcel
from bot.reach import Reach
from bot.standing import Way
from bot.turns import Answered, is_urgent, receive
from handlers.chat import Incoming, Kind, Say
from storage import addresses
from storage.wording import catalogue

if TYPE_CHECKING:
    from bot.app import App

_ = catalogue("bot")


GOODBYE = 1.0  # seconds for leaving a group
A_MINUTE = 1 / 60


async def arrived(parcels: Iterable[Parcel], patience: float) -> None:
    """Give private answers up to so many seconds, for all of them together, to arrive."""
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            for parcel in parcels:
                await parcel.gone.wait()


@dataclass(slots=True)
class Letterbox:
    """One channel's way in, and the delivery that is its way out."""

    app: "App"
    channel: Channel
    delivery: Delivery
    polls: bool = False
    silence: float = 0.0  # seconds that the bot holds its tongue after a human wrote for the account
    reading: Reach = field(default_factory=Reach)
    _chats: Locks = field(default_factory=Locks)
    _hushed: dict[str, float] = field(default_factory=dict)
    _newest: Newest = field(default_factory=Newest)
    _goodbyes: Limit = field(default_factory=lambda: Limit(A_MINUTE, 1))

    def __post_init__(self) -> None:
        """A platform that was never reached shows in the metrics too."""
        standing.note(self.app, self.channel.name, Way.READING, self.reading.state)

    async def accept(self, decoded: Decoded) -> Parcel | None:
        """Take one event. What comes back is a private answer, which is on no disk, on its way: see `arrived`.

        Raises StorageUnavailable when a durable message can't be kept: then it must come again.
        """
        match decoded:
            case Incoming():
                self._newest.note(decoded.address, decoded.at)
                return await self._answer(decoded)
            case Membership(presence=Presence.GROUP):
                await self._leave(decoded.address)
            case Membership():
                await self._note(decoded)
            case Operator():
                self._hushed[decoded.address] = self.app.ticks() + self.silence
            case Ignored():
                self.app.metrics.ignored.labels(self.channel.name, decoded.why).inc()
        return None

    async def _answer(self, incoming: Incoming) -> Parcel | None:
        if self._is_hushed(incoming):
            self.app.metrics.ignored.labels(self.channel.name, "operator").inc()
            return None
        async with self._chats.of(incoming.address):
            answered = await receive(self.app, incoming, posted=True)
            parcel = self._posted(incoming, answered)
        return parcel if parcel is not None and not parcel.rows else None

    async def _leave(self, group: str) -> None:
        """Say goodbye to a group, once a minute at most, and for no longer than the others can wait."""
        if self._goodbyes.take(group, self.app.ticks()):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.channel.leave(group, Say(_("I only talk with one person at a time.")))

    def sweep(self) -> None:
        """Forget what is over."""
        now = self.app.ticks()
        self._hushed = {address: until for address, until in self._hushed.items() if until > now}
        self._newest.sweep(self.app.now())
        self.delivery.sweep()

    def note_reading(self, outcome: Outcome) -> None:
        """Remember how asking the platform, or telling it where we listen, went."""
        if outcome.result is Result.BROKEN:
            self.reading.refused(self.app.ticks())
        elif outcome.result is Result.SENT:
            self.reading.well()
        else:
            self.reading.failed(self.app.ticks())
        standing.note(self.app, self.channel.name, Way.READING, self.reading.state, outcome.code)

    def _posted(self, incoming: Incoming, answered: Answered) -> Parcel | None:
        """Hand an answer to the delivery, unless it was handed over when the message came first."""
        if answered.again or not answered.says:
            return None
        parcel = Parcel(answered.says, answered.rows, incoming.tapped)
        self.delivery.put(incoming.address, parcel)
        return parcel

    def _is_hushed(self, incoming: Incoming) -> bool:
        until = self._hushed.get(incoming.address, 0.0)
        if until and until <= self.app.ticks():
            del self._hushed[incoming.address]
            return False
        # Whoever taps a button talks to the bot; a word or a number may be meant for the human.
        return bool(until) and incoming.kind is not Kind.TAP and not is_urgent(self.app, incoming)

    async def _note(self, membership: Membership) -> None:
        """Whether a chat is open. Who left and came back stays, though word of the leaving comes late or again."""
        channel, address = membership.channel, membership.address
        async with self._chats.of(address):
            if self._newest.is_older(address, membership.at):
                self.app.metrics.ignored.labels(self.channel.name, "late").inc()
            elif membership.presence is Presence.CLOSED:
                self.delivery.forget(address)
                await self.app.database.run(addresses.close, channel, address)
            else:
                await self.app.database.run(addresses.open_again, channel, address)
            self._newest.note(address, membership.at)
