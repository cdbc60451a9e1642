"""What a person learned: one row a lesson, scenario or practice question. Never of a card for people at risk."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, Select, String, Table, insert, select, update

from storage.schema import Transaction, metadata

progress = Table(
    "progress",
    metadata,
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(8), primary_key=True),  # lesson | scenario | question
    Column("item", String(48), primary_key=True),
    Column("at", Integer, nullable=False),  # furthest screen, or times answered
    Column("of", Integer, nullable=False),  # screens in all, or times answered rightly
    Column("done", Boolean, nullable=False),
    Column("day", Date, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Learnt:
    """How far a person came with one lesson, scenario or question."""

    kind: str
    item: str
    at: int
    of: int
    done: bool
    day: date


def find(tx: Transaction, person_id: str, kind: str, item: str) -> Learnt | None:
    """How far they came with this one."""
    where = (progress.c.person_id == person_id, progress.c.kind == kind, progress.c.item == item)
    row = tx.execute(_columns().where(*where)).one_or_none()
    return Learnt(*row) if row else None


def of(tx: Transaction, person_id: str) -> tuple[Learnt, ...]:
    """All that a person learned."""
    rows = tx.execute(_columns().where(progress.c.person_id == person_id).order_by(progress.c.kind, progress.c.item))
    return tuple(Learnt(*row) for row in rows)


def add(tx: Transaction, person_id: str, learnt: Learnt) -> None:
    """Write the first line about this one."""
    values = {"kind": learnt.kind, "item": learnt.item, "at": learnt.at, "of": learnt.of}
    tx.execute(insert(progress).values(person_id=person_id, **values, done=learnt.done, day=learnt.day))


def change(tx: Transaction, person_id: str, learnt: Learnt) -> None:
    """Write how far they came now."""
    where = (progress.c.person_id == person_id, progress.c.kind == learnt.kind, progress.c.item == learnt.item)
    values = {"at": learnt.at, "of": learnt.of, "done": learnt.done, "day": learnt.day}
    tx.execute(update(progress).where(*where).values(**values))


def _columns() -> Select[str, str, int, int, bool, date]:
    c = progress.c
    return select(c.kind, c.item, c.at, c.of, c.done, c.day)
