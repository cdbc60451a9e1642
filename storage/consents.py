"""A ledger of consents: purpose, version of the wording, given or withdrawn, when. Rows are only added."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, insert, select

from storage.schema import Transaction, metadata

PROGRESS = "progress"  # to keep what was learned for 12 months instead of 30 silent days

consent = Table(
    "consent",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("version", String(32), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("day", Date, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    purpose: str
    version: str
    given: bool
    day: date


def ledger(tx: Transaction, person_id: str) -> tuple[Entry, ...]:
    """All that a person ever agreed to or took back, in order."""
    query = select(consent.c.purpose, consent.c.version, consent.c.given, consent.c.day)
    rows = tx.execute(query.where(consent.c.person_id == person_id).order_by(consent.c.id))
    return tuple(Entry(*row) for row in rows)


def note(tx: Transaction, person_id: str, entry: Entry) -> None:
    """Add a line: agreed, or taken back."""
    tx.execute(
        insert(consent).values(
            person_id=person_id, purpose=entry.purpose, version=entry.version, given=entry.given, day=entry.day
        )
    )


def latest(entries: tuple[Entry, ...], purpose: str) -> Entry | None:
    """The line that counts now for a purpose."""
    return next((entry for entry in reversed(entries) if entry.purpose == purpose), None)
