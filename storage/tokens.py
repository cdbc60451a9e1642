"""Pairs of tokens that a platform lets us change for new ones, each once: sealed, with the pair before.

A pair that was changed is dead at the platform, so the row also tells that a change was begun: should its answer never
arrive, that is known afterwards. No row is about a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Integer, LargeBinary, String, Table, delete, insert, or_, select, update

from storage.schema import Transaction, metadata

token = Table(
    "token",
    metadata,
    Column("name", String(16), primary_key=True),  # of the channel
    Column("origin", LargeBinary(16), nullable=False),  # keyed hash of the pair in the settings that it grew from
    Column("pair", LargeBinary, nullable=False),  # sealed
    Column("previous", LargeBinary),  # sealed
    Column("turn", Integer, nullable=False),  # how often it was changed
    Column("expires_at", DateTime, nullable=False),  # UTC
    Column("asked_at", DateTime),  # UTC: since then a new pair is asked for
    Column("refused", String(16)),  # the code with which the platform refused to change it
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A row. Times are UTC without a zone."""

    origin: bytes
    pair: bytes
    turn: int
    expires_at: datetime
    asked_at: datetime | None
    refused: str | None


_COLUMNS = (token.c.origin, token.c.pair, token.c.turn, token.c.expires_at, token.c.asked_at, token.c.refused)


def find(tx: Transaction, name: str) -> Kept | None:
    """What is kept for a channel."""
    row = tx.execute(select(*_COLUMNS).where(token.c.name == name)).one_or_none()
    return Kept(*row) if row else None


def begin(tx: Transaction, name: str, origin: bytes, pair: bytes, expires_at: datetime) -> Kept:
    """Start from a pair of the settings; one that stood before is kept as the previous."""
    before = find(tx, name)
    tx.execute(delete(token).where(token.c.name == name))
    turn = before.turn + 1 if before else 0  # never given twice, so that a late writer finds it changed
    previous = before.pair if before else None
    values = {"origin": origin, "pair": pair, "previous": previous, "turn": turn, "expires_at": expires_at}
    tx.execute(insert(token).values(name=name, **values))
    return Kept(origin, pair, turn, expires_at, None, None)


def claim(tx: Transaction, name: str, turn: int, now: datetime, lease: timedelta) -> bool:
    """Be the one who asks for a new pair; False: another does since less than `lease`, or has one already."""
    free = or_(token.c.asked_at.is_(None), token.c.asked_at <= now - lease)
    changed = tx.execute(update(token).where(*_at(name, turn), free).values(asked_at=now))
    return changed.rowcount == 1


def give_back(tx: Transaction, name: str, turn: int, asked_at: datetime | None) -> None:
    """The question certainly never arrived, or was declined for another reason: as before the claim."""
    tx.execute(update(token).where(*_at(name, turn)).values(asked_at=asked_at))


def replace(tx: Transaction, name: str, turn: int, pair: bytes, expires_at: datetime) -> bool:
    """Keep a new pair, and the one it came for as the previous; False: another one stands there by now."""
    values = {"previous": token.c.pair, "pair": pair, "turn": turn + 1, "expires_at": expires_at, "asked_at": None}
    changed = tx.execute(update(token).where(*_at(name, turn)).values(**values, refused=None))
    return changed.rowcount == 1


def refuse(tx: Transaction, name: str, turn: int, code: str) -> None:
    """Note that the platform won't change this pair."""
    tx.execute(update(token).where(*_at(name, turn)).values(refused=code[:16], asked_at=None))


def _at(name: str, turn: int):  # type: ignore[no-untyped-def] # a tuple of SQLAlchemy's own generic expressions
    return token.c.name == name, token.c.turn == turn
