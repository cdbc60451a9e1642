"""Ways in which a platform misbehaves, as a table that tests take their parameters from; no platform is named here."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from aiohttp import web

Work = Callable[[], Awaitable[web.Response]]
HANGS = 3600.0  # seconds, longer than any client waits; stopping the server ends it
FROM_NOW_ON = -1  # as `times`: until it is taken away


class Where(Enum):
    """What a fault spoils."""

    ANSWER = "answer"  # one request's
    SERVER = "server"  # all: nobody listens
    UPDATES = "updates"  # what the platform brings


@dataclass(frozen=True, slots=True)
class Fault:
    """One way. `effect`: what was asked for happens all the same; `times` it comes; `methods`, `chats`: only to these.

    A client can't tell faults with an effect from those without: it may repeat such a message.
    """

    name: str
    where: Where = Where.ANSWER
    effect: bool = False
    seconds: float = 0.0
    status: int = 200
    body: str = ""
    wait: int = 0  # seconds that a 429 asks for
    times: int = 1
    methods: frozenset[str] = frozenset()
    chats: frozenset[str] = frozenset()

    def but(self, **changes: object) -> "Fault":
        """The same with other times, methods, chats or seconds."""
        return replace(self, **changes)  # type: ignore[arg-type] # dataclasses.replace takes any field

    def meets(self, method: str, chat: str) -> bool:
        """Whether this request is one of those it comes to."""
        return (not self.methods or method in self.methods) and (not self.chats or chat in self.chats)

    async def happen(self, request: web.BaseRequest, work: Work) -> web.StreamResponse:
        """Do it to this request; the effect comes first, so that a client that leaves doesn't undo it."""
        answer = await work() if self.effect else self._refusal()
        await asyncio.sleep(self.seconds)
        return await _ENDINGS.get(self.name, _as_it_is)(request, answer)

    def _refusal(self) -> web.Response:
        body = self.body.replace("{wait}", str(self.wait))
        kind = "application/json" if body.startswith("{") else "text/html"
        return web.Response(status=self.status, body=body.encode(), content_type=kind)


def hang_up(request: web.BaseRequest) -> web.Response:
    """Reset the connection (RST) without a word."""
    if request.transport is not None:
        opened = request.transport.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _as_it_is(request: web.BaseRequest, answer: web.Response) -> web.StreamResponse:
    return answer


async def _reset(request: web.BaseRequest, answer: web.Response) -> web.StreamResponse:
    return hang_up(request)


async def _truncated(request: web.BaseRequest, answer: web.Response) -> web.StreamResponse:
    """Half of the JSON, as if it were whole."""
    whole = _bytes(answer)
    return web.Response(status=answer.status, body=whole[: len(whole) // 2], content_type="application/json")


async def _cut_off(request: web.BaseRequest, answer: web.Response) -> web.StreamResponse:
    """Announce the whole answer, send half of it, and hang up."""
    whole = _bytes(answer)
    half = web.StreamResponse(headers={"Content-Length": str(len(whole)), "Content-Type": "application/json"})
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()  # unlike abort, what was written still goes out
    return half


def _bytes(answer: web.Response) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else b""


_ENDINGS = {"reset": _reset, "dropped": _reset, "truncated": _truncated, "cut-off": _cut_off}


def _said(code: int, description: str, more: str = "") -> str:
    return f'{{"ok": false, "error_code": {code}, "description": {json.dumps(description)}{more}}}'


_RETRY = _said(429, "Too Many Requests: retry after {wait}", ', "parameters": {"retry_after": {wait}}')

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("slow", effect=True, seconds=0.5),
        Fault("hanging", seconds=HANGS),
        Fault("reset"),
        Fault("dropped", effect=True),
        Fault("held", effect=True, seconds=HANGS),
        Fault("truncated", effect=True),
        Fault("cut-off", effect=True),
        Fault("garbage", body="<html>\x00 not what was asked for"),
        Fault("empty"),
        Fault("wrong-shape", body='{"ok": true, "result": [[], {"message_id": "x"}]}'),
        Fault("too-many", status=429, body=_RETRY, wait=1),
        Fault("server-error", status=500, body=_said(500, "Internal Server Error")),
        Fault("bad-gateway", status=502, body="<html><head><title>502 Bad Gateway</title></head></html>"),
        Fault("unavailable", status=503, body="<html>Service Unavailable</html>"),
        Fault("refused", where=Where.SERVER, times=FROM_NOW_ON),
        Fault("twice", where=Where.UPDATES, times=FROM_NOW_ON),
        Fault("out-of-order", where=Where.UPDATES, times=FROM_NOW_ON),
        Fault("undecodable", where=Where.UPDATES, times=FROM_NOW_ON),
        Fault("many-waiting", where=Where.UPDATES, times=10_000),
    )
}
"""All of them by name. `dropped` and `held` took effect, then the connection went, or no answer came."""

ANSWERS = tuple(name for name, fault in FAULTS.items() if fault.where is Where.ANSWER)
UPDATES = tuple(name for name, fault in FAULTS.items() if fault.where is Where.UPDATES)


@dataclass(slots=True)
class _Coming:
    fault: Fault
    left: int


@dataclass(slots=True)
class Faults:
    """Those that are to come, each until it has happened as often as it should; `happened` names those that did."""

    happened: list[str] = field(default_factory=list)
    _coming: list[_Coming] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """One more to come."""
        self._coming.append(_Coming(fault, fault.times))

    def remove(self, fault: Fault) -> None:
        """No more of this one."""
        self._coming = [coming for coming in self._coming if coming.fault is not fault]

    def clear(self) -> None:
        """No more of any."""
        self._coming.clear()

    def taken(self, method: str, chat: str) -> Fault | None:
        """The one that happens to this request."""
        answers = (coming for coming in self._coming if coming.fault.where is Where.ANSWER)
        return self._happens(next((one for one in answers if one.left and one.fault.meets(method, chat)), None))

    def spoils(self, name: str) -> bool:
        """Whether the fault of this name happens to the update, or the batch of them, that goes out now."""
        return (
            self._happens(next((one for one in self._coming if one.left and one.fault.name == name), None)) is not None
        )

    def _happens(self, coming: _Coming | None) -> Fault | None:
        if coming is None:
            return None
        coming.left -= 1  # below nought it never ends
        self.happened.append(coming.fault.name)
        return coming.fault
