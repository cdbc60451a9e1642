"""The one thread that writes to SQLite. Calls that wait together share a commit.

A commit waits for the disk (0.1 to 10 ms); sharing it is what lets a small machine answer many at once.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from storage.database import StorageUnavailable

AT_ONCE = 64  # calls in one commit


@dataclass(slots=True, eq=False)
class Call:
    """A function that waits for its turn, and what came of it."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    loop: asyncio.AbstractEventLoop
    told: asyncio.Future[None]
    value: Any = None
    error: BaseException | None = None


class Writer:
    """Takes calls in their order, hands them over in groups, and tells each caller when its group is through."""

    def __init__(self, together: Callable[[list[Call]], None], *, name: str) -> None:
        """`together` carries out a group and writes values and errors on its calls; it doesn't raise."""
        self._together = together
        self._waiting: SimpleQueue[Call | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        # A daemon, so that a process that forgets to close can end: what it acknowledged is on the disk.
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Wait in line, and return or raise what the function did."""
        loop = asyncio.get_running_loop()
        call = Call(function, args, kwargs, loop, loop.create_future())
        with self._door:
            if self._closed:
                raise StorageUnavailable("The database is closed.")
            self._waiting.put(call)
        # A bare signal, not the outcome: a cancelled caller leaves no exception behind that nobody fetched.
        await call.told
        if call.error is not None:
            raise call.error
        return call.value

    def close(self) -> None:
        """Finish what waits; blocks until it is done."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        open_ = True
        while open_:
            calls, open_ = self._next()
            if calls:
                self._together(calls)
                _tell(calls)

    def _next(self) -> tuple[list[Call], bool]:
        """The calls that wait now, and whether the door is still open."""
        calls: list[Call] = []
        with suppress(Empty):
            call = self._waiting.get()
            while call is not None:
                calls.append(call)
                if len(calls) == AT_ONCE:
                    return calls, True
                call = self._waiting.get_nowait()
            return calls, False
        return calls, True


def _tell(calls: list[Call]) -> None:
    """Wake the callers, with one signal for each event loop among them."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Call]] = {}
    for call in calls:
        by_loop.setdefault(call.loop, []).append(call)
    for loop, told in by_loop.items():
        with suppress(RuntimeError):  # that loop is closed: nobody is left to hear it
            loop.call_soon_threadsafe(_wake, told)


def _wake(calls: list[Call]) -> None:
    for call in calls:
        if not call.told.done():
            call.told.set_result(None)
