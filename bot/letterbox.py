"""What comes from a platform that is sent to -> a turn -> what goes out: each chat in order, chats beside each other.

When `accept` returns, the effect is on the disk, and the platform may be told so.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import standing
from bot.channels.channel import Channel, Decoded, Ignored, Membership, Operator, Outcome, Presence, Result
from bot.delivery import Delivery
from bot.locks import Locks
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

    def __post_init__(self) -> None:
        """A platform that was never reached shows in the metrics too."""
        standing.note(self.app, self.channel.name, Way.READING, self.reading.state)

    async def accept(self, decoded: Decoded, patience: float = 0.0) -> None:
        """Take one event. A private answer is on no disk: up to `patience` seconds are given to it to arrive.

        Raises StorageUnavailable when a durable message can't be kept: then it must come again.
        """
        match decoded:
            case Incoming():
                await self._answer(decoded, patience)
            case Membership():
                await self._note(decoded)
            case Operator():
                self._hushed[decoded.address] = self.app.ticks() + self.silence
            case Ignored():
                self.app.metrics.ignored.labels(self.channel.name, decoded.why).inc()

    async def _answer(self, incoming: Incoming, patience: float) -> None:
        if self._is_hushed(incoming):
            self.app.metrics.ignored.labels(self.channel.name, "operator").inc()
            return
        async with self._chats.of(incoming.address):
            answered = await receive(self.app, incoming, posted=True)
            parcel = self._posted(incoming, answered)
        if parcel is not None and not parcel.rows:
            await self._arrived(parcel, patience)

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

    async def _arrived(self, parcel: Parcel, patience: float) -> None:
        if patience:
            with suppress(TimeoutError):
                await asyncio.wait_for(parcel.gone.wait(), patience)

    def _is_hushed(self, incoming: Incoming) -> bool:
        until = self._hushed.get(incoming.address, 0.0)
        if until and until <= self.app.ticks():
            del self._hushed[incoming.address]
            return False
        # Whoever taps a button talks to the bot; a word or a number may be meant for the human.
        return bool(until) and incoming.kind is not Kind.TAP and not is_urgent(self.app, incoming)

    async def _note(self, membership: Membership) -> None:
        if membership.presence is Presence.GROUP:
            return await self.channel.leave(membership.address, Say(_("I only talk with one person at a time.")))
        if membership.presence is Presence.CLOSED:
            self.delivery.forget(membership.address)
            return await self.app.database.run(addresses.close, membership.channel, membership.address)
        return await self.app.database.run(addresses.open_again, membership.channel, membership.address)
