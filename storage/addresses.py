"""Whether a chat can be spoken to: it may have blocked or unfollowed us."""

from sqlalchemy import update

from storage import outbox
from storage.people import address
from storage.schema import Transaction


def close(tx: Transaction, channel: str, where: str) -> None:
    """It doesn't want to hear from us: what waits for it goes, and nothing is sent by itself."""
    _set(tx, channel, where, blocked=True)
    outbox.drop_chat(tx, channel, where)


def open_again(tx: Transaction, channel: str, where: str) -> None:
    """It does again."""
    _set(tx, channel, where, blocked=False)


def _set(tx: Transaction, channel: str, where: str, *, blocked: bool) -> None:
    chat = (address.c.channel == channel, address.c.address == where)
    tx.execute(update(address).where(*chat).values(blocked=blocked))
