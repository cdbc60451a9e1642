"""Messages that go out by themselves: written with their cause, deleted when delivered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from storage.schema import LONGEST_ADDRESS, Transaction, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(16), nullable=False),
    Column("address", String(LONGEST_ADDRESS), nullable=False),
    Column("person_id", String(32), ForeignKey("person.id", ondelete="CASCADE"), index=True),
    Column("body", Text, nullable=False),  # JSON of one message
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", DateTime, nullable=False),  # UTC
    Column("since", Date, nullable=False),
    Index("ix_outbox_chat", "channel", "address", "id"),
    Index("ix_outbox_due_at", "due_at"),
    sqlite_autoincrement=True,
)


_ADD = insert(outbox)
LEASE = timedelta(minutes=10)
"""A row that its writer carries out itself is due only then: should the writer die, it is found at the next start."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits to go out."""

    id: int
    channel: str
    address: str
    body: str
    since: date
    due_at: datetime  # UTC


def add(tx: Transaction, channel: str, where: str, person_id: str | None, body: str, now: datetime) -> None:
    """Let a message go out by itself, after this transaction. `now` is UTC without a zone."""
    values = {"channel": channel, "address": where, "person_id": person_id, "body": body}
    tx.execute(insert(outbox).values(**values, attempts=0, due_at=now, since=now.date()))


def post(tx: Transaction, channel: str, where: str, person_id: str | None, body: str, now: datetime) -> int:
    """Keep an answer until it is delivered, by whoever calls this: the row's number. `now` is UTC without a zone."""
    values = {"channel": channel, "address": where, "person_id": person_id, "body": body}
    added = tx.execute(_ADD, {**values, "attempts": 0, "due_at": now + LEASE, "since": now.date()})
    (number,) = added.inserted_primary_key or (0,)
    return int(number)


def waiting(tx: Transaction, channel: str, until: datetime, limit: int, after: int = 0) -> tuple[Waiting, ...]:
    """What of a channel is due until then, the oldest first."""
    query = _columns().where(outbox.c.channel == channel, outbox.c.due_at <= until, outbox.c.id > after)
    return tuple(Waiting(*row) for row in tx.execute(query.order_by(outbox.c.id).limit(limit)))


def lease(tx: Transaction, rows: tuple[int, ...], now: datetime) -> None:
    """These are being carried out, once more than before: nobody need look at them for a while."""
    values = {"due_at": now + LEASE, "attempts": outbox.c.attempts + 1}
    tx.execute(update(outbox).where(outbox.c.id.in_(rows)).values(**values))


def put_back(tx: Transaction, rows: tuple[int, ...], due_at: datetime) -> None:
    """These are to go out then, and not before; nobody holds them meanwhile, and they aren't late."""
    tx.execute(update(outbox).where(outbox.c.id.in_(rows)).values(due_at=due_at, attempts=0))


def delivered_all(tx: Transaction, rows: tuple[int, ...]) -> None:
    """These arrived: nothing of them stays."""
    tx.execute(delete(outbox).where(outbox.c.id.in_(rows)))


def drop_chat(tx: Transaction, channel: str, where: str) -> None:
    """Nothing more goes to this chat."""
    tx.execute(delete(outbox).where(outbox.c.channel == channel, outbox.c.address == where))


def of_chat(tx: Transaction, channel: str, where: str, after: int) -> tuple[Waiting, ...]:
    """What waits for one chat, later than a message that it has already."""
    chat = (outbox.c.channel == channel, outbox.c.address == where, outbox.c.id > after)
    return tuple(Waiting(*row) for row in tx.execute(_columns().where(*chat).order_by(outbox.c.id)))


def delivered_up_to(tx: Transaction, channel: str, where: str, last: int) -> None:
    """A chat says what it has: nothing of that stays."""
    chat = (outbox.c.channel == channel, outbox.c.address == where)
    tx.execute(delete(outbox).where(*chat, outbox.c.id <= last))


def _columns() -> Select[int, str, str, str, date, datetime]:
    c = outbox.c
    return select(c.id, c.channel, c.address, c.body, c.since, c.due_at)


def newest(tx: Transaction, channel: str, after: int) -> tuple[tuple[str, int], ...]:
    """The addresses of a channel for which something newer waits, each with its newest message's number."""
    query = select(outbox.c.address, func.max(outbox.c.id)).where(outbox.c.channel == channel, outbox.c.id > after)
    return tuple((row[0], row[1]) for row in tx.execute(query.group_by(outbox.c.address)))
