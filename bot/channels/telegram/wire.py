"""Telegram's updates as neutral messages: of each only the fields that are needed, so that the rest may change."""

from dataclasses import replace
from typing import Any

import msgspec
from msgspec import Struct

from bot.channels.channel import Decoded, Ignored, Membership, Presence
from handlers.chat import Incoming, Kind, Thing
from handlers.choices import opened
from storage.schema import LONGEST_ADDRESS

NAME = "telegram"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask Telegram for."""
LASTING = "!"
"""What a button's data begins with under a message that must stay as it is: no answer is written over first aid, also
when the server has forgotten that it is first aid."""


class _Chat(Struct):
    id: int
    type: str = ""

    def __post_init__(self) -> None:
        """Telegram's own have 52 bits; what is longer than an address may be stands in no message of its."""
        if len(str(self.id)) > LONGEST_ADDRESS:
            raise ValueError("no number of a chat")


class _User(Struct):
    is_bot: bool = False


class _Message(Struct):
    chat: _Chat
    message_id: int = 0
    date: int = 0
    user: _User | None = msgspec.field(default=None, name="from")
    text: str | None = None
    caption: str | None = None
    forward_origin: Any = None
    sticker: Any = None
    voice: Any = None
    audio: Any = None
    photo: Any = None
    video: Any = None
    video_note: Any = None
    animation: Any = None
    document: Any = None
    contact: Any = None
    location: Any = None
    venue: Any = None
    poll: Any = None
    pinned_message: Any = None
    message_auto_delete_timer_changed: Any = None
    write_access_allowed: Any = None
    chat_background_set: Any = None
    connected_website: Any = None
    boost_added: Any = None
    proximity_alert_triggered: Any = None


class _Tap(Struct):
    id: str
    message: _Message | None = None
    data: str | None = None


class _Member(Struct):
    status: str = ""


class _Change(Struct):
    chat: _Chat
    new_chat_member: _Member
    date: int = 0


class _Update(Struct):
    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Tap | None = None
    my_chat_member: _Change | None = None


_READER = msgspec.json.Decoder(_Update)
_UNREADABLE = Ignored("undecodable")
_THINGS = {
    "sticker": Thing.STICKER,
    "voice": Thing.VOICE,
    "audio": Thing.MUSIC,
    "photo": Thing.PHOTO,
    "video": Thing.VIDEO,
    "video_note": Thing.VIDEO,
    "animation": Thing.ANIMATION,
    "document": Thing.DOCUMENT,
    "contact": Thing.CONTACT,
    "location": Thing.LOCATION,
    "venue": Thing.LOCATION,
    "poll": Thing.POLL,
}
"""In this order: an animation is a document too, and a venue a location."""
_NOTES = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "connected_website",
    "boost_added",
    "proximity_alert_triggered",
)
"""What Telegram itself writes into a chat: nobody said anything."""


def decode(body: bytes) -> Decoded:
    """What a webhook was sent."""
    try:
        return _decoded(_READER.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # a ValidationError is a DecodeError
        return _UNREADABLE


def numbered(raw: object) -> tuple[int, Decoded] | None:
    """One of the updates that were asked for, with its number; None where it hasn't even that."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if not isinstance(number, int):
        return None
    try:
        return number, _whole(_decoded(msgspec.convert(raw, _Update)))
    except (msgspec.ValidationError, ValueError, RecursionError):
        return number, _UNREADABLE


def _whole(found: Decoded) -> Decoded:
    """Half a character, which Python's own reader of JSON lets in, can be kept nowhere. Raises UnicodeEncodeError."""
    if isinstance(found, Incoming):
        f"{found.text}{found.action}{found.tapped}".encode()
    return found


def _decoded(update: _Update) -> Decoded:
    if update.callback_query is not None:
        return _tap(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _change(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return Ignored("foreign")
    if message.chat.type != "private":
        return _group(message.chat)
    why = _unsaid(message)
    if why:
        return Ignored(why)
    return replace(_message(str(update.update_id), message, edited=update.message is None), at=message.date)


def _unsaid(message: _Message) -> str:
    """Why a message is nobody's words to us; empty where it is."""
    if message.user is not None and message.user.is_bot:
        return "bot"
    return "note" if any(getattr(message, name) is not None for name in _NOTES) else ""


def _message(number: str, message: _Message, *, edited: bool) -> Incoming:
    address, words = str(message.chat.id), message.text or message.caption or ""
    if message.text is None or message.forward_origin is not None or edited:
        thing = Thing.EDITED if edited else Thing.FORWARD if message.forward_origin is not None else _thing(message)
        return Incoming(NAME, address, number, Kind.OTHER, words, thing=thing)
    link = opened(words)
    if link is not None:
        return Incoming(NAME, address, number, Kind.TAP, action=link)
    return Incoming(NAME, address, number, Kind.TEXT, words)


def _thing(message: _Message) -> Thing:
    found = (thing for name, thing in _THINGS.items() if getattr(message, name) is not None)
    return next(found, Thing.SOMETHING)


def _tap(number: int, tap: _Tap) -> Decoded:
    if tap.message is None or tap.data is None:
        return Ignored("foreign")
    if tap.message.chat.type not in ("private", ""):
        return _group(tap.message.chat)
    lasting = LASTING if tap.data.startswith(LASTING) else ""
    tapped = f"{lasting}{tap.message.message_id} {tap.id}"
    action = tap.data.removeprefix(LASTING)
    return Incoming(NAME, str(tap.message.chat.id), str(number), Kind.TAP, action=action, tapped=tapped)


def _change(change: _Change) -> Decoded:
    status = change.new_chat_member.status
    if change.chat.type != "private":
        return _group(change.chat) if status not in ("left", "kicked") else Ignored("group")
    presence = Presence.CLOSED if status in ("left", "kicked") else Presence.OPEN
    return Membership(NAME, str(change.chat.id), presence, change.date)


def _group(chat: _Chat) -> Decoded:
    """A channel has nobody who writes to us; out of a group we go."""
    return Membership(NAME, str(chat.id), Presence.GROUP)
