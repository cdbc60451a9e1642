"""What waits to go out on one channel: answers by chat, and whose turn it is. Pure: times are given, nothing is sent.

Urgent answers go first, three of four times. Otherwise the newest chats and the oldest ones take turns, two to one: who
writes now is answered now, and who has waited long isn't forgotten.
"""

import asyncio
import heapq
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from handlers.chat import Say

HOLD = 30 * 60.0  # seconds that a private answer waits for an unreachable platform
OLDEST_EVERY = 3  # every third turn is the oldest chat's
OTHERS_EVERY = 4  # every fourth turn isn't an urgent one's: many who call for help starve nobody


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
    firm: bool = False  # the platform asked for this pause; otherwise it is a guess, which help needn't wait for


class Queue:
    """Parcels by chat. A chat is worked for by one at a time, so that it stays in order."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._urgent: OrderedDict[str, None] = OrderedDict()
        self._ready: OrderedDict[str, None] = OrderedDict()  # the chat that was written to last stands last
        self._paused: list[tuple[float, str]] = []
        self._turns = self._plain = 0
        self.held = 0

    def put(self, address: str, parcel: Parcel) -> tuple[Parcel, ...]:
        """Let a parcel wait; those whose place it takes are dropped, but for taps, which must still be answered."""
        line = self._lines.setdefault(address, _Line())
        dropped = tuple(one for one in line.parcels if not one.tapped and _replaces(parcel, one))
        line.parcels = deque(one for one in line.parcels if one not in dropped)
        line.parcels.append(parcel)
        self.held += 1 - len(dropped)
        if parcel.urgent and not line.firm:
            line.not_before = 0.0
        self._offer(address, line)
        return dropped

    def resume(self) -> None:
        """End all pauses but those that the platform asked for: it is there again."""
        for address, line in tuple(self._lines.items()):
            if line.not_before and not line.firm:
                line.not_before = 0.0
                self._offer(address, line)

    def outlived(self, now: float) -> tuple[Parcel, ...]:
        """Drop the private answers that nobody waits for any more, and tell which."""
        dropped: list[Parcel] = []
        for address, line in tuple(self._lines.items()):
            over = [one for one in line.parcels if not _is_fresh(one, now)]
            if over:
                dropped += over
                line.parcels = deque(one for one in line.parcels if one not in over)
                self._offer(address, line)
        self.held -= len(dropped)
        return tuple(dropped)

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

    def knows(self, address: str) -> bool:
        """Whether anything waits for a chat, or is under way."""
        return address in self._lines

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
        fresh = [_is_fresh(parcel, now) for parcel in waiting]
        kept = tuple(one for one, *both in zip(waiting, good, fresh, strict=True) if all(both))
        return kept, tuple(one for one in waiting if one not in kept)

    def done(self, address: str, left: tuple[Parcel, ...] = (), not_before: float = 0.0, *, firm: bool = False) -> None:
        """A busy chat is free again; `left` goes back to its front, and nothing is sent before then. `firm`: the
        platform asked for that."""
        line = self._lines[address]
        line.busy, line.not_before, line.firm = False, not_before, firm
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
            at, address = heapq.heappop(self._paused)
            line = self._lines.get(address)
            if line is not None and line.not_before == at:  # else that pause was ended before
                line.not_before = 0.0
                self._offer(address, line)

    def _chosen(self) -> str | None:
        self._turns += 1
        if self._urgent and (self._turns % OTHERS_EVERY or not self._ready):
            return self._urgent.popitem(last=False)[0]
        if self._ready:
            self._plain += 1
            return self._ready.popitem(last=self._plain % OLDEST_EVERY != 0)[0]
        return None


def _replaces(new: Parcel, old: Parcel) -> bool:
    """Whether nobody misses the old one: a screen before a later one, and the same words of help twice."""
    return old.screen if not old.urgent else new.says == old.says


def _is_fresh(parcel: Parcel, now: float) -> bool:
    return bool(parcel.rows) or now - parcel.since < HOLD
