"""`lachan status`: what needs mending, what is there and what waits, and what of the content is stale today."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot import app as house
from bot.checks import channels
from bot.checks.found import Level, Scene
from bot.checks.table import CHECKS, Named, look
from storage import outbox, people, schema
from storage.database import NewerDatabase, OlderDatabase, StorageUnavailable
from storage.library.problems import BadContent
from storage.secret import BrokenKey
from storage.wording import catalogue

if TYPE_CHECKING:
    from bot.settings import Settings

_ = catalogue("cli")


async def report(
    settings: "Settings",
    say: Callable[[str], None],
    checks: Sequence[Named] = CHECKS,
    now: house.Clock = house.clock,
) -> bool:
    """Say it line by line, beside a running server or without one; whether nothing has to be mended.

    Where content or database can't be used, the checks are told first; then raises as `build` does.
    """
    async with AsyncExitStack() as stack:
        app, failure = None, None
        try:
            app = await stack.enter_async_context(house.build(settings, serving=False, now=now))
        except (BadContent, BrokenKey, NewerDatabase, OlderDatabase, StorageUnavailable) as refusal:
            failure = refusal
        channels.load(settings)
        found = await look(Scene(settings, app, now()), checks)
        for name, one in found:
            say(f"{_sign(one.level)} {name}: {one.sentence}")
        if app is None:
            assert failure is not None  # noqa: S101 - for the type checker: without an app something was raised
            raise failure
        await _counts(app, say)
    return all(one.level is not Level.MEND for _name, one in found)


def _sign(level: Level) -> str:
    match level:
        case Level.FINE:
            return _("[fine]")
        case Level.LOOK:
            return _("[look]")
        case Level.MEND:
            return _("[mend]")


async def _counts(app: house.App, say: Callable[[str], None]) -> None:
    persons, waiting = await app.database.read(_counted)
    say(_("People with something kept: {count}", count=persons))
    say(_("Messages waiting to go out: {count}", count=waiting))
    say(_("Lessons: {count}", count=len(app.library.lessons)))
    for problem in app.library.warnings:
        say(f"{problem.file}:{problem.line}: [{problem.code}] {problem.message}")


def _counted(tx: schema.Transaction) -> tuple[int, int]:
    persons = tx.scalar(select(func.count()).select_from(people.person))
    waiting = tx.scalar(select(func.count()).select_from(outbox.outbox))
    return persons or 0, waiting or 0
