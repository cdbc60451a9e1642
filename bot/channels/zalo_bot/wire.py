"""What Zalo sends a bot as neutral messages: wrapped or bare, of each only the fields that are needed.

Zalo documents the wrapped form `{"ok": true, "result": {...}}`; bare ones were seen on the wire.
"""

import hashlib
import re
from typing import Any

import msgspec
from msgspec import Struct

from bot.channels.channel import MOST_HELD, Decoded, Ignored, Membership, Presence
from handlers.chat import Incoming, Kind, Thing
from storage.schema import LONGEST_ADDRESS

NAME = "zalo_bot"

_ADDRESS = re.compile(rf"[!-~]{{1,{LONGEST_ADDRESS}}}")  # Zalo's own are short and hexadecimal
_EVENT = re.compile(r"message\.(?P<kind>[a-z_]+)\.received")


class _User(Struct):
    is_bot: Any = False


class _Chat(Struct):
    id: str | int
    chat_type: Any = "PRIVATE"


class _Message(Struct):
    chat: _Chat
    user: _User | None = msgspec.field(default=None, name="from")
    message_id: str | int | None = None
    text: Any = None
    caption: Any = None
    photo: Any = None
    photo_url: Any = None  # as some of Zalo's own libraries name it
    sticker: Any = None
    voice_url: Any = None


class _Update(Struct):
    event_name: Any = ""
    message: _Message | None = None
    update_id: Any = None  # Telegram's: its payloads are of the same shape, but name no event


class _Payload(_Update):
    result: _Update | None = None


_READER = msgspec.json.Decoder(_Payload)
_UNREADABLE, _FOREIGN = Ignored("undecodable"), Ignored("foreign")
_THINGS = {
    "image": Thing.PHOTO,
    "sticker": Thing.STICKER,
    "voice": Thing.VOICE,
    "unsupported": Thing.HIDDEN,
}
"""By the event's name. A name that isn't known is told by what came with it."""
_FIELDS = {
    "photo": Thing.PHOTO,
    "photo_url": Thing.PHOTO,
    "sticker": Thing.STICKER,
    "voice_url": Thing.VOICE,
    "caption": Thing.SOMETHING,
}


def decode(body: bytes) -> Decoded:
    """What a webhook was sent, or getUpdates answered."""
    if len(body) > MOST_HELD:
        return _UNREADABLE
    try:
        payload = _READER.decode(body)
        update = payload.result or payload
        astray = update.update_id is not None and not update.event_name
        return _FOREIGN if astray or update.message is None else _message(update, update.message, body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # a ValidationError is a DecodeError
        return _UNREADABLE


def _message(update: _Update, message: _Message, body: bytes) -> Decoded:
    address = str(message.chat.id)
    if not _ADDRESS.fullmatch(address):
        return _UNREADABLE
    if message.user is not None and message.user.is_bot is True:
        return Ignored("bot")  # before the group, so that two bots in one never keep each other talking
    if message.chat.chat_type not in ("PRIVATE", None):
        return Membership(NAME, address, Presence.GROUP)
    sent = _sent(update.event_name, message)
    if sent is None:
        return _FOREIGN
    return Incoming(NAME, address, _id(message, body), sent[0], _words(message), thing=sent[1], watched=True)


def _sent(event: object, message: _Message) -> tuple[Kind, Thing] | None:
    """What a person sent; None where it is nothing to answer, since an answer to that might call for the next."""
    found = _EVENT.fullmatch(event) if isinstance(event, str) else None
    name = found["kind"] if found else ""
    if name in _THINGS:
        return Kind.OTHER, _THINGS[name]
    if isinstance(message.text, str) and message.text.strip() and name != "reaction":
        return Kind.TEXT, Thing.SOMETHING
    if name in ("text", "link"):
        return Kind.OTHER, Thing.SOMETHING
    things = (thing for field, thing in _FIELDS.items() if getattr(message, field) is not None)
    thing = next(things, None)
    return None if thing is None else (Kind.OTHER, thing)


def _words(message: _Message) -> str:
    return next((words for words in (message.text, message.caption) if isinstance(words, str)), "")


def _id(message: _Message, body: bytes) -> str:
    """Zalo's own, which is the same when it sends again; else one for these bytes."""
    return str(message.message_id) if message.message_id else hashlib.sha256(body).hexdigest()
