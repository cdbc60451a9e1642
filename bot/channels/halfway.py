"""Where a message in several pieces broke off: sent again soon, it goes on there, so that no piece comes twice."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.channels.channel import SENT, Outcome, Result

P = TypeVar("P")

MOST = 10_000  # chats whose place is remembered
GOES_ON = 600.0  # seconds; later the beginning is out of sight, and all of it is sent again


@dataclass(frozen=True, slots=True)
class _Place:
    digest: bytes
    sent: int
    until: float


@dataclass(slots=True)
class Halfway:
    """The places of one channel's chats."""

    _places: OrderedDict[str, _Place] = field(default_factory=OrderedDict, repr=False)

    async def carry(self, address: str, pieces: Sequence[P], send: Callable[[P], Awaitable[Outcome]]) -> Outcome:
        """Send the pieces in order, those left out that this chat has: the first outcome that isn't `SENT`, or that."""
        digest, now = _digest(pieces), asyncio.get_running_loop().time()
        done = self._sent(address, digest, now)
        for place, piece in enumerate(pieces[done:], done + 1):
            outcome = await send(piece)
            if outcome.result is not Result.SENT:
                return outcome
            self._remember(address, _Place(digest, place, now + GOES_ON))
        self._places.pop(address, None)
        return SENT

    def _sent(self, address: str, digest: bytes, now: float) -> int:
        before = self._places.get(address)
        return before.sent if before is not None and before.digest == digest and now < before.until else 0

    def _remember(self, address: str, place: _Place) -> None:
        self._places[address] = place
        self._places.move_to_end(address)
        if len(self._places) > MOST:
            self._places.popitem(last=False)


def _digest(pieces: Sequence[object]) -> bytes:
    return hashlib.sha256("\0".join(map(repr, pieces)).encode()).digest()
