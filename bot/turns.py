"""One message in, its effect once, replies out: the way of every message, whatever channel it came on.

The five hops: a channel decodes -> `receive` tells private from durable -> the route's handler answers, inside one
transaction or in memory -> the answer is kept -> the channel (or delivery) carries it out.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import IntegrityError

from bot import failures
from handlers import routes, start, taking
from handlers.chat import Incoming, Kind, Say
from handlers.choices import resolved
from handlers.link.rules import link_code
from handlers.turn import Moment, Reply
from storage import inbox, people
from storage.database import StorageUnavailable
from storage.people import Device

if TYPE_CHECKING:
    from bot.app import App

T = TypeVar("T")

PATIENCE = 0.3  # seconds that a private answer waits for the database


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back: `private` when the screen that stands must leave no trace on the person's side either."""

    says: tuple[Say, ...]
    private: bool = False
    erased: bool = False
    again: bool = False  # the message was answered before
    rows: tuple[int, ...] = ()  # of the outbox, one a message, where they are sent from there


async def answered_before(app: "App", incoming: Incoming) -> bool:
    """Whether this very message has its answer already: then asking again costs nothing."""
    if app.memory.answer(incoming, app.now()) is not None:
        return True
    try:
        return await app.database.read(inbox.kept, app.event_key(incoming)) is not None
    except StorageUnavailable:
        return False


async def receive(app: "App", incoming: Incoming, *, posted: bool = False) -> Answered:
    """Handle one message: its effect happens once, its answer is the same however often it is sent.

    With `posted` a durable answer waits in the outbox, from the same transaction on, until it was delivered.

    Raises StorageUnavailable when a durable message can't be kept: nothing happened, and it may be sent again; Gone
    when the person erased everything meanwhile.
    """
    async with app.copies.of(incoming.channel, incoming.address, incoming.id):
        return await _received(app, incoming, posted=posted)


def is_urgent(app: "App", incoming: Incoming) -> bool:
    """Whether the answer to a message would be first aid, a number to call or a word against despair, or is chosen on
    such a screen. Changes nothing."""
    asked = _resolved(app, incoming)
    standing = app.memory.standing(asked, app.now())
    if not routes.private(asked, app.library, standing):
        return False
    says = _answered_quietly(app, asked, standing).says
    return asked.kind is Kind.TAP or any(say.urgent or say.calls for say in says)


async def _received(app: "App", incoming: Incoming, *, posted: bool) -> Answered:
    remembered = _remembered(app, incoming)
    if remembered is not None:
        return remembered
    key = app.event_key(incoming)
    asked = _resolved(app, incoming)
    if not routes.private(asked, app.library, app.memory.standing(asked, app.now())):
        return await _durably(app, asked, key, posted=posted)
    # The same id may have been a durable message before, when another screen stood.
    kept = await _looked_up(app, inbox.kept, key)
    if kept is not None:
        return Answered(taking.unpack(kept.answer), again=True)
    return await _quietly(app, asked)


def _remembered(app: "App", incoming: Incoming) -> Answered | None:
    found = app.memory.answer(incoming, app.now())
    return Answered(found.says, private=found.private, again=True) if found else None


