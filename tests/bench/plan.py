"""How long a run takes: the full form, and a short one to see that all still works."""

from dataclasses import dataclass

from storage.library import Library


@dataclass(frozen=True, slots=True)
class Plan:
    """What every measurement is told."""

    library: Library
    repeats: int = 5
    seconds: float = 3.0  # of one run that waits for its answers
    talk: float = 20.0  # seconds of a crowd's talk
    starts: int = 5
    kills: int = 3
    people: int = 100_000


def short(library: Library) -> Plan:
    """Two minutes; its figures say little."""
    return Plan(library, repeats=2, seconds=1.0, talk=4.0, starts=2, kills=1, people=20_000)
