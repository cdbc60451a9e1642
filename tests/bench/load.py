"""Load that waits for its answers: as many requests a second as a server on one core can answer."""

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import count

import msgspec

from tests.bench import walk
from tests.bench.bare import PATH, update
from tests.bench.figures import Sample
from tests.bench.started import Answering
from tests.bench.wire import Line, post

CONNECTIONS = 64  # as many as share a commit: with fewer the core would wait while the disk writes
Requests = Callable[[], Iterator[bytes]]


async def load(server: Answering, seconds: float, requests: Requests) -> Sample:
    """As many as fit, each caller on a connection of its own. Anything but 200 ends it: it would be no measurement."""
    answered = 0
    lines = [await Line.to(server.port) for _ in range(CONNECTIONS)]
    begun, end, cpu = time.perf_counter(), time.perf_counter() + seconds, server.cpu()

    async def caller(line: Line) -> None:
        nonlocal answered
        for request in requests():
            status, body = await line.ask(request)
            if status != 200:
                raise RuntimeError(f"{status}: {body.decode()}")
            answered += 1
            if time.perf_counter() >= end:
                return

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(caller(line))
    sample = Sample(answered, time.perf_counter() - begun, server.cpu() - cpu)
    for line in lines:
        line.close()
    return sample


async def sessions(server: Answering, number: int) -> list[str]:
    """So many new sessions, made as the page makes them."""
    waiting = count(1)
    made: list[str] = []

    async def caller() -> None:
        line = await Line.to(server.port)
        while next(waiting) <= number:
            _status, body = await line.ask(post("/chat/api/sessions"))
            made.append(msgspec.json.decode(body)["session"])
        line.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(caller())
    return made


def message(session: str, body: bytes) -> bytes:
    """The request that sends one message."""
    return post(f"/chat/api/sessions/{session}/messages", body)


def walks(sessions: list[str], taps: tuple[str, ...]) -> Requests:
    """Each caller takes the next session and walks to the end with it, then another one."""
    waiting = iter(sessions)

    def requests() -> Iterator[bytes]:
        for session in waiting:
            for tap in taps:
                yield message(session, walk.body(action=tap))

    return requests


def updates() -> Iterator[bytes]:
    """What a bare bot is sent."""
    return (post(PATH, update(number)) for number in count())
