"""Which lessons come first, and how far somebody came. Pure: values in, values out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from storage.library import Lesson, Question
from storage.progress import Learnt

PAGE = 6  # lessons on one screen of the shelf: what a phone shows without scrolling


def shelf(lessons: Iterable[Lesson], track: str | None) -> tuple[Lesson, ...]:
    """The lessons of a track first, then the others, each group in the order of the content."""
    return tuple(sorted(lessons, key=lambda lesson: track is not None and track not in lesson.tracks))


def page(lessons: tuple[Lesson, ...], number: int) -> tuple[tuple[Lesson, ...], bool]:
    """One page of the shelf (0 = first), and whether another one follows."""
    start = number * PAGE
    return lessons[start : start + PAGE], start + PAGE < len(lessons)


def furthest(known: Learnt | None, lesson: Lesson, screen: int, today: date) -> Learnt:
    """How far they are after seeing a screen (0 = first): going back loses nothing."""
    of = len(lesson.screens)
    at = max(screen + 1, known.at if known else 0)
    done = at >= of or (known is not None and known.done)
    fresh = Learnt("lesson", lesson.id, min(at, of), of, done, today)
    return replace(fresh, day=known.day) if known and (known.at, known.done) == (fresh.at, done) else fresh


def unfinished(learnt: Iterable[Learnt]) -> Learnt | None:
    """The lesson to go on with: begun, not done, the latest by day."""
    begun = [one for one in learnt if one.kind == "lesson" and not one.done]
    return max(begun, key=lambda one: one.day, default=None)


def has_questions(questions: Iterable[Question], lesson: Lesson) -> bool:
    """Whether a lesson can be practised: questions for people at risk are not, since practice is kept."""
    return any(one.card == lesson.id and not one.private for one in questions)
