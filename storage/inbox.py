"""Which messages were taken, and what was answered: so that a message sent again changes nothing.

Never the text, never the event's id itself: a keyed hash of it, the answer, and the day.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Date, ForeignKey, LargeBinary, String, Table, Text, bindparam, func, insert, select

from storage.schema import Transaction, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("failed", String(32)),  # the code of what went wrong, or null
    Column("answer", Text, nullable=False),  # JSON of the messages
    Column("day", Date, nullable=False, index=True),
)

# Built once, as everywhere on the way of a turn: building a statement takes longer than carrying it out.
_KEPT = select(inbox.c.answer, inbox.c.day).where(inbox.c.key == bindparam("key"))
_KEEP = insert(inbox)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given, as it was given."""

    answer: str
    day: date


def kept(tx: Transaction, key: bytes) -> Kept | None:
    """The answer given to this very message before, if it was taken."""
    row = tx.execute(_KEPT, {"key": key}).one_or_none()
    return Kept(*row) if row else None


def keep(tx: Transaction, key: bytes, person_id: str | None, answer: str, day: date) -> None:
    """Note that a message was taken and what was answered."""
    tx.execute(_KEEP, {"key": key, "person_id": person_id, "answer": answer, "day": day})


def keep_failed(tx: Transaction, key: bytes, person_id: str | None, code: str, answer: str, day: date) -> None:
    """Note that a message could not be handled, so that it isn't tried for ever."""
    tx.execute(_KEEP, {"key": key, "person_id": person_id, "failed": code, "answer": answer, "day": day})


def count(tx: Transaction, person_id: str) -> int:
    """How many answers of a person are kept."""
    return tx.scalar(select(func.count()).select_from(inbox).where(inbox.c.person_id == person_id)) or 0
