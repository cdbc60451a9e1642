"""Copies of one message, sent twice at once: one is handled, the others wait for its answer."""

import asyncio
from weakref import WeakValueDictionary

from handlers.chat import Incoming


class Copies:
    """A lock for each message under way; one that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    def of(self, incoming: Incoming) -> asyncio.Lock:
        """Hold this while the message is handled."""
        key = (incoming.channel, incoming.address, incoming.id)
        return self._locks.setdefault(key, asyncio.Lock())
