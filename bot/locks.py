"""One at a time, by key: a message's copies wait for the first, a chat's messages for each other."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Locks:
    """A lock a key, in the order of asking; one that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, *key: Hashable) -> asyncio.Lock:
        """Hold this while the work is done."""
        return self._locks.setdefault(key, asyncio.Lock())
