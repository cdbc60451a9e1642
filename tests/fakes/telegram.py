"""A Telegram of our own over real HTTP: the Bot API with its limits and refusals, and people who talk to the bot.

    async with Telegram() as fake:
        an = fake.person(1)
        ...  # start the bot with LACHAN_TELEGRAM_API=fake.url, LACHAN_TELEGRAM_TOKEN=fake.token
        an.write("/menu")
        await fake.until(lambda: an.heard)

`python -m tests.fakes.telegram --port 0` runs it as a process of its own, driven by telegram_control.py.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import web

from tests.fakes import telegram_control, telegram_people
from tests.fakes.faults import Fault, Where
from tests.fakes.telegram_hooks import FIRST, Carrier
from tests.fakes.telegram_methods import METHODS, method_of
from tests.fakes.telegram_people import Group, Person
from tests.fakes.telegram_record import Call, Record
from tests.fakes.telegram_wire import Params, Refusal, answer, params, refuse
from tests.fakes.telegram_world import TOKEN, World

HOST = "127.0.0.1"
LARGEST = 60_000_000  # bytes of a request
STRANGERS = 5_000_000  # from here on, ids of people that nobody named


class Telegram:
    """The server and all it knows. `now`: Unix seconds; `light`: without the second opinions, which are slow.

    What was taken though aiogram or teremok would object stands in `objections`; leaving the context then fails.
    """

    def __init__(
        self, token: str = TOKEN, *, port: int = 0, light: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        self.world = World(token, now)
        self.carrier = Carrier(self.world)
        self.world.updates.heed = self.carrier.heed
        self.objections: list[str] = []
        self.port = port
        self._object = None if light else _second_opinions()
        self._runner: web.ServerRunner | None = None
        self._server: web.Server | None = None
        self._site: web.TCPSite | None = None
        self._carrying: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens: scheme, host and port."""
        return f"http://{HOST}:{self.port}"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def record(self) -> Record:
        """All that was asked."""
        return self.world.record

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = web.Server(self._handle, request_factory=_request, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(self._server, shutdown_timeout=0.05)
        await self._runner.setup()
        await self.listen()
        # It is awaited in __aexit__: what it raises is seen there.
        self._carrying = asyncio.get_running_loop().create_task(self.carrier.run())
        return self

    async def __aexit__(self, kind: object, *rest: object) -> None:
        """Stop; an objection that nobody took away is an error."""
        assert self._carrying is not None
        assert self._runner is not None
        self._carrying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._carrying
        self.hang_up()
        await self._runner.cleanup()
        if kind is None and self.objections:
            raise AssertionError(f"taken, though others object: {self.objections}")

    async def listen(self) -> None:
        """Take connections, on the same port as before."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, HOST, self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def refuse(self) -> None:
        """Take no more connections, and end those there are."""
        assert self._site is not None
        await self._site.stop()
        self.hang_up()

    def hang_up(self) -> None:
        """End all connections."""
        for connection in self._server.connections if self._server else ():
            if connection.transport is not None:
                connection.transport.abort()

    @asynccontextmanager
    async def suffers(self, fault: Fault) -> AsyncIterator[None]:
        """Let a fault happen; it is over when this is left."""
        if fault.where is Where.SERVER:
            await self.refuse()
        elif fault.name == "many-waiting":
            self.backlog(fault.times)
        else:
            self.world.faults.add(fault)
        try:
            yield
        finally:
            self.world.faults.remove(fault)
            if fault.where is Where.SERVER:
                await self.listen()

    def person(self, number: int, **known: object) -> Person:
        """Somebody with this id; see telegram_people.person."""
        return telegram_people.person(self.world, number, **known)

    def group(self, number: int, kind: str = "group", title: str = "Class 8A") -> Group:
        """A group, supergroup or channel."""
        return telegram_people.group(self.world, number, kind, title)

    def backlog(self, many: int, people: int = 500, text: str = "/menu") -> list[Person]:
        """So many messages of so many strangers, who write in turn."""
        crowd = [self.person(STRANGERS + number) for number in range(min(people, many))]
        for number in range(many):
            crowd[number % len(crowd)].write(text.replace("{n}", str(number)))
        return crowd

    async def until(self, true: Callable[[], Any], seconds: float = 5.0) -> None:
        """Wait until something holds; TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - what is waited for may be anything a test can see
                await asyncio.sleep(0.005)

    async def settled(self, seconds: float = 5.0) -> None:
        """Wait until no update waits any more."""
        await self.until(lambda: not self.world.updates.waiting, seconds)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/control/"):
            return await telegram_control.answer(self, request)
        if request.path.startswith("/file/"):
            return self._file(request.path)
        try:
            name = method_of(request.path, self.token)
            given = await params(request)
        except Refusal as refusal:
            self.record.calls.append(
                Call(time.monotonic(), request.path.rpartition("/")[2], Params({}), "", refusal.code)
            )
            return refuse(refusal)
        call = Call(time.monotonic(), name, given, self.world.place(given))
        self.record.calls.append(call)
        fault = self.world.faults.taken(name, call.chat)
        if fault is None:
            return await self._done(call)
        call.fault = fault.name
        return await fault.happen(request, lambda: self._done(call))

    async def _done(self, call: Call) -> web.Response:
        try:
            if call.method == "getUpdates":
                result: Any = await self.world.updates.poll(call.params)
            else:
                result = METHODS[call.method](self.world, call.params)
        except Refusal as refusal:
            call.status, call.said = refusal.code, refusal.description
            return refuse(refusal)
        call.status = 200
        if call.method in ("setWebhook", "deleteWebhook"):
            self.carrier.changed()
        if self._object is not None:
            self.objections += self._object(call)
        return answer(*result) if isinstance(result, tuple) else answer(result)

    def _file(self, path: str) -> web.Response:
        token, _, place = path.removeprefix("/file/bot").partition("/")
        found = self.world.files.get(place.rpartition("/")[2])
        if token != self.token or found is None:
            return refuse(Refusal(404, "Not Found"))
        content = self.world.contents.get(found["file_id"], b"\x00" * found["file_size"])
        return web.Response(body=content, content_type="application/octet-stream")


def _second_opinions() -> Callable[[Call], list[str]]:
    from tests.fakes.telegram_checks import objections  # aiogram takes two seconds to import

    return objections


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST)


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Telegram(arguments.token, port=arguments.port, light=arguments.light) as fake:
        fake.carrier.delay = arguments.delay
        sys.stdout.write(f"{fake.url}\n")
        sys.stdout.flush()
        await stop.wait()


def _main() -> None:
    parser = argparse.ArgumentParser(description="A Telegram Bot API on loopback, with people.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--light", action="store_true", help="without the second opinions, for benches")
    parser.add_argument("--delay", type=float, default=FIRST, help="seconds until a webhook is tried again")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    _main()
