"""Where a person's durable conversation stands: one small row."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Column, ForeignKey, String, Table, Text, bindparam, delete, insert, update

from storage.schema import Transaction, metadata

state = Table(
    "state",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("place", String(64), nullable=False),  # the action that shows the screen again
    Column("note", Text, nullable=False),  # JSON: what a running practice needs
)

_FIRST = insert(state)
_NEXT = update(state).where(state.c.person_id == bindparam("who"))


@dataclass(frozen=True, slots=True)
class State:
    """The screen that stands, and a small note of what runs."""

    place: str = ""
    note: dict[str, Any] = field(default_factory=dict)


def unpack(place: str | None, note: str | None) -> State:
    """A row's columns as a state; a person without a row stands nowhere yet."""
    if place is None or note is None:
        return State()
    return State(place, msgspec.json.decode(note))


def save(tx: Transaction, person_id: str, new: State, *, first: bool) -> None:
    """Keep where the conversation stands; `first` when the person has no row yet."""
    values = {
        "place": new.place,
        "note": msgspec.json.encode(new.note).decode(),
    }
    if first:
        tx.execute(_FIRST, {"person_id": person_id, **values})
    else:
        tx.execute(_NEXT, {"who": person_id, **values})


def forget(tx: Transaction, person_id: str) -> None:
    """Let the conversation stand nowhere."""
    tx.execute(delete(state).where(state.c.person_id == person_id))
