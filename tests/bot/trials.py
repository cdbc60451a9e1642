"""Somebody at a keyboard with a phone beside it, who does what the screen of `lachan trial` says."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.trial import Stuck
from bot.trial.guide import lead
from bot.trial.step import CODE, Line

Act = Callable[[], Awaitable[Any] | object]
PATIENCE = 15.0  # seconds that a trial waits for somebody who does nothing


@dataclass(slots=True)
class Desk:
    """`acts`: what is done when a line of the screen holds these words; what isn't there is not done."""

    acts: dict[str, Act]
    lines: list[str] = field(default_factory=list)
    code: str = ""
    _screen: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    _keys: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    def say(self, line: str) -> None:
        """The screen."""
        self.lines.append(line)
        self._screen.put_nowait(line)

    async def typed(self) -> AsyncIterator[str]:
        """The keyboard."""
        while True:
            yield await self._keys.get()

    def type(self, keys: str) -> None:
        """Press keys, then Enter."""
        self._keys.put_nowait(keys)

    async def live(self) -> None:
        """Do what is said."""
        while True:
            line = await self._screen.get()
            found = re.search(rf"{CODE}\d+", line)
            self.code = found[0] if found else self.code
            for words, act in self.acts.items():
                if words in line and re.match(r"\d+/\d+ ", line):
                    done = act()
                    if isinstance(done, Awaitable):
                        await done

    def judged(self, sign: str) -> list[str]:
        """The claims with this sign, in order."""
        return [line.strip().removeprefix(f"[{sign}] ") for line in self.lines if line.startswith(f"   [{sign}]")]


async def tried(line: Line, desk: Desk, folder: Path, patience: float = PATIENCE) -> bool:
    """A whole trial; whether nothing turned out otherwise."""
    try:
        async with asyncio.TaskGroup() as group:
            living = group.create_task(desk.live())
            try:
                return await lead(line, folder, desk.say, desk.typed(), patience)
            finally:
                living.cancel()
    except* Stuck as stuck:
        raise stuck.exceptions[0] from None


def kept(folder: Path) -> dict[str, Any]:
    """The newest file of a folder."""
    newest: dict[str, Any] = json.loads(text(folder))
    return newest


def text(folder: Path) -> str:
    """The same as it is written."""
    return max(folder.iterdir()).read_text()


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
