"""What waits to go out on one channel: answers by chat, and whose turn it is. Pure: times are given, nothing is sent.

Urgent answers go first. Otherwise the newest chats and the oldest ones take turns, two to one: who writes now is
answered now, and who has waited long isn't forgotten.
"""

import asyncio
import heapq
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from handlers.chat import Say

HOLD = 30 * 60.0  # seconds that a private answer waits for an unreachable platform
OLDEST_EVERY = 3  # every third turn is the oldest chat's


@dataclass(slots=True, eq=False)
class Parcel:
    """One turn's answer on its way to one chat.

    `rows` are its messages' numbers in the outbox, none for what is private. `tapped` is the channel's own word for
    the message whose button was tapped. `since` is set when it begins to wait: seconds of a clock that never goes
    back. `gone` is set when it was sent, or dropped.
    """

    says: tuple[Say, ...]
    rows: tuple[int, ...] = ()
    tapped: str | None = None
    since: float = 0.0
    by_itself: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger."""
        return any(say.urgent for say in self.says)

    @property
    def screen(self) -> bool:
        """Whether a later answer takes its place: a menu or a page of a lesson does, a document doesn't."""
        lasting = any(say.document or say.personal for say in self.says)
        return not (self.by_itself or self.urgent or lasting)


@dataclass(slots=True)
class _Line:
    parcels: deque[Parcel] = field(default_factory=deque)
    busy: bool = False
    not_before: float = 0.0


class Queue:
    """Parcels by chat. A chat is worked for by one at a time, so that it stays in order."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._urgent: OrderedDict[str, None] = OrderedDict()
        self._ready: OrderedDict[str, None] = OrderedDict()  # the chat that was written to last stands last
        self._paused: list[tuple[float, str]] = []
        self._turns = 0
        self.held = 0

    def put(self, address: str, parcel: Parcel) -> None:
        """Let a parcel wait."""
        line = self._lines.setdefault(address, _Line())
        line.parcels.append(parcel)
        self.held += 1
        self._offer(address, line)

    def next(self, now: float) -> str | None:
        """The chat whose turn it is, which is busy from now on; None when none is ready."""
        self._wake(now)
        address = self._chosen()
        if address is not None:
            self._lines[address].busy = True
        return address

    def ready(self, now: float) -> bool:
        """Whether a chat is ready."""
        self._wake(now)
        return bool(self._urgent or self._ready)

    def soonest(self) -> float | None:
        """When the next chat that was told to wait may go on."""
        return self._paused[0][0] if self._paused else None

    def take(self, address: str, now: float) -> tuple[tuple[Parcel, ...], tuple[Parcel, ...]]:
        """All that waits for a busy chat: what to send, and what is dropped, since a later screen takes its place or
        nobody waits for it any more."""
        line = self._lines[address]
        waiting, line.parcels = tuple(line.parcels), deque()
        self.held -= len(waiting)
        last = len(waiting) - 1
        good = [not parcel.screen or place == last for place, parcel in enumerate(waiting)]
        fresh = [bool(parcel.rows) or now - parcel.since < HOLD for parcel in waiting]
        kept = tuple(one for one, *both in zip(waiting, good, fresh, strict=True) if all(both))
        return kept, tuple(one for one in waiting if one not in kept)

    def done(self, address: str, left: tuple[Parcel, ...] = (), not_before: float = 0.0) -> None:
        """A busy chat is free again; `left` goes back to its front, and nothing is sent before then."""
        line = self._lines[address]
        line.busy, line.not_before = False, not_before
        line.parcels.extendleft(reversed(left))
        self.held += len(left)
        if not_before:
            heapq.heappush(self._paused, (not_before, address))
        self._offer(address, line)

    def forget(self, address: str) -> tuple[Parcel, ...]:
        """Drop all that waits for a chat, and tell what that was."""
        line = self._lines.get(address)
        if line is None:
            return ()
        dropped, line.parcels = tuple(line.parcels), deque()
        self.held -= len(dropped)
        self._urgent.pop(address, None)
        self._ready.pop(address, None)
        self._offer(address, line)
        return dropped

    def _offer(self, address: str, line: _Line) -> None:
        if line.busy or line.not_before:
            return
        if not line.parcels:
            self._lines.pop(address, None)
        elif any(parcel.urgent for parcel in line.parcels):
            self._ready.pop(address, None)
            self._urgent[address] = None
        elif address not in self._urgent:
            self._ready[address] = None
            self._ready.move_to_end(address)

    def _wake(self, now: float) -> None:
        while self._paused and self._paused[0][0] <= now:
            _at, address = heapq.heappop(self._paused)
            line = self._lines[address]  # it stays while it is paused
            line.not_before = 0.0
            self._offer(address, line)

    def _chosen(self) -> str | None:
        if self._urgent:
            return self._urgent.popitem(last=False)[0]
        if self._ready:
            self._turns += 1
            return self._ready.popitem(last=self._turns % OLDEST_EVERY != 0)[0]
        return None
