"""`lachan status`: counts of what is there and what waits, and what of the content is stale today."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.app import build
from storage import outbox, people, schema
from storage.wording import catalogue

if TYPE_CHECKING:
    from bot.settings import Settings

_ = catalogue("cli")


async def report(settings: "Settings", say: Callable[[str], None]) -> None:
    """Say it line by line; works beside a running server."""
    async with build(settings, serving=False) as app:
        persons, waiting = await app.database.read(_counts)
        say(_("People with something kept: {count}", count=persons))
        say(_("Messages waiting to go out: {count}", count=waiting))
        say(_("Lessons: {count}", count=len(app.library.lessons)))
        for problem in app.library.warnings:
            say(f"{problem.file}:{problem.line}: [{problem.code}] {problem.message}")


def _counts(tx: schema.Transaction) -> tuple[int, int]:
    persons = tx.scalar(select(func.count()).select_from(people.person))
    waiting = tx.scalar(select(func.count()).select_from(outbox.outbox))
    return persons or 0, waiting or 0
