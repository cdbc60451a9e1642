"""The shape of a check: it looks at the scene and tells what it found, or None where it doesn't apply."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings


class Level(Enum):
    """How bad it is. Only MEND makes `lachan status` end with an exit code that isn't 0."""

    FINE = "fine"
    LOOK = "look"  # it works; somebody should look at it, or it couldn't be found out
    MEND = "mend"  # people are not served, or are less safe than promised


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `sentence` goes on after the check's name and a colon, in Vietnamese: what is so, and what to do.
    It holds no secret and nothing of a person."""

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to look at. `app` is None where the database or the content can't be used."""

    settings: "Settings"
    app: "App | None"
    now: datetime  # UTC, with its zone


Check = Callable[[Scene], Awaitable[Found | None]]
"""It may take `table.PATIENCE` seconds; it asks no host that the settings don't name, and changes nothing."""
