"""What both fake Zalo servers share: a server on loopback that records each request and misbehaves as told."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.fakes.faults import Fault, Faults, Where
from tests.fakes.zalo_clock import Clock
from tests.fakes.zalo_hooks import Delivered, Hook

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came; `at` in monotonic seconds, `way` as in `POST json`, `fault` what was done to it."""

    at: float
    method: str
    given: Given
    way: str
    headers: dict[str, str]
    fault: str = ""


class Calls(list[Call]):
    """Requests in the order in which they came."""

    def named(self, method: str) -> "Calls":
        """Those of one method."""
        return Calls(call for call in self if call.method == method)

    def busiest(self, seconds: float = 1.0) -> int:
        """The most requests that came within any `seconds`."""
        return busiest((call.at for call in self), seconds)

    def rates(self, key: Callable[[Call], str], seconds: float = 1.0) -> dict[str, int]:
        """The same for each recipient, or whatever `key` tells apart."""
        times: dict[str, list[float]] = {}
        for call in self:
            times.setdefault(key(call), []).append(call.at)
        return {name: busiest(its, seconds) for name, its in times.items()}


def busiest(times: Iterable[float], seconds: float) -> int:
    """The most of these times that lie within any `seconds`."""
    ordered, most, first = sorted(times), 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


async def parameters(request: web.Request) -> tuple[Given, str]:
    """What a request gives, whichever of the four ways it takes, and which that was."""
    given: Given = dict(request.query)
    kind = request.content_type if request.can_read_body else ""
    if kind == "application/json":
        body = json.loads(await request.read() or b"{}")
        if not isinstance(body, dict):
            raise ValueError("a JSON object is expected")
        return given | body, f"{request.method} json"
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = await request.post()
        way = "form" if kind.endswith("urlencoded") else "multipart"
        return given | {
            name: value for name, value in form.items() if isinstance(value, str)
        }, f"{request.method} {way}"
    return given, f"{request.method} query"


class Wire:
    """A server on loopback; `async with` starts and stops it. Subclasses route what comes."""

    def __init__(self, port: int = 0, delays: Sequence[float] = ()) -> None:
        self.calls = Calls()
        self.faults = Faults()
        self.clock = Clock()
        self.hook = Hook(self.clock, delays)
        self.port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._behind: tuple[Given, str] | None = None

    @property
    def url(self) -> str:
        """Scheme, host and port: what stands in a setting that ends in _API."""
        return f"http://127.0.0.1:{self.port}"

    def routes(self) -> list[web.RouteDef]:
        """What a subclass serves."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await self.accept()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.clear()
        await self.hook.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def accept(self) -> None:
        """Listen, on the same port as before."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def refuse(self) -> None:
        """Stop listening and hang up: connections are refused until `accept`."""
        assert self._site is not None
        assert self._runner is not None
        await self._site.stop()
        for connection in list(self._runner.server.connections if self._runner.server else ()):
            if connection.transport is not None:
                connection.transport.abort()

    @asynccontextmanager
    async def suffering(self, fault: Fault) -> AsyncIterator[None]:
        """Misbehave while the block runs; `many-waiting` is done with `many` instead."""
        if fault.where is Where.SERVER:
            await self.refuse()
        self.faults.add(fault)
        try:
            yield
        finally:
            self.faults.remove(fault)
            if fault.where is Where.SERVER:
                await self.accept()
            await self._catch_up()

    async def emit(self, payload: Given, chat: str = "") -> Delivered | None:
        """Bring any event whatever, unless a fault doubles it, turns it round, or puts an undecodable one before it."""
        if self.faults.spoils("undecodable"):
            await self.bring(payload | {"message": 7, "sender": [], "follower": None}, chat)
        if self.faults.spoils("out-of-order") and self._behind is None:
            self._behind = (payload, chat)
            return None
        done = await self.bring(payload, chat)
        if self.faults.spoils("twice"):
            done = await self.bring(payload, chat)
        await self._catch_up()
        return done

    async def bring(self, payload: Given, chat: str) -> Delivered | None:
        """Post an event or let it wait to be fetched."""
        raise NotImplementedError

    async def _catch_up(self) -> None:
        behind, self._behind = self._behind, None
        if behind is not None:
            await self.bring(*behind)

    async def answered(
        self, request: web.Request, method: str, work: Callable[[Given], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """Record a request, do its work, and answer it, or do to it what a fault says."""
        given, way = await parameters(request)
        fault = self.faults.taken(method, self.chat_of(given))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Call(time.monotonic(), method, given, way, headers, fault.name if fault else ""))
        if fault is None:
            return await work(given)
        return await fault.happen(request, lambda: work(given))

    def chat_of(self, given: Given) -> str:
        """Whom a request is for, if anybody."""
        raise NotImplementedError
