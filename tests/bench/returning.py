"""How soon the server answers: after a start, and after a SIGKILL in the middle of talk."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from storage.library import Library
from tests.bench import walk
from tests.bench.crowd import Crowd, Heard
from tests.bench.load import message, sessions
from tests.bench.started import LACHAN, Answering, answering, folder
from tests.bench.wire import Line
from tests.servers import Server

A_SECOND, VISITORS = 100, 200
BEFORE = 2.0  # seconds of talk before the kill
LOOKED_AT = 200  # answers given before the kill that are asked for again


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until the first message was answered, and MB of memory right then."""

    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Return:
    """Seconds from the kill until a message was answered, and what became of what was answered before it."""

    seconds: float
    asked_again: int
    lost: int


async def start(here: Path, caches: Path) -> Start:
    """Start on what a folder holds, and have one message answered. Compiled code is kept in `caches`, as is usual."""
    server = Server(here, LACHAN, PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=str(caches))
    begun = time.perf_counter()
    server.start()
    try:
        found = answering(server)
        await first_message(found)
        return Start(time.perf_counter() - begun, found.memory())
    finally:
        server.stop()


async def first_message(server: Answering) -> None:
    """A new session and its first durable answer."""
    [session] = await sessions(server, 1)
    line = await Line.to(server.port)
    status, _body = await line.ask(message(session, walk.body(action="start")))
    assert status == 200
    line.close()


async def returned(library: Library, seed: int) -> Return:
    """Kill a server in the middle of talk, start it again at once, and ask again for the newest answers."""
    with folder() as here:
        server = Server(here, LACHAN)
        server.start()
        try:
            crowd = Crowd(answering(server), library, seed)
            await crowd.gather(VISITORS)
            heard, seconds = await _killed(server, crowd)
            newest = heard.kept[-LOOKED_AT:]
            again = [await crowd.answer(request) for request, _body in newest]
            lost = sum(body != first for (_request, first), (_status, body) in zip(newest, again, strict=True))
            return Return(seconds, len(newest), lost)
        finally:
            server.kill()


async def _killed(server: Server, crowd: Crowd) -> tuple[Heard, float]:
    async with asyncio.TaskGroup() as group:
        talk = group.create_task(crowd.talk(A_SECOND, BEFORE * 1.5))
        await asyncio.sleep(BEFORE)
        begun = time.perf_counter()
        server.kill()
        await asyncio.to_thread(server.start)
        crowd.server = answering(server)
        await first_message(crowd.server)
        seconds = time.perf_counter() - begun
    return talk.result(), seconds
