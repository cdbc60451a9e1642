"""Figures: one run's count, the median of several with their spread, and the table."""

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

_BEGUN = time.monotonic()


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run did: so many, in so many seconds, with so many seconds of the processor."""

    count: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the processor for one."""
        return self.cpu / self.count * 1e6


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some runs, and the lowest and highest of them."""

    middle: float
    low: float
    high: float

    def told(self, form: str = ",.0f") -> str:
        """As the table shows it."""
        return f"{self.middle:{form}} ({self.low:{form}} to {self.high:{form}})"


def spread(values: Sequence[float]) -> Spread:
    """Several runs as one figure."""
    return Spread(statistics.median(values), min(values), max(values))


def times_as_many(ours: Sequence[Sample], theirs: Sequence[Sample]) -> Spread:
    """How many times as many a second: each run against the one beside it, since a machine's mood changes."""
    return spread([one.rate / other.rate for one, other in zip(ours, theirs, strict=True)])


def times_the_cost(ours: Sequence[Sample], theirs: Sequence[Sample]) -> Spread:
    """How many times as much of the processor for each one; other programs disturb this less."""
    return spread([one.cost / other.cost for one, other in zip(ours, theirs, strict=True)])


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where there is no goal."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None

    def told(self) -> str:
        """As Markdown."""
        verdict = {None: "", True: "met", False: "**not met**"}[self.met]
        return f"| {self.what} | {self.figure} | {self.goal} | {verdict} |"


def table(rows: Sequence[Row]) -> str:
    """All lines as a Markdown table."""
    head = "| what | measured | goal | |\n|---|---|---|---|\n"
    return head + "".join(f"{row.told()}\n" for row in rows)


def progress(line: str) -> None:
    """Tell on stderr what is being done; the table alone goes to stdout."""
    sys.stderr.write(f"{time.monotonic() - _BEGUN:6.0f} s  {line}\n")
    sys.stderr.flush()
