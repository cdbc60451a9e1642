"""APScheduler, used only as a clock: it sets a flag, and a pump of the one task group wakes and does the work.

Its own job store drops late jobs and dies silently with two processes; what is due is read from our own tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import failures

if TYPE_CHECKING:
    from bot.app import App


@dataclass(frozen=True, slots=True)
class Job:
    """A pump and how often it is woken. Each job stands in docs/running.md."""

    name: str
    seconds: float
    work: Callable[["App"], Awaitable[object]]


class Clock:
    """Wakes the pumps of an app. Late beats are folded into one; a pump that still works isn't started twice."""

    def __init__(self, app: "App", jobs: tuple[Job, ...]) -> None:
        self._app = app
        self._jobs = jobs
        self._flags = {job.name: asyncio.Event() for job in jobs}
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self, group: asyncio.TaskGroup) -> "list[asyncio.Task[None]]":
        """Start a pump a job in the group, and the clock that wakes them; the first beat is now."""
        for job in self._jobs:
            self._flags[job.name].set()
            settings = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
            self._scheduler.add_job(self._beat, "interval", args=(job.name,), seconds=job.seconds, **settings)
        self._scheduler.start()
        return [group.create_task(self._pump(job), name=job.name) for job in self._jobs]

    def stop(self) -> None:
        """Beat no more."""
        self._scheduler.shutdown(wait=False)

    async def _beat(self, name: str) -> None:
        # A coroutine, since APScheduler hands plain functions to a thread, from which no flag may be set.
        self._flags[name].set()

    async def _pump(self, job: Job) -> None:
        while True:
            await self._flags[job.name].wait()
            self._flags[job.name].clear()
            try:
                await job.work(self._app)
            except Exception as error:  # noqa: BLE001 - the next beat tries again; one bad row stops no clock
                failures.log(self._app.log, f"job {job.name} failed", error)
