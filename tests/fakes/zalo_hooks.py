"""How both fake Zalo servers call a webhook: at once, or held back and then doubled, turned round, or all together."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import aiohttp

from tests.fakes.zalo_clock import Clock

PATIENCE = 2.0  # seconds in which an Official Account's webhook must have answered; the Bot Platform names none
Order = Callable[[list["Event"]], list["Event"]]


@dataclass(frozen=True, slots=True)
class Event:
    """A payload on its way: its bytes and headers, the chat it belongs to, and how often it was tried again."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    chat: str = ""
    retries: int = 0
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the webhook made of it; status 0: there was no answer."""

    event: Event
    status: int
    seconds: float
    body: str = ""


def as_they_came(events: list[Event]) -> list[Event]:
    """No change."""
    return events


def backwards(events: list[Event]) -> list[Event]:
    """The last first."""
    return events[::-1]


def twice(events: list[Event]) -> list[Event]:
    """Each two times in a row."""
    return [event for event in events for _ in range(2)]


def shuffled(events: list[Event]) -> list[Event]:
    """In an order that is the same in each run."""
    return random.Random(11).sample(events, len(events))


ORDERS: dict[str, Order] = {order.__name__: order for order in (as_they_came, backwards, twice, shuffled)}


class Hook:
    """A webhook's caller. `delays`: seconds until each next try when the connection fails; none: no further try."""

    def __init__(self, clock: Clock, delays: Sequence[float] = ()) -> None:
        self.url = ""
        self.delays = tuple(delays)
        self.held = False
        self.disabled = False  # after the last try; a human must switch it on again
        self.waiting: list[Event] = []
        self.delivered: list[Delivered] = []
        self._clock = clock
        self._again: list[Event] = []
        self._session: aiohttp.ClientSession | None = None

    async def give(self, event: Event) -> Delivered | None:
        """Deliver, or hold it back."""
        if self.held:
            self.waiting.append(event)
            return None
        return await self.deliver(event)

    async def deliver(self, event: Event) -> Delivered | None:
        """Call the webhook once; None when there is none."""
        if not self.url or self.disabled:
            return None
        begun = time.monotonic()
        try:
            status, body = await self._post(event)
        except (aiohttp.ClientError, TimeoutError):
            status, body = 0, ""
            self._try_later(event)
        done = Delivered(event, status, time.monotonic() - begun, body)
        self.delivered.append(done)
        return done

    async def release(self, order: Order = as_they_came, at_once: int = 1) -> list[Delivered]:
        """Deliver what was held back, in this order, so many at once."""
        self.held = False
        events, self.waiting = order(self.waiting), []
        places = asyncio.Semaphore(at_once)

        async def one(event: Event) -> Delivered | None:
            async with places:
                return await self.deliver(event)

        return [done for done in await asyncio.gather(*map(one, events)) if done]

    async def retry(self) -> list[Delivered]:
        """Try again what is due by the clock."""
        due = [event for event in self._again if event.due <= self._clock.now]
        self._again = [event for event in self._again if event not in due]
        return [done for event in due if (done := await self.deliver(event))]

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, event: Event) -> tuple[int, str]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        headers = {"Content-Type": "application/json"} | event.headers
        if event.retries:
            headers["num_retry"] = str(event.retries)
        async with self._session.post(self.url, data=event.body, headers=headers) as answer:
            return answer.status, await answer.text()

    def _try_later(self, event: Event) -> None:
        if event.retries < len(self.delays):
            due = self._clock.now + self.delays[event.retries]
            self._again.append(replace(event, retries=event.retries + 1, due=due))
        elif self.delays:
            self.disabled = True
