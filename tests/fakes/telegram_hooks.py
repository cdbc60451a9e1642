"""How Telegram brings updates to a webhook: those of one chat one after the other, as many chats at once as allowed.

What isn't answered with 2xx is brought again after a delay that doubles each time, and holds up its chat meanwhile.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.telegram_profile import LOOPBACK
from tests.fakes.telegram_wire import Wire
from tests.fakes.telegram_world import World

FIRST, LONGEST = 1.0, 60.0  # seconds of delay


class _AbroadError(Exception):
    """An address on another machine: nothing goes there from a test."""


def _stays_here(url: str) -> None:
    if urlsplit(url).hostname not in LOOPBACK:
        raise _AbroadError


@dataclass(frozen=True, slots=True)
class Brought:
    """One delivery. `status` 0: there was no answer. `seconds` it took."""

    number: int
    status: int
    seconds: float


@dataclass(slots=True)
class Carrier:
    """Carries what waits to the webhook that is set. `delay` is the first; `patience`: seconds for an answer."""

    world: World
    delay: float = FIRST
    patience: float = LONGEST
    brought: list[Brought] = field(default_factory=list)
    _lanes: dict[str, deque[int]] = field(default_factory=dict)
    _ready: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def heed(self, number: int, update: Wire) -> None:
        """A new update waits."""
        if self.world.updates.hooked:
            self._line_up(number, update)

    def changed(self) -> None:
        """The webhook was set or taken away."""
        self._changed.set()

    async def run(self) -> None:
        """Carry until cancelled; begins anew whenever the webhook changes."""
        while True:
            self._changed.clear()
            await self._carry_until_changed()

    async def _carry_until_changed(self) -> None:
        self._lanes, self._ready = {}, asyncio.Queue()
        if not self.world.updates.hooked:
            await self._changed.wait()
            return
        for number, update in self.world.updates.waiting.items():
            self._line_up(number, update)
        connector = aiohttp.TCPConnector(limit=self.world.hook.at_once, ssl=False)
        timeout = aiohttp.ClientTimeout(total=self.patience)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http, asyncio.TaskGroup() as tasks:
            workers = [tasks.create_task(self._work(http)) for _ in range(self.world.hook.at_once)]
            await self._changed.wait()
            for worker in workers:
                worker.cancel()

    def _line_up(self, number: int, update: Wire) -> None:
        key = lane(update)
        if key not in self._lanes:
            self._lanes[key] = deque()
            self._ready.put_nowait(key)
        self._lanes[key].append(number)

    async def _work(self, http: aiohttp.ClientSession) -> None:
        while True:
            key = await self._ready.get()
            waiting = self._lanes[key]
            if len(waiting) > 1 and self.world.faults.spoils("out-of-order"):
                waiting.rotate(-1)
            await self._bring(http, waiting.popleft())
            if waiting:
                self._ready.put_nowait(key)
            else:
                del self._lanes[key]

    async def _bring(self, http: aiohttp.ClientSession, number: int) -> None:
        delay = self.delay
        while (update := self.world.updates.waiting.get(number)) is not None:
            if 200 <= await self._post(http, update) < 300:
                if self.world.faults.spoils("twice"):
                    await self._post(http, update)
                self.world.updates.waiting.pop(number, None)
                return
            await asyncio.sleep(delay)
            delay = min(LONGEST, delay * 2)

    async def _post(self, http: aiohttp.ClientSession, update: Wire) -> int:
        hook, loop = self.world.hook, asyncio.get_running_loop()
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        begun, status = loop.time(), 0
        try:
            _stays_here(hook.url)
            async with http.post(hook.url, json=update, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                status = answer.status
                said = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except _AbroadError:
            said = "Failed to resolve host: Name or service not known"
        except TimeoutError:
            said = "Read timeout expired"
        except aiohttp.ClientError as error:
            said = (
                "Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else "Connection reset by peer"
            )
        if not 200 <= status < 300:
            hook.error, hook.error_at = said, int(self.world.now())
        self.brought.append(Brought(update["update_id"], status, loop.time() - begun))
        return status


def lane(update: Wire) -> str:
    """The chat an update belongs to, or the person, or itself."""
    for payload in update.values():
        if not isinstance(payload, dict):
            continue
        message = payload.get("message") if isinstance(payload.get("message"), dict) else payload
        for holder in (message, payload):
            known = holder.get("chat") or holder.get("from") if isinstance(holder, dict) else None
            if isinstance(known, dict) and "id" in known:
                return str(known["id"])
    return f"update {update['update_id']}"
