"""Web sessions that were erased: they answer 410 until their token would have ended anyway."""

from datetime import date

from sqlalchemy import Column, Date, String, Table, insert, select

from storage.schema import Transaction, metadata

erased = Table(
    "erased",
    metadata,
    Column("address", String(64), primary_key=True),
    Column("day", Date, nullable=False, index=True),
)


def mark(tx: Transaction, where: str, day: date) -> None:
    """Note that this session's person erased everything; twice is the same as once."""
    if not is_marked(tx, where):
        tx.execute(insert(erased).values(address=where, day=day))


def is_marked(tx: Transaction, where: str) -> bool:
    """Whether this session was erased."""
    return tx.scalar(select(erased.c.address).where(erased.c.address == where)) is not None


def all_marked(tx: Transaction) -> tuple[str, ...]:
    """Every erased session, to be known without asking again."""
    return tuple(tx.scalars(select(erased.c.address)))
