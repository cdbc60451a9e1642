"""What a code looks like, and what counts when two people turn out to be one. Pure: values in, values out."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from storage.consents import PROGRESS, Entry, latest
from storage.progress import Learnt

ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"  # one at most of 0 O, 1 I L, 5 S, 8 B, 2 Z, U V: 27 signs
LENGTH = 8  # signs: 37 bits with what `is_code` asks for
LIFE = timedelta(minutes=10)  # of a code, with both confirmations; and of the memory of wrong tries
MOST_WRONG = 5  # tries of one person within LIFE
MOST_OPEN = 2_000  # codes at once
MOST_DEVICES = 8  # of one person: what a screen can list

_TYPED = re.compile(r"(\w{4})[ \u00a0\u2010-\u2015-]?(\w{4})")


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one of two people who become one."""

    age: str | None = None
    track: str | None = None
    unit: str | None = None
    ledger: tuple[Entry, ...] = ()
    learnt: tuple[Learnt, ...] = ()


def is_code(text: str) -> bool:
    """Whether signs make a code: two to four digits among letters, so that no word, number or number plate does."""
    digits = sum(sign.isdigit() for sign in text)
    return len(text) == LENGTH and set(text) <= set(ALPHABET) and 2 <= digits <= 4


def link_code(text: str) -> str | None:
    """The action behind a code that was typed or pasted, and nothing else with it: `link:take:K7QD2MXA`."""
    match = _TYPED.fullmatch(text.strip())
    code = (match[1] + match[2]).upper() if match else ""
    return f"link:take:{code}" if is_code(code) else None


def spelled(code: str) -> str:
    """A code as people are shown it: `K7QD-2MXA`."""
    return f"{code[:4]}-{code[4:]}"


def tag(person_id: str, channel: str, where: str) -> str:
    """A short name for a device in a button; without the person's id nobody gets from it to the address."""
    return hashlib.sha256(f"{person_id} {channel} {where}".encode()).hexdigest()[:8]


def age(one: Side, other: Side) -> str | None:
    """The younger band; not told comes before all but under 16, which is as strict and says more. A side of which
    nothing at all is known, such as a device that is linked before anything else, has no say."""
    told = [side.age for side in (one, other) if side != Side()]
    for band in ("u16", None, "16-17"):
        if band in told:
            return band
    return "18+" if told else None


def learnt(one: Iterable[Learnt], other: Iterable[Learnt]) -> tuple[Learnt, ...]:
    """All that either learned; of what both did, the furthest and the best."""
    found: dict[tuple[str, str], Learnt] = {}
    for each in (*one, *other):
        key = (each.kind, each.item)
        found[key] = best(found[key], each) if key in found else each
    return tuple(found[key] for key in sorted(found))


def best(one: Learnt, other: Learnt) -> Learnt:
    """The furthest screen, the most right answers, the later day; a lesson is as long as it was on that day."""
    at, done, day = max(one.at, other.at), one.done or other.done, max(one.day, other.day)
    if one.kind == "question":
        return Learnt(one.kind, one.item, at, max(one.of, other.of), done, day)
    _later, of = max((one.day, one.of), (other.day, other.of))
    return Learnt(one.kind, one.item, min(at, of), of, done, day)


def stands(purpose: str, one: Side, other: Side) -> bool:
    """Whether a consent stands for both: given on both sides, in the same words; or on one, where the other neither
    said anything about it nor has anything that it would cover."""
    first, second = latest(one.ledger, purpose), latest(other.ledger, purpose)
    if first and second:
        return first.given and second.given and first.version == second.version
    silent = other if first else one
    said = first or second
    return said is not None and said.given and not _covers(purpose, silent)


def ended(one: Side, other: Side) -> tuple[Entry, ...]:
    """The consents that stood on a side and stand no more, each as it was said last."""
    found = {}
    for purpose in sorted({entry.purpose for side in (one, other) for entry in side.ledger}):
        given = [said for side in (one, other) if (said := latest(side.ledger, purpose)) and said.given]
        if given and not stands(purpose, one, other):
            found[purpose] = given[-1]
    return tuple(found.values())


def _covers(purpose: str, side: Side) -> bool:
    """Whether somebody has anything that a consent would cover; of a purpose unknown here, that is assumed."""
    return purpose != PROGRESS or bool(side.learnt)
