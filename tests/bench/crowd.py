"""What people feel: many who talk at their own pace, following the buttons they are shown, and now and then typing."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import cast

import msgspec

from storage.library import Library
from tests.bench import walk
from tests.bench.load import message, sessions
from tests.bench.started import Answering
from tests.bench.wire import HOST, Line, get

TYPED = 0.15  # of the messages are typed: a third of them numbers, the rest questions
_READER = msgspec.json.Decoder(dict[str, object])


@dataclass(slots=True)
class Visitor:
    """One session and the buttons before it."""

    session: str
    buttons: list[str] = field(default_factory=lambda: ["start"])


@dataclass(slots=True)
class Heard:
    """What came of a talk: seconds from when each message was due until its answer, and what wasn't answered."""

    waits: list[float] = field(default_factory=list)
    failed: int = 0
    kept: list[tuple[bytes, bytes]] = field(default_factory=list)  # taps that were kept, and their answers

    def wait(self, share: float) -> float:
        """Milliseconds within which this share was answered."""
        return sorted(self.waits)[min(int(len(self.waits) * share), len(self.waits) - 1)] * 1_000


class Crowd:
    """Visitors of one server. As behind a reverse proxy, a message takes a connection that is free."""

    def __init__(self, server: Answering, library: Library, seed: int) -> None:
        self.server = server
        self._chance = Random(seed)
        self._questions = [question.text for question in library.questions.values()]
        self._visitors: list[Visitor] = []
        self._free: list[Line] = []

    async def gather(self, number: int) -> list[str]:
        """Let so many begin; their sessions."""
        found = await sessions(self.server, number)
        self._visitors = [Visitor(session) for session in found]
        return found

    async def talk(self, a_second: float, seconds: float) -> Heard:
        """Messages arrive by chance, so many a second on average, whether the server keeps up or not."""
        heard = Heard()
        due = begun = time.perf_counter()
        turn = 0
        async with asyncio.TaskGroup() as group:
            while due < begun + seconds:
                await asyncio.sleep(max(0, due - time.perf_counter()))
                visitor = self._visitors[turn % len(self._visitors)]
                group.create_task(self._visit(visitor, due, heard))
                due += self._chance.expovariate(a_second)
                turn += 1
        return heard

    async def answer(self, request: bytes) -> tuple[int, bytes]:
        """Ask on a free connection, or on a new one; once more where the server hung up an idle one meanwhile."""
        used = self._free.pop() if self._free else None
        if used is not None:
            with suppress(OSError):
                return await self._ask(used, request)
        return await self._ask(await Line.to(self.server.port), request)

    async def _ask(self, line: Line, request: bytes) -> tuple[int, bytes]:
        answer = await line.ask(request)
        self._free.append(line)
        return answer

    async def _visit(self, visitor: Visitor, due: float, heard: Heard) -> None:
        tapped, body = self._what(visitor)
        request = message(visitor.session, body)
        try:
            status, answered = await self.answer(request)
        except OSError:
            status, answered = 0, b""
        if status != 200:
            heard.failed += 1
            return
        heard.waits.append(time.perf_counter() - due)
        answer = _READER.decode(answered)
        visitor.buttons = _buttons(answer)
        if tapped and not answer["private"]:
            heard.kept.append((request, answered))

    def _what(self, visitor: Visitor) -> tuple[bool, bytes]:
        if self._chance.random() < TYPED:
            return False, walk.body(text=self._chance.choice(("1", *self._chance.choices(self._questions, k=2))))
        return True, walk.body(action=self._chance.choice(visitor.buttons))


def _buttons(answer: dict[str, object]) -> list[str]:
    """The actions that stand now, but for my data: nobody is to erase themselves by chance."""
    messages = answer["messages"]
    assert isinstance(messages, list)
    actions: list[str] = [button["action"] for button in messages[-1]["buttons"]]
    return [action for action in actions if not action.startswith("me")] or ["menu"]


class Listener(asyncio.Protocol):
    """An open page that waits for what arrives by itself."""

    def __init__(self, session: str) -> None:
        self._session = session
        self.heard = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """From asyncio."""
        self.transport = cast("asyncio.WriteTransport", transport)
        self.transport.write(get(f"/chat/api/sessions/{self._session}/events"))

    def data_received(self, data: bytes) -> None:
        """From asyncio."""
        if not self.heard.done():
            self.heard.set_result(data)


async def listening(server: Answering, found: list[str]) -> Callable[[], None]:
    """Open a page for each session and wait until all hear; call what is returned to close them."""
    loop = asyncio.get_running_loop()
    pages = [(await loop.create_connection(partial(Listener, one), HOST, server.port))[1] for one in found]
    for page in pages:
        await page.heard

    def close() -> None:
        for page in pages:
            page.transport.close()

    return close
