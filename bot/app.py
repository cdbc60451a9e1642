"""The composition root: a parts list, built in order and closed in order. Tests call the same `build`."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import structlog

from bot import labels
from bot.locks import Locks
from bot.memory import Memory
from bot.metrics import Metrics
from bot.settings import Settings
from handlers.chat import Incoming
from storage import erased
from storage.database import Database, open_database
from storage.erased import Marks
from storage.library import Library, load
from storage.secret import Secret, open_secret

if TYPE_CHECKING:
    from bot.delivery import Delivery

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class App:
    """All parts. Only this knows them all."""

    settings: Settings
    library: Library
    database: Database
    secret: Secret
    now: Clock
    labels: Mapping[str, str]
    quiet_labels: Mapping[str, str]  # what may be typed on a private screen
    erased: Marks
    memory: Memory = field(default_factory=Memory)
    copies: Locks = field(default_factory=Locks)
    metrics: Metrics = field(default_factory=Metrics)
    ticks: Callable[[], float] = time.monotonic  # seconds that never go back, for limits
    deliveries: "dict[str, Delivery]" = field(default_factory=dict)  # of the channels that are sent to
    unscrubbed: asyncio.Event = field(default_factory=asyncio.Event)  # somebody erased; bytes are left in the WAL
    log: structlog.typing.FilteringBoundLogger = field(default_factory=structlog.get_logger)
    _inbox_key: bytes = b""

    def today(self) -> date:
        """The day in the province, by which all that is kept is dated."""
        return self.now().astimezone(self.library.edition.timezone).date()

    def event_key(self, incoming: Incoming) -> bytes:
        """The keyed hash under which a message is noted: it tells nothing about who wrote."""
        event = "\0".join((incoming.channel, incoming.address, incoming.id)).encode("utf-8", "surrogatepass")
        return hmac.digest(self._inbox_key, event, hashlib.sha256)[:16]


def clock() -> datetime:
    """The only look at the clock; everybody else is told the time."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


@asynccontextmanager
async def build(settings: Settings, *, serving: bool, now: Clock = clock) -> AsyncIterator[App]:
    """Build every part; the database is closed last.

    Raises BadContent, AlreadyServed, NewerDatabase, OlderDatabase or StorageUnavailable.
    """
    library = await asyncio.to_thread(load, settings.content, now().date())
    settings.data.mkdir(parents=True, exist_ok=True)
    secret = open_secret(settings.data)
    database = await open_database(settings.database_url, serving=serving)
    try:
        yield App(
            settings=settings,
            library=library,
            database=database,
            secret=secret,
            now=now,
            labels=labels.of(library),
            quiet_labels=labels.quiet(library),
            erased=Marks(await database.read(erased.all_marked)),
            _inbox_key=secret.derived("inbox"),
        )
    finally:
        await database.close()
