"""Use cases of lessons: each runs inside the caller's transaction."""

from datetime import date

from handlers.learn import rules
from storage import consents, progress
from storage.library import Lesson
from storage.people import Person
from storage.progress import Learnt
from storage.schema import Transaction


def reach(tx: Transaction, person: Person, lesson: Lesson, screen: int, today: date) -> bool:
    """Note that a screen was seen; whether the lesson was finished just now."""
    known = progress.find(tx, person.id, "lesson", lesson.id)
    now = rules.furthest(known, lesson, screen, today)
    if known is None:
        progress.add(tx, person.id, now)
    elif now != known:
        progress.change(tx, person.id, now)
    return now.done and not (known and known.done)


def may_ask_consent(tx: Transaction, person: Person) -> bool:
    """Whether to ask if progress may be kept longer: of 16 and older, and only once."""
    return not person.minor and consents.latest(consents.ledger(tx, person.id), consents.PROGRESS) is None


def learnt(tx: Transaction, person: Person | None) -> tuple[Learnt, ...]:
    """All that somebody learned; nobody learned nothing."""
    return progress.of(tx, person.id) if person else ()
