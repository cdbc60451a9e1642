"""How a test talks to a fake Zalo server that runs as a process of its own: POST /control/<verb> with a JSON object.

Verbs: person {name} -> {id}; says {id, words}; sends {id, kind}; many {count, words, ids}; screen {id}; calls {method};
busiest {method, seconds}; fault {name, times, methods, seconds}; clear; listen {url, secret}; hold;
release {order, at_once}; forward {seconds}. The answer is the verb's result as JSON.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol

import aiohttp
from aiohttp import web

from tests.fakes.faults import Faults
from tests.fakes.zalo_clock import Clock
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_hooks import ORDERS, Delivered, Hook
from tests.fakes.zalo_wire import Calls, Given


class Someone(Protocol):
    """A person or a group."""

    id: str

    @property
    def screen(self) -> list[Any]:
        """What they see, the oldest first."""
        ...


class Fake(Protocol):
    """What can be told to do something."""

    calls: Calls
    faults: Faults
    clock: Clock
    hook: Hook

    @property
    def url(self) -> str:
        """Where it listens."""
        ...

    def person(self, name: str) -> Any:
        """Somebody new."""
        ...

    def known(self, chat: str) -> Any:
        """Somebody by id."""
        ...

    async def says(self, who: Any, words: str) -> Delivered | None:
        """They write."""
        ...

    async def sends_kind(self, who: Any, kind: str) -> Delivered | None:
        """They send something else, by its sentence in KINDS."""
        ...

    async def many(self, count: int, words: str, who: list[Any]) -> None:
        """They write a lot."""
        ...

    def listen(self, url: str, secret: str = "") -> None:
        """Where the webhook is."""
        ...


Verb = Callable[[Fake, Given], Awaitable[Any]]


def _status(delivered: Delivered | None) -> dict[str, Any]:
    return {"status": delivered.status, "seconds": delivered.seconds} if delivered else {"status": None}


async def _person(fake: Fake, given: Given) -> Any:
    return {"id": fake.person(given["name"]).id}


async def _says(fake: Fake, given: Given) -> Any:
    return _status(await fake.says(fake.known(given["id"]), given["words"]))


async def _sends(fake: Fake, given: Given) -> Any:
    return _status(await fake.sends_kind(fake.known(given["id"]), given["kind"]))


async def _many(fake: Fake, given: Given) -> Any:
    await fake.many(given["count"], given["words"], [fake.known(chat) for chat in given["ids"]])


async def _screen(fake: Fake, given: Given) -> Any:
    return [asdict(shown) for shown in fake.known(given["id"]).screen]


async def _calls(fake: Fake, given: Given) -> Any:
    return [asdict(call) for call in fake.calls if given.get("method", call.method) == call.method]


async def _busiest(fake: Fake, given: Given) -> Any:
    return fake.calls.named(given["method"]).busiest(given.get("seconds", 1.0))


async def _fault(fake: Fake, given: Given) -> Any:
    only = {name: frozenset(given.pop(name)) for name in ("methods", "chats") if name in given}
    fake.faults.add(ZALO_FAULTS[given.pop("name")].but(**given, **only))


async def _clear(fake: Fake, _: Given) -> Any:
    fake.faults.clear()


async def _listen(fake: Fake, given: Given) -> Any:
    fake.listen(given["url"], given.get("secret", ""))


async def _hold(fake: Fake, _: Given) -> Any:
    fake.hook.held = True


async def _release(fake: Fake, given: Given) -> Any:
    order = ORDERS[given.get("order", "as_they_came")]
    return [_status(done) for done in await fake.hook.release(order, given.get("at_once", 1))]


async def _forward(fake: Fake, given: Given) -> Any:
    fake.clock.forward(given["seconds"])
    return [_status(done) for done in await fake.hook.retry()]


VERBS: Mapping[str, Verb] = {
    "person": _person,
    "says": _says,
    "sends": _sends,
    "many": _many,
    "screen": _screen,
    "calls": _calls,
    "busiest": _busiest,
    "fault": _fault,
    "clear": _clear,
    "listen": _listen,
    "hold": _hold,
    "release": _release,
    "forward": _forward,
}


def control(fake: Fake) -> list[web.RouteDef]:
    """The route of the tests' own."""

    async def told(request: web.Request) -> web.Response:
        given = await request.json() if request.can_read_body else {}
        return web.json_response(await VERBS[request.match_info["verb"]](fake, given))

    return [web.post("/control/{verb}", told)]


def options(description: str | None) -> argparse.ArgumentParser:
    """The command line that both servers share."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--webhook", default="", help="where events are posted to")
    parser.add_argument("--secret", default="secret-of-the-webhook", help="what the webhook knows the platform by")
    return parser


async def serve(fake: Fake, *more: str) -> None:
    """Print the address and what else there is, a line each, and run until told to end."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sys.stdout.write("\n".join([fake.url, *more, ""]))
    sys.stdout.flush()
    await ended.wait()


class Control:
    """The other end: `await Control(session, url)("says", id=..., words=...)`."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def __call__(self, verb: str, **given: Any) -> Any:
        """Tell it, and what it answers."""
        async with self._session.post(f"{self._url}/control/{verb}", json=given) as answer:
            answer.raise_for_status()
            return await answer.json()
