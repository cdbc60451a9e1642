"""Use cases of practice: each runs inside the caller's transaction."""

from datetime import date

from handlers.quiz import rules
from storage import progress
from storage.library import Question
from storage.people import Person
from storage.schema import Transaction


def take_answer(tx: Transaction, person: Person, question: Question, right: bool, today: date) -> None:
    """Count one answer to one question."""
    known = progress.find(tx, person.id, "question", question.id)
    now = rules.counted(known, question, right, today)
    if known is None:
        progress.add(tx, person.id, now)
    else:
        progress.change(tx, person.id, now)
