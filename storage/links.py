"""Codes that link two devices to one person: rows that live ten minutes at most, and the wrong tries beside them.

Times are UTC without a zone, to the second: nowhere else are people's doings timed so, and not for longer.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.consents import consent
from storage.inbox import inbox
from storage.outbox import outbox
from storage.people import Device, address
from storage.schema import LONGEST_ADDRESS, Transaction, metadata

link = Table(
    "link",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),  # who shows it
    Column("code", String(8), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),  # where it is shown
    Column("address", String(LONGEST_ADDRESS), nullable=False),
    Column("until", DateTime, nullable=False),
    Column("taker_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), unique=True),  # who typed it
    Column("taker_channel", String(16)),
    Column("taker_address", String(LONGEST_ADDRESS)),
    Column("agreed", Boolean, nullable=False),  # the taker; then it is the other's turn
    Column("ticket", String(16)),  # what the button carries of the one whose turn it is
    Index("ix_link_until", "until"),
)

guess = Table(
    "guess",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("until", DateTime, nullable=False),
    Index("ix_guess_until", "until"),
)

MOVING = (address, inbox, outbox, consent)
"""What goes over to another person as it is. What was learned is merged; a state is one person's own."""


@dataclass(frozen=True, slots=True)
class Link:
    """A code that was shown, and how far it came."""

    person_id: str
    code: str
    channel: str
    address: str
    until: datetime
    taker_id: str | None = None
    taker_channel: str | None = None
    taker_address: str | None = None
    agreed: bool = False
    ticket: str | None = None


def show(tx: Transaction, new: Link) -> None:
    """Open a code; the person's former one is void."""
    tx.execute(delete(link).where(link.c.person_id == new.person_id))
    values = {"person_id": new.person_id, "code": new.code, "channel": new.channel, "address": new.address}
    tx.execute(insert(link).values(**values, until=new.until, agreed=False))


def take(tx: Transaction, code: str, taker_id: str, device: Device, ticket: str) -> None:
    """Somebody typed an open code; what they typed before ends with its code."""
    tx.execute(delete(link).where(link.c.taker_id == taker_id))
    taker = {"taker_id": taker_id, "taker_channel": device.channel, "taker_address": device.address}
    tx.execute(update(link).where(link.c.code == code).values(**taker, ticket=ticket))


def agree(tx: Transaction, code: str, ticket: str) -> None:
    """Who typed it agreed; the next word is the other's."""
    tx.execute(update(link).where(link.c.code == code).values(agreed=True, ticket=ticket))


def with_code(tx: Transaction, code: str, now: datetime) -> Link | None:
    """The open code, if there is such a one."""
    return _find(tx, link.c.code == code, now)


def shown_by(tx: Transaction, person_id: str, now: datetime) -> Link | None:
    """The code that a person shows."""
    return _find(tx, link.c.person_id == person_id, now)


def taken_by(tx: Transaction, person_id: str, now: datetime) -> Link | None:
    """The code that a person typed."""
    return _find(tx, link.c.taker_id == person_id, now)


def count(tx: Transaction) -> int:
    """How many codes are open."""
    return tx.scalar(select(func.count()).select_from(link)) or 0


def drop(tx: Transaction, code: str) -> None:
    """It was used or refused."""
    tx.execute(delete(link).where(link.c.code == code))


def drop_of(tx: Transaction, person_id: str) -> None:
    """All codes that a person shows or typed."""
    tx.execute(delete(link).where(or_(link.c.person_id == person_id, link.c.taker_id == person_id)))


def drop_device(tx: Transaction, device: Device) -> None:
    """All codes that were shown or typed on a device."""
    shown = (link.c.channel == device.channel) & (link.c.address == device.address)
    typed = (link.c.taker_channel == device.channel) & (link.c.taker_address == device.address)
    tx.execute(delete(link).where(or_(shown, typed)))


def expired(tx: Transaction, now: datetime) -> int:
    """Remove codes and wrong tries whose time is over; how many. They count for nothing from that moment on."""
    over = (tx.execute(delete(table).where(table.c.until <= now)).rowcount for table in (link, guess))
    return sum(over)


def wrong(tx: Transaction, person_id: str, now: datetime) -> int:
    """How many wrong codes somebody typed lately."""
    query = select(guess.c.wrong).where(guess.c.person_id == person_id, guess.c.until > now)
    return tx.scalar(query) or 0


def note_wrong(tx: Transaction, person_id: str, now: datetime, until: datetime) -> None:
    """One more; the first says until when they are remembered."""
    before = wrong(tx, person_id, now)
    if before:
        tx.execute(update(guess).where(guess.c.person_id == person_id).values(wrong=before + 1))
        return
    tx.execute(delete(guess).where(guess.c.person_id == person_id))
    tx.execute(insert(guess).values(person_id=person_id, wrong=1, until=until))


def hand_over(tx: Transaction, old: str, new: str) -> None:
    """Give one person's addresses, answers, messages and ledger to another."""
    for table in MOVING:
        tx.execute(update(table).where(table.c.person_id == old).values(person_id=new))


def _find(tx: Transaction, which: ColumnElement[bool], now: datetime) -> Link | None:
    row = tx.execute(select(link).where(which, link.c.until > now)).one_or_none()
    return Link(*row) if row else None
