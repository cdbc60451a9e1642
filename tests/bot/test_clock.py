"""The clock wakes each pump, again and again, and a pump in trouble stops nobody."""

import asyncio
import secrets
from pathlib import Path

import pytest

from bot.app import App, build
from bot.clock import Clock, Job
from bot.jobs import scrub
from bot.settings import Settings
from bot.turns import receive
from handlers.chat import Incoming, Kind


async def run_for(app: App, seconds: float, *jobs: Job) -> None:
    """Let the clock beat for a while."""
    clock = Clock(app, jobs)
    async with asyncio.TaskGroup() as group:
        pumps = clock.start(group)
        await asyncio.sleep(seconds)
        clock.stop()
        for pump in pumps:
            pump.cancel()


async def test_a_pump_is_woken_at_once_and_again(app: App) -> None:
    """The first beat doesn't wait for the interval."""
    beats: list[float] = []

    async def work(_app: App) -> None:
        beats.append(asyncio.get_running_loop().time())

    await run_for(app, 0.75, Job("beat", 0.2, work))
    assert len(beats) >= 3


async def test_a_broken_job_is_noted_and_tried_again(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    """Its error's words stay out of the log, since they may quote a person."""
    tries = 0

    async def work(_app: App) -> None:
        nonlocal tries
        tries += 1
        raise ValueError("em lo lam")

    await run_for(app, 0.5, Job("broken", 0.1, work))
    said = "".join(capsys.readouterr())
    assert tries >= 2
    assert "job broken failed" in said
    assert "em lo lam" not in said


async def test_a_slow_job_is_not_started_twice(app: App) -> None:
    """Beats that come meanwhile are folded into one."""
    running = most = 0

    async def work(_app: App) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.3)
        running -= 1

    await run_for(app, 0.7, Job("slow", 0.05, work))
    assert most == 1


async def test_what_somebody_erased_is_gone_from_the_files_at_the_next_beat(sqlite_url: str, tmp_path: Path) -> None:
    """Not only the row: the bytes, which the WAL would keep; and nothing is scrubbed without need."""
    settings = Settings(data=tmp_path, database=sqlite_url)
    async with build(settings, serving=True) as app:

        async def tap(action: str) -> None:
            await receive(app, Incoming("web", "the-address-of-an", secrets.token_hex(8), Kind.TAP, action=action))

        await tap("age:18+")
        await scrub(app)
        assert found(tmp_path, b"the-address-of-an")
        await tap("me:erase:yes")
        assert found(tmp_path, b"the-address-of-an")
        await scrub(app)
        assert not found(tmp_path, b"the-address-of-an")


def found(folder: Path, what: bytes) -> bool:
    """Whether some bytes stand in any file of a folder."""
    return any(what in path.read_bytes() for path in folder.rglob("*") if path.is_file())
