"""What comes first in help. Pure: values in, values out."""

from collections.abc import Iterable
from datetime import datetime

from storage.library import HelpLine, Lesson
from storage.library.lessons import PRIVATE_TRACK, TRACKS

PUPIL = "hs"


def open_first(lines: Iterable[HelpLine], now: datetime) -> tuple[HelpLine, ...]:
    """Help lines that answer now, then the others, each group in the order of the content."""
    return tuple(sorted(lines, key=lambda line: not line.open_at(now)))


def quiet_cards(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Cards for people at risk: those made for them before those for everybody, the young first."""
    private = [lesson for lesson in lessons if PRIVATE_TRACK in lesson.tracks]
    return tuple(sorted(private, key=lambda lesson: (lesson.tracks >= TRACKS, PUPIL not in lesson.tracks)))


def is_for_adults(lesson: Lesson) -> bool:
    """Whether a quiet card is for somebody who is worried about another: a child, a husband."""
    return PRIVATE_TRACK in lesson.tracks and PUPIL not in lesson.tracks


def fitting(quiet: Iterable[Lesson], *, adult: bool) -> tuple[Lesson, ...]:
    """Quiet cards for whoever told of fear: an adult's own first, and for nobody else."""
    if adult:
        return tuple(sorted(quiet, key=lambda lesson: not is_for_adults(lesson)))
    return tuple(lesson for lesson in quiet if not is_for_adults(lesson))
