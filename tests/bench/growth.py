"""A database as full as a province makes it: people, where they stand, what they learned, answers of the last day."""

import secrets
from datetime import timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert

from bot.app import App, build
from bot.settings import Settings
from bot.tokens import Tokens
from storage import states
from storage.inbox import inbox
from storage.library import Library
from storage.people import address, person
from storage.progress import progress
from storage.schema import Transaction
from tests.bench.figures import progress as tell

EACH = 20  # rows of progress that a person has
AT_ONCE = 200  # people written in one transaction: 5,000 rows
TOLD = 20_000  # people after which it is told how far it came

Row = dict[str, object]


async def fill(folder: Path, people: int) -> list[str]:
    """Fill a new database; the sessions of those people, in no order."""
    async with build(Settings(data=folder), serving=True) as app:
        items = _items(app.library)
        tokens: list[str] = []
        for done in range(0, people, AT_ONCE):
            tokens += await app.database.run(add, app, items)
            if done and done % TOLD == 0:
                tell(f"growth: {done:,} of {people:,} people")
    secrets.SystemRandom().shuffle(tokens)
    return tokens


def add(tx: Transaction, app: App, items: list[Row]) -> list[str]:
    """A few people with all that is kept about them; their sessions."""
    today = app.now().date()
    yesterday = today - timedelta(days=1)
    keys = Tokens(app.secret)
    tokens = [keys.new(today) for _ in range(AT_ONCE)]
    ids = {secrets.token_hex(16): keys.address(token, today) for token in tokens}
    tx.execute(insert(person), [{"id": one, "language": "vi", "active_on": yesterday} for one in ids])
    places = [{"channel": "web", "address": where, "person_id": one} for one, where in ids.items()]
    tx.execute(insert(address), places)
    for one in ids:
        states.save(tx, one, states.State("menu"), first=True)
    tx.execute(insert(progress), [{"person_id": one, **item, "day": yesterday} for one in ids for item in items])
    kept = [{"key": secrets.token_bytes(16), "person_id": one, "answer": "[]", "day": yesterday} for one in ids]
    tx.execute(insert(inbox), kept)
    return tokens


def _items(library: Library) -> list[Row]:
    """Lessons that were begun, then stories and questions: real ids, as many as a person has rows."""
    lessons = [{"kind": "lesson", "item": one.id} for one in library.lessons.values() if not one.private]
    stories = [{"kind": "scenario", "item": one} for one in library.scenarios]
    questions = [{"kind": "question", "item": one} for one in library.questions]
    return [{**one, "at": 1, "of": 5, "done": False} for one in islice((*lessons, *stories, *questions), EACH)]
