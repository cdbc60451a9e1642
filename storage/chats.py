"""Who writes, where they stand, and what this message was answered before: what every durable turn begins with.

One query, since each one costs more than what it looks up.
"""

from dataclasses import dataclass, field

from sqlalchemy import and_, bindparam, literal, select

from storage.inbox import inbox
from storage.people import Person, address, person
from storage.schema import Transaction
from storage.states import State, state, unpack

_ALWAYS = select(literal(1).label("one")).subquery("always")  # a row even for a chat and a message that nobody knows
_WHERE = and_(address.c.channel == bindparam("channel"), address.c.address == bindparam("where"))
_QUERY = select(person, address.c.blocked, state.c.place, state.c.note, inbox.c.answer).select_from(
    _ALWAYS.outerjoin(inbox, inbox.c.key == bindparam("key"))
    .outerjoin(address, _WHERE)
    .outerjoin(person, person.c.id == address.c.person_id)
    .outerjoin(state, state.c.person_id == person.c.id)
)


@dataclass(frozen=True, slots=True)
class Chat:
    """Who writes, if anything is kept about them, and where they stand."""

    person: Person | None = None
    state: State = field(default_factory=State)
    stored: bool = False  # whether the state has a row
    blocked: bool = False  # whether nothing more was to be sent there
    answered: str | None = None  # what this very message was answered, if it was taken before


def load(tx: Transaction, channel: str, where: str, key: bytes) -> Chat:
    """Read all of it; an unknown address is nobody, standing nowhere. `key` is the message's, as in the inbox."""
    row = tx.execute(_QUERY, {"channel": channel, "where": where, "key": key}).one()
    *who, blocked, place, note, answered = row
    known = Person(*who) if who[0] is not None else None
    return Chat(known, unpack(place, note), stored=place is not None, answered=answered, blocked=bool(blocked))
