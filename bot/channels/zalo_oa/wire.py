"""Zalo's events as neutral messages, and the signature on them. Of each only the fields that are needed."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from bot.channels.channel import Decoded, Headers, Ignored, Membership, Operator, Presence
from handlers.chat import LONGEST_ACTION, Incoming, Kind, Thing
from handlers.routes import ROUTES
from storage.schema import LONGEST_ADDRESS

NAME = "zalo_oa"
MARK = "#"
"""What a button's payload begins with, so that it isn't taken for words; Zalo's own examples do the same."""
LONGEST_RETRY = timedelta(days=1)
"""An event older than that is no late try of Zalo's (its last comes within two hours) but somebody's replay. Younger
ones are known to the inbox, which keeps each for a day at least."""

_HEADER = "x-zevent-signature"
_ID = re.compile(rf"[0-9A-Za-z_-]{{1,{LONGEST_ADDRESS}}}")
_ACTION = re.compile(r"#([a-z]+)(:[!-~]*)?")
_ROUTES = frozenset(route.name for route in ROUTES)
_THINGS = {
    "user_send_image": Thing.PHOTO,
    "user_send_sticker": Thing.STICKER,
    "user_send_gif": Thing.ANIMATION,
    "user_send_audio": Thing.VOICE,
    "user_send_video": Thing.VIDEO,
    "user_send_file": Thing.DOCUMENT,
    "user_send_location": Thing.LOCATION,
    "user_send_business_card": Thing.CONTACT,
    "user_send_link": Thing.SOMETHING,
}
_SEEN = frozenset({"user_received_message", "user_seen_message"})
_UNREADABLE = Ignored("undecodable")
_FOREIGN = Ignored("foreign")

Id = str | int


class _Party(Struct):
    id: Id = ""
    admin_id: Id | None = None


class _Message(Struct):
    text: str | None = None
    msg_id: Id | None = None


class _Event(Struct):
    event_name: str
    app_id: Id = ""
    oa_id: Id = ""
    sender: _Party | None = None
    recipient: _Party | None = None
    follower: _Party | None = None
    message: _Message | None = None
    timestamp: Id = ""


class _Stamp(Struct):
    timestamp: Id = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are to Zalo: the app, the OA where it is known, and the key that signs events."""

    app_id: str
    key: str = field(repr=False)
    oa: str = ""


_READER = msgspec.json.Decoder(_Event)
_STAMPS = msgspec.json.Decoder(_Stamp)
_FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # a ValidationError is a DecodeError


def is_signed(account: Account, headers: Headers, body: bytes, now: datetime) -> bool:
    """Whether Zalo sent these very bytes, and not longer ago than it tries: plain SHA-256 over app, body, time, key.

    The time stands in the body: it is read for this alone, and believed only once the signature fits.
    """
    shown = headers.get(_HEADER, "").strip().removeprefix("mac=").lower()
    stamp = _stamp(body)
    if not (account.app_id and account.key and stamp):
        return False
    signed = account.app_id.encode() + body + stamp.encode() + account.key.encode()
    wanted = hashlib.sha256(signed).hexdigest()
    return secrets.compare_digest(shown.encode("utf-8", "replace"), wanted.encode()) and not _is_old(stamp, now)


def decode(account: Account, body: bytes) -> Decoded:
    """What a webhook was sent. Never raises."""
    try:
        event = _READER.decode(body)
    except _FAILURES:
        return _UNREADABLE
    if event.app_id and str(event.app_id) != account.app_id:
        return _FOREIGN
    found = _decoded(account, event, body)
    return replace(found, at=_seconds(event.timestamp)) if isinstance(found, Incoming | Membership) else found


def _stamp(body: bytes) -> str:
    try:
        return str(_STAMPS.decode(body).timestamp)
    except _FAILURES:
        return ""


def _is_old(stamp: str, now: datetime) -> bool:
    """What can't be read is signed all the same, and let through."""
    return 0 < _seconds(stamp) < (now - LONGEST_RETRY).timestamp()


def _seconds(stamp: Id) -> float:
    """Since 1970; told in milliseconds, 0 where it can't be read so."""
    digits = str(stamp)
    return int(digits) / 1000 if digits.isascii() and digits.isdigit() and len(digits) == 13 else 0.0


def _decoded(account: Account, event: _Event, body: bytes) -> Decoded:
    name = event.event_name
    if name in _SEEN:
        return Ignored("seen")
    if name.startswith("oa_send_"):
        return _echo(account, event)
    if name in ("follow", "unfollow"):
        return _followed(account, event, body)
    if name == "user_send_text" or name in _THINGS:
        return _said(account, event, body)
    return _FOREIGN


def _echo(account: Account, event: _Event) -> Decoded:
    """What the OA sent. A human's words for the account come back with who wrote them; ours come back without."""
    if not _is_ours(account, event.sender):
        return _FOREIGN
    if event.sender is None or not event.sender.admin_id or str(event.sender.admin_id) == "0":
        return Ignored("echo")
    address = _address(event.recipient)
    return Operator(NAME, address) if address else _UNREADABLE


def _followed(account: Account, event: _Event, body: bytes) -> Decoded:
    """A follower waits for a first word, so following is like the start button; who unfollows closes the chat."""
    address = _address(event.follower or event.sender)
    if event.oa_id and account.oa and str(event.oa_id) != account.oa:
        return _FOREIGN
    if not address:
        return _UNREADABLE
    if event.event_name == "unfollow":
        return Membership(NAME, address, Presence.CLOSED)
    return Incoming(NAME, address, _number(event, body), Kind.TAP, action="start", watched=True)


def _said(account: Account, event: _Event, body: bytes) -> Decoded:
    if not _is_ours(account, event.recipient):
        return _FOREIGN
    address, number = _address(event.sender), _number(event, body)
    words = event.message.text or "" if event.message else ""
    if not address:
        return _UNREADABLE
    thing = _THINGS.get(event.event_name)
    if thing is not None:
        return Incoming(NAME, address, number, Kind.OTHER, words, thing=thing, watched=True)
    tapped = _tapped(words)
    if tapped:
        return Incoming(NAME, address, number, Kind.TAP, action=tapped, watched=True)
    return Incoming(NAME, address, number, Kind.TEXT, words, watched=True)


def _tapped(words: str) -> str:
    """The action of a button. A press comes back as typed words, so only what no person would type is one."""
    found = _ACTION.fullmatch(words.strip())
    if found is None or len(found[0]) > LONGEST_ACTION + 1 or not (found[2] or found[1] in _ROUTES):
        return ""
    return found[0].removeprefix(MARK)


def _is_ours(account: Account, party: _Party | None) -> bool:
    """One webhook serves all OAs of an app, so each event is looked at for whom it is."""
    return not account.oa or party is None or not party.id or str(party.id) == account.oa


def _address(party: _Party | None) -> str:
    found = str(party.id) if party else ""
    return found if _ID.fullmatch(found) else ""


def _number(event: _Event, body: bytes) -> str:
    number = event.message.msg_id if event.message else None
    return str(number) if number else hashlib.blake2b(body, digest_size=16).hexdigest()
