"""The clock wakes each pump, again and again, and a pump in trouble stops nobody."""

import asyncio

import pytest

from bot.app import App
from bot.clock import Clock, Job


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
