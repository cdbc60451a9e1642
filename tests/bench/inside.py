"""Our durable turns in one process, without HTTP: from the bytes of a message to the bytes of its answer.

A process of its own: `python -m tests.bench.inside SECONDS FOLDER [SESSIONS]`. It prints the sample as JSON.
SESSIONS is a file of sessions that are taken up; without it each walk is a new person's.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from pathlib import Path

import msgspec
import uvloop

from bot.app import build
from bot.channels.webchat import Sent, WebChat, decode, encode, web_chat
from bot.settings import Settings
from bot.turns import receive
from tests.bench import walk
from tests.bench.figures import Sample

WARM_UP = 0.5  # seconds
_READER = msgspec.json.Decoder(Sent)


async def turn(web: WebChat, session: str, tap: str) -> bytes:
    """One turn, as the route does it."""
    incoming = decode(web, session, _READER.decode(walk.body(action=tap)))
    return msgspec.json.encode(encode(await receive(web.app, incoming)))


async def turns(web: WebChat, seconds: float, sessions: Iterator[str]) -> Sample:
    """As many turns as fit, by all callers."""
    taps = walk.taps(web.app.library)
    count = 0
    begun, end, cpu = time.perf_counter(), time.perf_counter() + seconds, time.process_time()

    async def caller() -> None:
        nonlocal count
        while time.perf_counter() < end:
            session = next(sessions)
            for tap in taps:
                await turn(web, session, tap)
                count += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(walk.CALLERS):
            group.create_task(caller())
    return Sample(count, time.perf_counter() - begun, time.process_time() - cpu)


def new_sessions(web: WebChat, today: date) -> Iterator[str]:
    """Somebody new each time."""
    while True:
        yield web.tokens.new(today)


async def main(seconds: float, folder: Path, taken_up: Path | None) -> None:
    """Measure once."""
    async with build(Settings(data=folder), serving=True) as app:
        web = web_chat(app)
        known = cycle(taken_up.read_text().split()) if taken_up else None  # noqa: ASYNC240 - before it is measured
        sessions = known or new_sessions(web, app.now().date())
        await turns(web, WARM_UP, sessions)
        sample = await turns(web, seconds, sessions)
    sys.stdout.write(msgspec.json.encode(sample).decode())


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None))
