"""A person: a random id behind a channel address. No name, no birth date, times by the day."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.schema import LONGEST_ADDRESS, Transaction, metadata

AGES = ("u16", "16-17", "18+")
TRACKS = ("hs", "sv", "ph", "gv", "ld", "cb")  # never nc: who is at risk is not written down
UNREACHABLE = ("terminal",)  # channels on which nothing can be said first
HIDDEN = ("web", "terminal")  # channels whose addresses are keyed hashes; on others they are accounts' own ids

person = Table(
    "person",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("language", String(8), nullable=False),
    Column("age", String(8)),
    Column("track", String(8)),
    Column("unit", String(32)),
    Column("active_on", Date, nullable=False),
    Column("noticed_on", Date),  # when we said that silence ends in erasing
    Index("ix_person_active_on", "active_on"),
)

address = Table(
    "address",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("address", String(LONGEST_ADDRESS), primary_key=True),
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("blocked", Boolean, nullable=False, default=False),
)

_ADD, _ADD_ADDRESS = insert(person), insert(address)
_FIND = (
    select(person)
    .join(address)
    .where(address.c.channel == bindparam("channel"), address.c.address == bindparam("where"))
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person beside their conversation."""

    id: str
    language: str = "vi"
    age: str | None = None
    track: str | None = None
    unit: str | None = None
    active_on: date | None = None
    noticed_on: date | None = None

    @property
    def minor(self) -> bool:
        """Under 16, or not told: then the stricter rules hold."""
        return self.age in (None, "u16")


class Device(NamedTuple):
    """A channel and an address on it: one of the places where a person talks with us."""

    channel: str
    address: str


def add(tx: Transaction, channel: str, where: str, today: date) -> Person:
    """Make a person behind an address that has none yet."""
    someone = Person(id=secrets.token_hex(16), active_on=today)
    tx.execute(_ADD, {"id": someone.id, "language": someone.language, "active_on": today})
    tx.execute(_ADD_ADDRESS, {"channel": channel, "address": where, "person_id": someone.id, "blocked": False})
    return someone


def find(tx: Transaction, channel: str, where: str) -> Person | None:
    """The person behind an address, if anything is kept about them."""
    row = tx.execute(_FIND, {"channel": channel, "where": where}).one_or_none()
    return Person(*row) if row else None


def load(tx: Transaction, person_id: str) -> Person:
    """A person who is known to be there."""
    return Person(*tx.execute(select(person).where(person.c.id == person_id)).one())


def devices(tx: Transaction, person_id: str) -> tuple[Device, ...]:
    """Wherever a person talks with us, by channel."""
    query = select(address.c.channel, address.c.address).where(address.c.person_id == person_id)
    return tuple(Device(*row) for row in tx.execute(query.order_by(address.c.channel, address.c.address)))


def let_go(tx: Transaction, device: Device) -> None:
    """Nobody is known there any more; all else that is kept of the person stays."""
    tx.execute(delete(address).where(address.c.channel == device.channel, address.c.address == device.address))


def set_track(tx: Transaction, person_id: str, track: str | None) -> None:
    """Remember who they said they are."""
    tx.execute(update(person).where(person.c.id == person_id).values(track=track))


def set_age(tx: Transaction, person_id: str, age: str | None) -> None:
    """Remember the age band they chose."""
    tx.execute(update(person).where(person.c.id == person_id).values(age=age))


def set_unit(tx: Transaction, person_id: str, unit: str | None) -> None:
    """Remember the school or commune they chose."""
    tx.execute(update(person).where(person.c.id == person_id).values(unit=unit))


def seen(tx: Transaction, person_id: str, today: date) -> None:
    """They were here today, which takes back any notice about their silence."""
    tx.execute(update(person).where(person.c.id == person_id).values(active_on=today, noticed_on=None))


def remove(tx: Transaction, person_id: str) -> None:
    """Erase a person with their addresses, state, consents, progress, kept and waiting answers."""
    tx.execute(delete(person).where(person.c.id == person_id))
