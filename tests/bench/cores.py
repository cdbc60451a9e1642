"""Which core is measured and which one asks, so that neither takes time from the other."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ALL = frozenset(os.sched_getaffinity(0))
MEASURED = frozenset({min(ALL)})
ASKING = ALL - MEASURED or ALL  # a machine with one core shares it, and the table says so


@contextmanager
def on(cores: frozenset[int]) -> Iterator[None]:
    """What is started inside runs on these cores for good; whoever starts it comes back."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def machine() -> str:
    """One line about what this ran on."""
    models = (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return (
        f"{len(ALL)} cores ({next(models, 'unknown')}), {memory} GB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def busy() -> str:
    """How busy the machine was in the last minute: figures of a machine that does other things are worth less."""
    return f"load of the last minute {os.getloadavg()[0]:.1f}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
