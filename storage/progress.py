"""What a person learned: one row a lesson, scenario or practice question. Never of a card for people at risk."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, bindparam, insert, select, update

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

_COLUMNS = (progress.c.kind, progress.c.item, progress.c.at, progress.c.of, progress.c.done, progress.c.day)
_THEIRS = progress.c.person_id == bindparam("who")
_THIS = (_THEIRS, progress.c.kind == bindparam("which"), progress.c.item == bindparam("one"))
_FIND = select(*_COLUMNS).where(*_THIS)
_OF = select(*_COLUMNS).where(_THEIRS).order_by(progress.c.kind, progress.c.item)
_ADD = insert(progress)
_CHANGE = update(progress).where(*_THIS)


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
    row = tx.execute(_FIND, {"who": person_id, "which": kind, "one": item}).one_or_none()
    return Learnt(*row) if row else None


def of(tx: Transaction, person_id: str) -> tuple[Learnt, ...]:
    """All that a person learned."""
    return tuple(Learnt(*row) for row in tx.execute(_OF, {"who": person_id}))


def add(tx: Transaction, person_id: str, learnt: Learnt) -> None:
    """Write the first line about this one."""
    key = {"person_id": person_id, "kind": learnt.kind, "item": learnt.item}
    tx.execute(_ADD, {**key, **_far(learnt)})


def change(tx: Transaction, person_id: str, learnt: Learnt) -> None:
    """Write how far they came now."""
    tx.execute(_CHANGE, {"who": person_id, "which": learnt.kind, "one": learnt.item, **_far(learnt)})


def _far(learnt: Learnt) -> dict[str, object]:
    return {"at": learnt.at, "of": learnt.of, "done": learnt.done, "day": learnt.day}
