"""How long things are kept: one table, swept by the clock, shown to people among "my data".

Times are kept by the day, so "kept for n days" means: until n whole days have passed after the day that counts.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Table, and_, delete, exists, or_, select, tuple_, update

from storage import outbox as waiting
from storage.consents import PROGRESS, consent
from storage.database import Database
from storage.erased import erased
from storage.inbox import inbox
from storage.links import guess, link
from storage.outbox import outbox
from storage.people import UNREACHABLE, Person, address, person
from storage.progress import progress
from storage.schema import Transaction
from storage.states import state

AT_ONCE = 500  # rows in one transaction, so that turns needn't wait long behind it
PEOPLE_AT_ONCE = 25  # with each goes all that they learned

NOTICE_AFTER = 335  # days of silence, which is eleven months
NOTICE_FOR = 30  # days between the notice and the end


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: `remove(tx, today, limit)` deletes up to so many and says how many it did."""

    name: str
    what: str
    days: int
    remove: Callable[[Transaction, date, int], int]


def answers(tx: Transaction, today: date, limit: int) -> int:
    """Taken messages and their answers: 24 hours, counted in days."""
    old = select(inbox.c.key).where(inbox.c.day < today - timedelta(days=1)).limit(limit)
    return tx.execute(delete(inbox).where(inbox.c.key.in_(old))).rowcount


def undelivered(tx: Transaction, today: date, limit: int) -> int:
    """Messages that nobody fetched: kept until the end that a notice announces."""
    old = select(outbox.c.id).where(outbox.c.since < today - timedelta(days=37)).limit(limit)
    return tx.execute(delete(outbox).where(outbox.c.id.in_(old))).rowcount


def ended_sessions(tx: Transaction, today: date, limit: int) -> int:
    """Marks of erased web sessions, kept for longer than any session's token is valid."""
    old = select(erased.c.address).where(erased.c.day < today - timedelta(days=400)).limit(limit)
    return tx.execute(delete(erased).where(erased.c.address.in_(old))).rowcount


def links(tx: Transaction, today: date, limit: int) -> int:
    """Codes that link devices: over after ten minutes, and removed then by a job of the clock. This line is for when
    that was off; a day more, since a day by UTC begins later than here."""
    before = datetime.combine(today - timedelta(days=1), time())
    return sum(_over(tx, table, before, limit) for table in (link, guess))


def learned(tx: Transaction, today: date, limit: int) -> int:
    """What somebody learned who is under 16, didn't tell, or didn't agree to longer keeping: 30 silent days."""
    key = (progress.c.person_id, progress.c.kind, progress.c.item)
    old = select(*key).join(person).where(_lapsed(today)).limit(limit)
    return tx.execute(delete(progress).where(tuple_(*key).in_(old))).rowcount


def standing(tx: Transaction, today: date, limit: int) -> int:
    """Where their conversation stood, which names a lesson and holds a practice's score: with what was learned."""
    old = select(state.c.person_id).join(person).where(_lapsed(today)).limit(limit)
    return tx.execute(delete(state).where(state.c.person_id.in_(old))).rowcount


def left_over(tx: Transaction, today: date, limit: int) -> int:
    """People under 16, or who didn't tell, of whom nothing is kept that they could come back to: 30 silent days."""
    nothing = ~exists().where(progress.c.person_id == person.c.id)
    return _remove(tx, and_(_silent(today, 30), _minor(), nothing, ~_agreed()), limit)


def silent(tx: Transaction, today: date, limit: int) -> int:
    """People who weren't here for a year, and were told a month ago that this would end it."""
    told = person.c.noticed_on < today - timedelta(days=NOTICE_FOR)
    return _remove(tx, and_(_silent(today, 365), told), limit)


# The order matters: who is left over is known only after what they learned is gone.
LINES = (
    Line("answers", "answers, so that a message that comes twice is answered once", 1, answers),
    Line("undelivered", "messages that wait to be fetched or can't be delivered", 37, undelivered),
    Line("ended_sessions", "marks of web sessions that were erased", 400, ended_sessions),
    Line("links", "codes that link devices, should the clock not have removed them after ten minutes", 1, links),
    Line("learned", "what was learned, under 16 or without consent, since the last visit", 30, learned),
    Line("standing", "where the conversation stood, under 16 or without consent, since the last visit", 30, standing),
    Line("left_over", "people under 16 of whom nothing else is kept, since the last visit", 30, left_over),
    Line("silent", "people with all that is kept of them, since the last visit", 365, silent),
)


def give_notice(tx: Transaction, today: date, limit: int, *, notice: Callable[[Person], str]) -> int:
    """Tell people who were silent for eleven months that a year's silence ends in erasing; says how many.

    `notice` makes the message's body. It goes to one address, if there is one to one that can be spoken to first, and
    out at nine in the morning in Vietnam. Who can't be reached is noted as told, since the end comes all the same.
    """
    unaware = select(person).where(_silent(today, NOTICE_AFTER), person.c.noticed_on.is_(None)).limit(limit)
    people = [Person(*row) for row in tx.execute(unaware)]
    morning = datetime.combine(today + timedelta(days=1), time(2))  # UTC
    for someone in people:
        tx.execute(update(person).where(person.c.id == someone.id).values(noticed_on=today))
        reachable = select(address.c.channel, address.c.address).where(address.c.person_id == someone.id)
        best = (address.c.channel.in_(UNREACHABLE), address.c.channel, address.c.address)
        where = tx.execute(reachable.where(~address.c.blocked).order_by(*best)).first()
        if where:
            waiting.add(tx, where.channel, where.address, someone.id, notice(someone), morning)
    return len(people)


async def sweep(database: Database, today: date, notice: Callable[[Person], str]) -> Mapping[str, int]:
    """Remove all that was kept long enough, in small transactions; the rows removed, by line.

    Their bytes stay in the files until `Database.scrub`.
    """
    await _until_done(partial(database.run, partial(give_notice, notice=notice), today, AT_ONCE))
    return {line.name: await _until_done(partial(database.run, line.remove, today, AT_ONCE)) for line in LINES}


async def _until_done(some: Callable[[], Awaitable[int]]) -> int:
    done = 0
    while more := await some():
        done += more
    return done


def _over(tx: Transaction, table: Table, before: datetime, limit: int) -> int:
    old = select(table.c.person_id).where(table.c.until < before).limit(limit)
    return tx.execute(delete(table).where(table.c.person_id.in_(old))).rowcount


def _remove(tx: Transaction, which: ColumnElement[bool], limit: int) -> int:
    some = select(person.c.id).where(which).limit(min(limit, PEOPLE_AT_ONCE))
    return tx.execute(delete(person).where(person.c.id.in_(some))).rowcount


def _silent(today: date, days: int) -> ColumnElement[bool]:
    return person.c.active_on < today - timedelta(days=days)


def _lapsed(today: date) -> ColumnElement[bool]:
    return and_(_silent(today, 30), or_(_minor(), ~_agreed(PROGRESS)))


def _minor() -> ColumnElement[bool]:
    return or_(person.c.age.is_(None), person.c.age == "u16")


def _agreed(purpose: str | None = None) -> ColumnElement[bool]:
    """Whether a person's consent (to this purpose, or to any) stands: the last line of the ledger counts."""
    later = consent.alias()
    newer = exists().where(later.c.person_id == consent.c.person_id, later.c.purpose == consent.c.purpose)
    newer = newer.where(later.c.id > consent.c.id).correlate(consent)
    stands = exists().where(consent.c.person_id == person.c.id, consent.c.given, ~newer).correlate(person)
    return stands if purpose is None else stands.where(consent.c.purpose == purpose)