async def _looked_up(app: "App", function: Callable[..., T], *args: object) -> T | None:
    """What the database tells, if it does so at once: somebody who needs help doesn't wait for it."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await app.database.read(function, *args)
    except (StorageUnavailable, TimeoutError):
        return None


def _resolved(app: "App", incoming: Incoming) -> Incoming:
    """What was typed as the tap it means."""
    if incoming.kind is not Kind.TEXT:
        return incoming
    quiet = app.memory.standing(incoming, app.now()) is not None
    if not quiet and (linking := link_code(incoming.text)):
        return replace(incoming, kind=Kind.TAP, action=linking, text="")
    return resolved(incoming, app.memory.menu(incoming, app.now()), app.quiet_labels if quiet else app.labels)


async def _quietly(app: "App", incoming: Incoming) -> Answered:
    now = app.now()
    standing = app.memory.standing(incoming, now)
    reply = _answered_quietly(app, incoming, standing)
    says = reply.says
    if incoming.kind is not Kind.TAP and await _is_new(app, incoming):
        says = _introduced(app, incoming, says)
    if (remembered := _remembered(app, incoming)) is not None:  # a copy of it was quicker
        return remembered
    app.memory.keep_private(incoming, says, reply.place, now)
    app.metrics.turns.labels(incoming.channel, "private").inc()
    return Answered(says, private=bool(app.memory.standing(incoming, now)))


def _moment(app: "App", incoming: Incoming) -> Moment:
    return Moment(incoming, app.library, app.now(), page=app.settings.public_url)


def _answered_quietly(app: "App", incoming: Incoming, standing: routes.Standing | None) -> Reply:
    try:
        return routes.respond_quietly(_moment(app, incoming), standing)
    except Exception:  # noqa: BLE001 - whatever breaks, somebody who needs help gets the help screen; no log line: private
        app.metrics.failures.labels("private").inc()
        return Reply((failures.help_now(app.library),), "help")


async def _is_new(app: "App", incoming: Incoming) -> bool:
    """Whether this chat never met us: read, not written, and not insisted on when the database is gone."""
    if app.memory.knows(incoming, app.now()):
        return False
    return await _looked_up(app, people.find, incoming.channel, incoming.address) is None


def _introduced(app: "App", incoming: Incoming, says: tuple[Say, ...]) -> tuple[Say, ...]:
    """Who we are, before the answer; where somebody may be in danger, after it, and then it carries the buttons."""
    text = start.hello(_moment(app, incoming), says)
    if not any(say.urgent for say in says):
        return (Say(text), *says)
    return (*says[:-1], replace(says[-1], buttons=()), Say(text, says[-1].buttons))


async def _durably(app: "App", incoming: Incoming, key: bytes, *, posted: bool) -> Answered:
    outcome = await _taken(app, incoming, key, posted=posted)
    app.metrics.turns.labels(incoming.channel, "durable").inc()
    if outcome.erased:
        for device in outcome.erased:
            _forget(app, device)
        app.unscrubbed.set()
        app.memory.keep_answer(incoming, outcome.says, app.now())
        return Answered(outcome.says, erased=True)
    if not outcome.again:  # a late copy takes no screen away
        app.memory.keep_durable(incoming, outcome.says, app.now())
    return Answered(outcome.says, again=outcome.again, rows=outcome.rows)


def _forget(app: "App", device: Device) -> None:
    """What memory holds of somebody who erased everything, wherever they talked with us."""
    app.memory.forget(*device)
    if device.channel in taking.SESSIONS:
        app.erased.add(device.address)
    if device.channel in app.deliveries:
        app.deliveries[device.channel].forget(device.address)


async def _taken(app: "App", incoming: Incoming, key: bytes, *, posted: bool) -> taking.Outcome:
    take = partial(taking.take, library=app.library, now=app.now(), posted=posted, page=app.settings.public_url)
    try:
        return await app.database.run(take, incoming, key)
    except (StorageUnavailable, taking.Gone):
        raise
    except IntegrityError:
        # The same message came twice at once and the other one won, or a handler broke a rule of the tables. Trying
        # once more tells which: the answer is kept by now, or it breaks again.
        return await _taken_by_another(app, incoming, key, take)
    except Exception as error:  # noqa: BLE001 - a poisoned message is answered and noted, not repeated for ever
        return await _failed(app, incoming, key, error, posted=posted)


async def _taken_by_another(
    app: "App", incoming: Incoming, key: bytes, take: "partial[taking.Outcome]"
) -> taking.Outcome:
    try:
        return await app.database.run(take, incoming, key)
    except IntegrityError as error:
        return await _failed(app, incoming, key, error, posted=take.keywords["posted"])


async def _failed(app: "App", incoming: Incoming, key: bytes, error: Exception, *, posted: bool) -> taking.Outcome:
    app.metrics.failures.labels("durable").inc()
    failures.log(app.log, "turn failed", error)
    failure = taking.Failure((failures.apology(),), type(error).__name__[:32])
    note = partial(taking.take_failed, now=app.now(), today=app.today(), posted=posted)
    return await app.database.run(note, incoming, key, failure)
