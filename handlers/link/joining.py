"""Use cases of linking: each runs inside the caller's transaction, and is done whole or not at all."""

import secrets
from datetime import date
from enum import Enum

from handlers.link import rules
from handlers.link.rules import Side
from handlers.turn import Turn
from storage import consents, links, outbox, people, progress
from storage.consents import Entry
from storage.links import Link
from storage.people import Device, Person
from storage.schema import Transaction, utc


class Took(Enum):
    """What became of a code that was typed."""

    ASKED = "asked"  # whoever typed it is asked whether they agree
    WAITING = "waiting"  # they agreed, the other side is asked
    WRONG = "wrong"  # no such code, or over, or somebody else typed it first: nobody learns which
    TOO_MANY = "too many"  # wrong tries
    OWN = "own"  # the code that is shown on this very device
    ALREADY = "already"  # both devices are the same person's
    FULL = "full"  # together they would have too many devices


def device(turn: Turn) -> Device:
    """Where this message came from."""
    return Device(turn.incoming.channel, turn.incoming.address)


def show(turn: Turn, *, fresh: bool = False) -> Link | None:
    """The person's open code; a fresh one voids it. None while too many people have one."""
    now = utc(turn.now)
    links.expired(turn.tx, now)
    person = turn.somebody()
    shown = links.shown_by(turn.tx, person.id, now)
    if shown and not fresh:
        return shown
    if not shown and links.count(turn.tx) >= rules.MOST_OPEN:
        return None
    new = Link(person.id, new_code(), *device(turn), until=now + rules.LIFE)
    links.show(turn.tx, new)
    return new


def take(turn: Turn, code: str) -> tuple[Took, Link | None]:
    """Somebody typed a code: whoever has it learns nothing yet."""
    now = utc(turn.now)
    links.expired(turn.tx, now)
    person = turn.somebody()
    if links.wrong(turn.tx, person.id, now) >= rules.MOST_WRONG:
        return Took.TOO_MANY, None
    link = links.with_code(turn.tx, code, now)
    if link is None or link.taker_id not in (None, person.id):
        links.note_wrong(turn.tx, person.id, now, now + rules.LIFE)
        return Took.WRONG, None
    if link.person_id == person.id:
        return (Took.OWN if device(turn) == (link.channel, link.address) else Took.ALREADY), None
    if link.taker_id == person.id:
        return (Took.WAITING if link.agreed else Took.ASKED), link
    if _too_many_devices(turn.tx, link.person_id, person.id):
        return Took.FULL, None
    links.take(turn.tx, code, person.id, device(turn), secrets.token_hex(8))
    return Took.ASKED, links.with_code(turn.tx, code, now)


def agree(turn: Turn, person: Person, ticket: str) -> Link | None:
    """Who typed the code agrees; the link as it stands then, or None when there is nothing to agree to."""
    link = links.taken_by(turn.tx, person.id, utc(turn.now))
    if link is None or link.agreed or link.ticket != ticket:
        return None
    links.agree(turn.tx, link.code, secrets.token_hex(8))
    return links.taken_by(turn.tx, person.id, utc(turn.now))


def refuse(turn: Turn, link: Link | None, ticket: str) -> bool:
    """One of the two says no: the code is over. False when that was no question any more."""
    if link is None or link.ticket != ticket:
        return False
    links.drop(turn.tx, link.code)
    return True


def confirm(turn: Turn, person: Person, ticket: str) -> tuple[Link, tuple[Entry, ...]] | None:
    """Who showed the code agrees as well: both are one. What was linked, and the consents that ended with it."""
    link = links.shown_by(turn.tx, person.id, utc(turn.now))
    if link is None or link.taker_id is None or not link.agreed or link.ticket != ticket:
        return None
    if _too_many_devices(turn.tx, person.id, link.taker_id):
        links.drop(turn.tx, link.code)
        return None
    ended = join(turn.tx, person.id, link.taker_id, turn.today)
    turn.person = people.find(turn.tx, *device(turn))
    return link, ended


def join(tx: Transaction, shows: str, takes: str, today: date) -> tuple[Entry, ...]:
    """Make the person who takes a part of the one who shows; the consents that ended with it.

    The state of the one who shows stays: theirs is the last word that was said.
    """
    mine, theirs = _side(tx, shows), _side(tx, takes)
    people.set_age(tx, shows, rules.age(mine, theirs))
    people.set_track(tx, shows, mine.track or theirs.track)
    people.set_unit(tx, shows, mine.unit or theirs.unit)
    _learn(tx, shows, mine, theirs)
    ended = rules.ended(mine, theirs)
    links.drop_of(tx, shows)
    links.hand_over(tx, takes, shows)
    for entry in ended:
        consents.note(tx, shows, Entry(entry.purpose, entry.version, given=False, day=today))
    people.remove(tx, takes)
    people.seen(tx, shows, today)
    return ended


def unlink(turn: Turn, person: Person, tag: str) -> Device | None:
    """Let one of several devices go: nobody is known there any more. None when there is no such one, or no other."""
    known = people.devices(turn.tx, person.id)
    gone = next((one for one in known if rules.tag(person.id, *one) == tag), None)
    if gone is None or len(known) < 2:
        return None
    links.drop_device(turn.tx, gone)
    outbox.drop_chat(turn.tx, *gone)
    people.let_go(turn.tx, gone)
    if gone == device(turn):
        turn.person = None
    return gone


def tell(turn: Turn, to: Device, person_id: str, body: str) -> bool:
    """Say something to the other side by itself; False where that can't be."""
    if to.channel in people.UNREACHABLE:
        return False
    outbox.add(turn.tx, *to, person_id, body, utc(turn.now))
    return True


def _learn(tx: Transaction, person_id: str, mine: Side, theirs: Side) -> None:
    known = {(one.kind, one.item): one for one in mine.learnt}
    for one in rules.learnt(mine.learnt, theirs.learnt):
        before = known.get((one.kind, one.item))
        if before is None:
            progress.add(tx, person_id, one)
        elif before != one:
            progress.change(tx, person_id, one)


def _side(tx: Transaction, person_id: str) -> Side:
    someone = people.load(tx, person_id)
    ledger, learnt = consents.ledger(tx, person_id), progress.of(tx, person_id)
    return Side(someone.age, someone.track, someone.unit, ledger, learnt)


def _too_many_devices(tx: Transaction, one: str, other: str) -> bool:
    return len(people.devices(tx, one)) + len(people.devices(tx, other)) > rules.MOST_DEVICES


def new_code() -> str:
    """A code by chance."""
    while not rules.is_code(code := "".join(secrets.choice(rules.ALPHABET) for _sign in range(rules.LENGTH))):
        pass
    return code
