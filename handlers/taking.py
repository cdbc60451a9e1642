"""One durable message inside its transaction: seen before? answer, keep where it stands, keep the answer."""

from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from handlers import routes
from handlers.chat import Button, Incoming, Say
from handlers.turn import Reply, Turn
from storage import addresses, chats, erased, inbox, outbox, people, states
from storage.chats import Chat
from storage.library import Library
from storage.people import Device
from storage.schema import Transaction, utc
from storage.states import State

_READER = msgspec.json.Decoder(tuple[Say, ...])
SESSIONS = frozenset({"web"})
"""Channels whose chats are sessions: an erased one is over. Elsewhere the same address may begin anew."""


class Gone(Exception):  # noqa: N818 - it names a state
    """The person erased everything while this message was on its way: nothing new is kept about them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is answered; `erased`: where the person talked with us, of whom nothing is left, not even this answer."""

    says: tuple[Say, ...]
    erased: tuple[Device, ...] = ()
    again: bool = False  # it was answered before
    rows: tuple[int, ...] = ()  # of the outbox, one a message, where they are sent from there


@dataclass(frozen=True, slots=True)
class Failure:
    """What is said when handling broke, and the kind of the error."""

    says: tuple[Say, ...]
    code: str


def take(
    tx: Transaction,
    incoming: Incoming,
    key: bytes,
    *,
    library: Library,
    now: datetime,
    posted: bool = False,
    page: str = "",
) -> Outcome:
    """Handle a message once; sent again, it gets the answer it got. `key` is the keyed hash of its id; `posted`: its
    answer waits in the outbox until it is delivered."""
    chat = chats.load(tx, incoming.channel, incoming.address, key)
    if chat.answered is not None:
        return Outcome(unpack(chat.answered), again=True)
    if chat.blocked:  # who writes to us wants an answer
        addresses.open_again(tx, incoming.channel, incoming.address)
    turn = Turn(incoming, library, now, tx, chat.person, chat.state, seed=int.from_bytes(key[:6]), page=page)
    reply = routes.respond(turn)
    if reply.erased:
        _end_sessions(turn, reply.erased)
        return Outcome(reply.says, erased=reply.erased)
    if chat.person is None and turn.person is not None and erased.is_marked(tx, erased.hidden(incoming.address)):
        raise Gone
    _settle(turn, reply, chat)
    who = turn.person.id if turn.person else None
    inbox.keep(tx, key, who, pack(reply.says), turn.today)
    return Outcome(reply.says, rows=_posted(tx, incoming, who, reply.says, now) if posted else ())


def take_failed(
    tx: Transaction, incoming: Incoming, key: bytes, failure: Failure, *, now: datetime, today: date, posted: bool
) -> Outcome:
    """Note a message whose handling broke, so that it isn't broken on for ever."""
    kept = inbox.kept(tx, key)
    if kept is not None:
        return Outcome(unpack(kept.answer), again=True)
    person = people.find(tx, incoming.channel, incoming.address)
    who = person.id if person else None
    inbox.keep_failed(tx, key, who, failure.code, pack(failure.says), today)
    return Outcome(failure.says, rows=_posted(tx, incoming, who, failure.says, now) if posted else ())


def pack(says: tuple[Say, ...]) -> str:
    """Messages as the JSON that is kept."""
    return msgspec.json.encode(says).decode()


def unpack(answer: str) -> tuple[Say, ...]:
    """The messages of a kept answer."""
    return _READER.decode(answer)


def menu_of(says: tuple[Say, ...]) -> tuple[Button, ...]:
    """The buttons that stand before the person: the last message's."""
    return says[-1].buttons if says else ()


def _posted(
    tx: Transaction, incoming: Incoming, person_id: str | None, says: tuple[Say, ...], now: datetime
) -> tuple[int, ...]:
    moment = utc(now)
    bodies = (msgspec.json.encode(say).decode() for say in says)
    return tuple(outbox.post(tx, incoming.channel, incoming.address, person_id, body, moment) for body in bodies)


def _end_sessions(turn: Turn, devices: tuple[Device, ...]) -> None:
    for device in devices:
        if device.channel in SESSIONS:
            erased.mark(turn.tx, erased.hidden(device.address), turn.today)


def _settle(turn: Turn, reply: Reply, chat: Chat) -> None:
    if turn.person is None:
        return
    new = State(reply.place, reply.note or {})
    if not chat.stored or new != chat.state:
        states.save(turn.tx, turn.person.id, new, first=not chat.stored)
    if chat.person is not None and (chat.person.active_on != turn.today or chat.person.noticed_on):
        people.seen(turn.tx, chat.person.id, turn.today)
