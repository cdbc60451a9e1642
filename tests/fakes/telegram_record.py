"""What was asked of the fake, and how fast: for what tests assert of a client's manners."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.fakes.telegram_wire import Params

Key = TypeVar("Key", str, int)
SENDING = frozenset({"sendMessage", "sendDocument", "sendPhoto"})
"""What Telegram counts as messages."""


@dataclass(slots=True)
class Call:
    """One request. `at`: monotonic seconds; `status`: of its answer, 0 when there was none; `fault`: if one came."""

    at: float
    method: str
    params: Params
    chat: str
    status: int = 0
    said: str = ""
    fault: str = ""

    def __getitem__(self, name: str) -> Any:
        """A parameter as it came."""
        return self.params.raw[name]


def peak(times: Iterable[float], seconds: float = 1.0) -> int:
    """The most of these times that lie within any `seconds`."""
    ordered, most, first = sorted(times), 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(slots=True)
class Record:
    """All requests in the order in which they came."""

    calls: list[Call] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def of(self, *methods: str, chat: int | str | None = None) -> list[Call]:
        """Those of some methods (none named: all), to one chat or any."""
        wanted = None if chat is None else str(chat)
        return [
            call
            for call in self.calls
            if (not methods or call.method in methods) and (wanted is None or call.chat == wanted)
        ]

    def counts(self) -> dict[str, int]:
        """How many of each method."""
        return _counted(self.calls, lambda call: call.method)

    def statuses(self) -> dict[int, int]:
        """How many were answered with each status."""
        return _counted(self.calls, lambda call: call.status)

    def peak(self, methods: frozenset[str] = SENDING, seconds: float = 1.0) -> int:
        """The most messages within any second."""
        return peak((call.at for call in self.calls if call.method in methods), seconds)

    def peaks(self, methods: frozenset[str] = SENDING, seconds: float = 1.0) -> dict[str, int]:
        """The same for each chat."""
        times: dict[str, list[float]] = {}
        for call in self.calls:
            if call.method in methods:
                times.setdefault(call.chat, []).append(call.at)
        return {chat: peak(its, seconds) for chat, its in times.items()}


def _counted(calls: list[Call], key: Callable[[Call], Key]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for call in calls:
        found[key(call)] = found.get(key(call), 0) + 1
    return found
