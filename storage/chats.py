"""A person and where their conversation stands, in one query: what every durable turn begins with."""

from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from storage.people import Person, address, person
from storage.schema import Transaction
from storage.states import State, state, unpack

_QUERY = (
    select(person, state.c.place, state.c.menu, state.c.note)
    .select_from(
        address.join(person, person.c.id == address.c.person_id).outerjoin(state, state.c.person_id == person.c.id)
    )
    .where(address.c.channel == bindparam("channel"), address.c.address == bindparam("where"))
)


@dataclass(frozen=True, slots=True)
class Chat:
    """Who writes, if anything is kept about them, and where they stand."""

    person: Person | None = None
    state: State = field(default_factory=State)
    stored: bool = False  # whether the state has a row


def load(tx: Transaction, channel: str, where: str) -> Chat:
    """Read both; an unknown address is nobody, standing nowhere."""
    row = tx.execute(_QUERY, {"channel": channel, "where": where}).one_or_none()
    if row is None:
        return Chat()
    place, menu, note = row[-3:]
    return Chat(Person(*row[:-3]), unpack(place, menu, note), stored=place is not None)
