"""Telegram's webhook to an answer that was sent by a call: ours is durable, a bare aiogram keeps nothing."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from socket import socket
from subprocess import TimeoutExpired

import msgspec

from storage.library import Library
from tests.bench import bare, started
from tests.bench.cores import ALL, ASKING, MEASURED, on
from tests.bench.figures import Row, Sample, progress, spread, times_as_many, times_the_cost
from tests.bench.load import CONNECTIONS
from tests.bench.plan import Plan
from tests.bench.returning import first_message
from tests.bench.sink import Sink, listening
from tests.bench.started import Answering, answering
from tests.bench.wire import HOST, Line
from tests.servers import Server

GOAL, START_GOAL, MEMORY_GOAL = 1.0, 4.0, 300  # times, seconds, MB
SECRET = "shown-by-the-bench"
WARM_UPS = 1
Bodies = Callable[[int], Iterator[bytes]]
"""What one person sends, by their number."""


async def by_telegram(plan: Plan) -> list[Row]:
    """Side by side on the measured core, the asking side and the platform on the other."""
    ours: list[Sample] = []
    theirs: list[Sample] = []
    async with listening() as sink:
        with lachan(sink) as house, _bare(sink) as yardstick, on(ASKING):
            for number in range(-WARM_UPS, plan.repeats):
                progress(f"Telegram's webhook: run {number + 1} of {plan.repeats}")
                ours.append(await _load(house, sink, plan.seconds, "/telegram/webhook", lesson(plan.library)))
                theirs.append(await _load(yardstick, sink, plan.seconds, bare.PATH, _commands))
        begun = [await _start(sink) for _ in range(plan.starts)]
    ours, theirs = ours[WARM_UPS:], theirs[WARM_UPS:]
    ratio, cost = times_as_many(ours, theirs), times_the_cost(theirs, ours)
    told = f"{ratio.told('.2f')}; by the processor's time {cost.told('.2f')}"
    return [
        _row("messages over Telegram's webhook, each answered durably and by a call, a second, on one core", ours),
        _row("bare aiogram webhook that stores nothing and sends by a call, a second, on one core", theirs),
        Row("**how many times as quick as that**", told, f">= {GOAL}", ratio.middle >= GOAL),
        _under("start to first answer with Telegram on", [one[0] for one in begun], START_GOAL, "s"),
        _under("memory then", [one[1] for one in begun], MEMORY_GOAL, "MB"),
    ]


def lesson(library: Library) -> Bodies:
    """Somebody new opens a lesson by its name and reads on by typing "1": durable turns."""
    first = next(one for one in library.lessons.values() if not one.private)

    def bodies(person: int) -> Iterator[bytes]:
        for place, text in enumerate((first.title, *("1",) * (len(first.screens) - 1))):
            yield _update(person * 100 + place, person, text)

    return bodies


def _commands(person: int) -> Iterator[bytes]:
    """What the bare bot is sent: its last command, as often."""
    return (_update(person * 100 + place, person, f"/c{bare.COMMANDS - 1}") for place in range(7))


def _update(number: int, person: int, text: str) -> bytes:
    chat = {"id": person, "type": "private", "first_name": "An"}
    who = {"id": person, "is_bot": False, "first_name": "An", "language_code": "vi"}
    message: dict[str, object] = {"message_id": 2, "date": 1_700_000_000, "chat": chat, "from": who, "text": text}
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return msgspec.json.encode({"update_id": number, "message": message})


async def _load(server: Answering, sink: Sink, seconds: float, path: str, bodies: Bodies) -> Sample:
    """As many as fit; a person writes again when the answer to what they wrote has arrived."""
    people, answered = count(time.time_ns() // 1000 % 10**12), 0
    lines = [await Line.to(server.port) for _ in range(CONNECTIONS)]
    begun, end, cpu = time.perf_counter(), time.perf_counter() + seconds, server.cpu()

    async def caller(line: Line) -> None:
        nonlocal answered
        while time.perf_counter() < end:
            person = next(people)
            for body in bodies(person):
                coming = sink.expect(person)
                status, said = await line.ask(_post(path, body))
                if status != 200:
                    raise RuntimeError(f"{status}: {said.decode()}")
                async with asyncio.timeout(10):
                    await coming
                answered += 1

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(caller(line))
    sample = Sample(answered, time.perf_counter() - begun, server.cpu() - cpu)
    for line in lines:
        line.close()
    return sample


def _post(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def lachan(sink: Sink, cores: frozenset[int] = MEASURED) -> Iterator[Answering]:
    """The real server with Telegram on. It may send as fast as it can: the platform's own limit isn't measured."""
    with started.folder() as here:
        server = Server(here, started.LACHAN, **_settings(sink))
        with on(cores):
            server.start()
        try:
            yield answering(server)
        finally:
            with suppress(TimeoutExpired):
                server.stop(patience=20)
            server.kill()


def _settings(sink: Sink) -> dict[str, str]:
    with socket() as found:
        found.bind((HOST, 0))
        port = found.getsockname()[1]
    return {
        "LACHAN_PORT": str(port),
        "LACHAN_PUBLIC_URL": f"http://{HOST}:{port}",
        "LACHAN_TELEGRAM_TOKEN": "1:bench",
        "LACHAN_TELEGRAM_API": sink.url,
        "LACHAN_TELEGRAM_MODE": "webhook",
        "LACHAN_TELEGRAM_SECRET": SECRET,
        "LACHAN_TELEGRAM_A_SECOND": "100000",
    }


@contextmanager
def _bare(sink: Sink) -> Iterator[Answering]:
    with started.module("bare", "serve", sink.url, cores=MEASURED) as found:
        yield found


async def _start(sink: Sink) -> tuple[float, float]:
    """Seconds until the first answer, and MB then."""
    begun = time.perf_counter()
    with lachan(sink, ALL) as house:
        await first_message(house)
        return time.perf_counter() - begun, house.memory()


def _row(what: str, samples: list[Sample]) -> Row:
    cost = spread([one.cost for one in samples])
    return Row(what, f"{spread([one.rate for one in samples]).told()}; processor {cost.told()} µs each")


def _under(what: str, values: list[float], goal: float, unit: str) -> Row:
    found = spread(values)
    return Row(what, f"{found.told('.2f' if unit == 's' else '.0f')} {unit}", f"< {goal} {unit}", found.middle < goal)
