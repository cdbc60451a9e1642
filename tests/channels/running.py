"""The real server in the test's own loop, with the platforms' fakes beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.app import App
from bot.letterbox import Letterbox
from bot.server import Boxes, serve


@dataclass(frozen=True, slots=True)
class Running:
    """A server at work: where it listens, and its channels."""

    app: App
    url: str
    boxes: Boxes

    async def until(self, true: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - what is waited for may be anything a test can see
                await asyncio.sleep(0.002)

    async def calm(self, channel: str, seconds: float = 10) -> None:
        """Wait until nothing goes out any more."""
        await self.until(lambda: is_calm(self.boxes[channel]), seconds)


def is_calm(box: Letterbox) -> bool:
    """Whether nothing waits or is under way."""
    return box.delivery.is_calm


@asynccontextmanager
async def running(app: App, **settings: Any) -> AsyncIterator[Running]:
    """Serve on a free port with these settings, and stop in order."""
    served = replace(app, settings=app.settings.model_copy(update={"port": 0, **settings}))
    stop, begun = asyncio.Event(), asyncio.Event()
    places: list[tuple[str, Boxes]] = []

    def ready(url: str, boxes: Boxes) -> None:
        places.append((url, boxes))
        begun.set()

    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(served, ready, stop))
        waiting = group.create_task(begun.wait())
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        try:
            if places:
                yield Running(served, *places[0])
        finally:
            stop.set()
            begun.set()
