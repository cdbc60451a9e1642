"""A house to look at, as `lachan status` does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app import build, clock
from bot.checks.found import Check, Level, Scene
from bot.settings import Settings


@asynccontextmanager
async def scene(folder: Path, now: datetime | None = None, **settings: Any) -> AsyncIterator[Scene]:
    """A house on an empty folder, looked at now or at another time."""
    chosen = Settings(data=folder, **settings)
    async with build(chosen, serving=False, now=lambda: now or clock()) as app:
        yield Scene(chosen, app, now or clock())


async def level(check: Check, folder: Path, now: datetime | None = None, **settings: Any) -> Level | None:
    async with scene(folder, now, **settings) as here:
        found = await check(here)
    return None if found is None else found.level
