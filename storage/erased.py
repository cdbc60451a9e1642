"""Web sessions that were erased: they answer 410 until their token would have ended anyway.

A session is marked by a hash of its address: the address itself goes with all else that was kept.
"""

import hashlib
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Column, Date, String, Table, insert, select

from storage.schema import LONGEST_ADDRESS, Transaction, metadata

erased = Table(
    "erased",
    metadata,
    Column("address", String(LONGEST_ADDRESS), primary_key=True),  # hidden
    Column("day", Date, nullable=False, index=True),
)


class Marks:
    """The erased sessions as a running server knows them: asked by address, held as hashes."""

    def __init__(self, marks: Iterable[str]) -> None:
        self._marks = set(marks)

    def __contains__(self, where: str) -> bool:
        return hidden(where) in self._marks

    def add(self, where: str) -> None:
        """This session is over."""
        self._marks.add(hidden(where))

    def forget(self, gone: Iterable[str]) -> None:
        """These marks were swept: their tokens have ended by themselves."""
        self._marks.difference_update(gone)

    def all(self) -> frozenset[str]:
        """The marks as they are now."""
        return frozenset(self._marks)


def hidden(where: str) -> str:
    """A session's address as a mark. Addresses are random enough that nobody gets from one to the other."""
    return hashlib.sha256(f"erased {where}".encode()).hexdigest()[:32]


def mark(tx: Transaction, where: str, day: date) -> None:
    """Note that the person of this session (hidden) erased everything; twice is the same as once."""
    if not is_marked(tx, where):
        tx.execute(insert(erased).values(address=where, day=day))


def is_marked(tx: Transaction, where: str) -> bool:
    """Whether this session (hidden) was erased."""
    return tx.scalar(select(erased.c.address).where(erased.c.address == where)) is not None


def all_marked(tx: Transaction) -> tuple[str, ...]:
    """Every erased session, to be known without asking again."""
    return tuple(tx.scalars(select(erased.c.address)))
