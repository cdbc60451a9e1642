"""What arrives by itself: server-sent events, read from the outbox, so that nothing is lost between two looks."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from bot.channels.refusals import documented, refused
from bot.channels.shown import shown
from bot.connections import room_for_streams
from handlers.chat import Say
from storage import outbox
from storage.database import StorageUnavailable
from storage.outbox import Waiting

if TYPE_CHECKING:
    from bot.channels.webchat import WebChat

HEARTBEAT = 20.0  # seconds: shorter than the patience of proxies
ENOUGH = 5  # streams of one session: a few open tabs
LARGEST = 2**31 - 1  # number of a message: more than a database's column holds is a joke


class Listeners:
    """Who listens now, by address; woken when something waits for them. No more than `most` at once."""

    def __init__(self, most: int | None = None) -> None:
        self._most = room_for_streams() if most is None else most
        self._all = 0
        self._woken: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.closing = False
        self.seen = 0  # the newest waiting message that was announced

    def join(self, address: str) -> asyncio.Event:
        """Listen; the event is set when there is something to look at."""
        event = asyncio.Event()
        self._woken[address].add(event)
        self._all += 1
        return event

    def leave(self, address: str, event: asyncio.Event) -> None:
        """Listen no more."""
        self._woken[address].discard(event)
        self._all -= 1
        if not self._woken[address]:
            del self._woken[address]

    def full(self, address: str) -> bool:
        """Whether this address, or the server, has as many streams open as it may."""
        return self._all >= self._most or len(self._woken.get(address, ())) >= ENOUGH

    def wake(self, address: str) -> None:
        """Something waits for this address."""
        for event in self._woken.get(address, ()):
            event.set()

    def close(self) -> None:
        """End every stream: the server stops."""
        self.closing = True
        for address in tuple(self._woken):
            self.wake(address)


@get(
    "/chat/api/sessions/{session:str}/events",
    media_type="text/event-stream",
    summary="Listen for messages",
    responses=documented("wrong_body", "unknown_session", "erased", "too_fast"),
)
async def listen(
    request: Request[None, None, State], session: FromPath[str], last: FromQuery[int | None] = None
) -> Stream:
    """Stream what arrives by itself; `Last-Event-ID`, or `last`, says what the listener has already."""
    web: WebChat = request.app.state.web
    address = web.tokens.address(session, web.app.now().date())
    if address is None:
        raise refused("unknown_session", web.app.metrics)
    if address in web.app.erased:
        raise refused("erased", web.app.metrics)
    wait = 60 if web.listeners.full(address) else web.messages.take(address, web.app.ticks())
    if wait:
        raise refused("too_fast", web.app.metrics, wait)
    known = min(_number(request.headers.get("last-event-id")) or last or 0, LARGEST)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(_stream(web, address, max(known, 0)), media_type="text/event-stream", headers=headers)


async def announce(web: "WebChat") -> None:
    """Wake the streams for which something new waits; a job of the clock."""
    for address, newest in await web.app.database.read(outbox.newest, "web", web.listeners.seen):
        web.listeners.seen = max(web.listeners.seen, newest)
        web.listeners.wake(address)


async def _stream(web: "WebChat", address: str, last: int) -> AsyncIterator[bytes]:
    if web.listeners.full(address):
        return  # others came in the same moment; the page listens again by itself
    event = web.listeners.join(address)
    web.app.metrics.listening.inc()
    try:
        if last:
            await web.app.database.run(outbox.delivered_up_to, "web", address, last)
        yield b"retry: 3000\n\n"
        while not web.listeners.closing:
            for message in await web.app.database.read(outbox.of_chat, "web", address, last):
                last = message.id
                yield _event(message)
            while not await _woken(event):
                yield b": still here\n\n"
    except StorageUnavailable:
        return  # the page listens again by itself
    finally:
        web.app.metrics.listening.dec()
        web.listeners.leave(address, event)


async def _woken(event: asyncio.Event) -> bool:
    """Whether there is something to look at; no for a heartbeat, each stream at a time of its own."""
    try:
        async with asyncio.timeout(HEARTBEAT * random.uniform(0.5, 1)):  # noqa: S311 - to spread the load
            await event.wait()
    except TimeoutError:
        return False
    event.clear()
    return True


def _event(message: Waiting) -> bytes:
    data = msgspec.json.encode(shown(msgspec.json.decode(message.body, type=Say)))
    return b"event: message\nid: %d\ndata: %b\n\n" % (message.id, data)


def _number(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 18 else None
