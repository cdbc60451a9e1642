"""Updates that wait for the bot, and the long poll that asks for them."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice, takewhile

from telegram.constants import PollingLimit, UpdateType

from tests.fakes.faults import Faults
from tests.fakes.telegram_things import UNDECODABLE
from tests.fakes.telegram_wire import Params, Refusal, Wire, bad

MOST = int(PollingLimit.MAX_LIMIT)
LONGEST = 50  # seconds that a poll is held
_UNASKED = {UpdateType.CHAT_MEMBER, UpdateType.MESSAGE_REACTION, UpdateType.MESSAGE_REACTION_COUNT}
_TERMINATED = "Conflict: terminated by {}"
_OTHER = "other getUpdates request; make sure that only one bot instance is running"
_HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(slots=True)
class Updates:
    """What waits, by number. `heed` is called with each new one; `novel`: unknown fields are put into all of them."""

    faults: Faults
    heed: Callable[[int, Wire], None] = lambda number, update: None
    novel: bool = True
    next: int = 700_000_001
    hooked: bool = False
    allowed: frozenset[str] = frozenset()  # empty: all but those which must be asked for
    waiting: dict[int, Wire] = field(default_factory=dict)
    _again: list[Wire] = field(default_factory=list)
    _poll: "asyncio.Future[None] | None" = None

    @property
    def held(self) -> bool:
        """Whether a poll waits for something to come."""
        return self._poll is not None

    def emit(self, kind: str, payload: object, extra: Wire | None = None) -> int:
        """Tell the bot, if it asked for this kind; the update's number, 0 when it didn't."""
        if not self._wanted(kind):
            return 0
        if self.faults.spoils("undecodable"):
            self.put(UNDECODABLE[self.next % len(UNDECODABLE)])
        novelties: Wire = {"future_field": {"kind": "unheard-of", "list": [1, None]}} if self.novel else {}
        return self.put({kind: payload} | novelties | (extra or {}))

    def put(self, update: Wire) -> int:
        """Let an update wait as it is, whatever is in it; its number."""
        number = self.next
        self.next += 1
        self.waiting[number] = {"update_id": number} | update
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self.heed(number, self.waiting[number])
        return number

    def allow(self, params: Params) -> None:
        """What is asked for from now on; it stays as it was when nothing is said."""
        kinds = params.tree("allowed_updates")
        if kinds is None:
            return
        if not isinstance(kinds, list):
            raise bad("can't parse allowed updates JSON object")
        self.allowed = frozenset(kind for kind in kinds if isinstance(kind, str))

    async def poll(self, params: Params) -> list[Wire]:
        """getUpdates."""
        if self.hooked:
            raise Refusal(409, _HOOKED)
        self.terminate(_OTHER)
        self.allow(params)
        self._confirm(params.integer("offset", 0))
        seconds = params.integer("timeout", 0, 0, LONGEST)
        if not self.waiting and not self._again and seconds:
            await self._wait(seconds)
        return self._batch(params.integer("limit", MOST, int(PollingLimit.MIN_LIMIT), MOST))

    def terminate(self, why: str) -> None:
        """End the poll that is held, if one is."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refusal(409, _TERMINATED.format(why)))

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _UNASKED

    def _confirm(self, offset: int) -> None:
        """Forget all before this number; below nought: all but so many of the last."""
        before = takewhile(lambda number: number < offset, self.waiting)
        numbers = list(self.waiting)[:offset] if offset < 0 else list(before)
        for number in numbers:
            del self.waiting[number]

    async def _wait(self, seconds: float) -> None:
        mine = self._poll = asyncio.get_running_loop().create_future()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await mine
        finally:
            if self._poll is mine:
                self._poll = None

    def _batch(self, limit: int) -> list[Wire]:
        again, self._again = self._again, []
        batch = again + list(islice(self.waiting.values(), limit))
        if batch and self.faults.spoils("twice"):
            self._again = [one for one in batch if one not in again]
        if batch and self.faults.spoils("out-of-order"):
            batch.reverse()
        return batch[:limit]
