"""The words all channels share: what comes in, what is said, what a button does.

Everything here is frozen and plain: no framework, no clock, and no wording but what every message has alike.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from storage.wording import catalogue

_ = catalogue("bot")

FIELDS_OF_ACTION = 4
LONGEST_ACTION = 64  # bytes: what Telegram carries back from a tap
_FIRST_NUMBER = re.compile(r"^(?:\*\*)?(\d[\d. ]*\d)", re.MULTILINE)


class Kind(StrEnum):
    """What a person sent."""

    TEXT = "text"
    TAP = "tap"
    OTHER = "other"  # a sticker, a voice message, a picture: whatever a channel can't put into words


class Thing(StrEnum):
    """What a message was that isn't text typed just now. `text` may hold words that came with it."""

    STICKER = "sticker"
    VOICE = "voice"
    MUSIC = "music"
    ANIMATION = "animation"
    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"
    CONTACT = "contact"
    LOCATION = "location"
    POLL = "poll"
    FORWARD = "forward"
    EDITED = "edited"
    HIDDEN = "hidden"  # the platform keeps its content from us, as it does for children
    SOMETHING = "something"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of one person, as a channel decoded it.

    `address` is where an answer goes and may be stored; a channel that has no need of the real one
    hands in a keyed hash. `id` is unique within channel and address: the same id is the same message.
    `tapped` is the channel's own word for the message whose button was tapped. `watched`: others can read this
    chat beside the person's name. `at`: when it was sent, in seconds since 1970 by the platform's clock, 0 where that
    isn't told; no part of what it says, and stored nowhere.
    """

    channel: str
    address: str
    id: str
    kind: Kind
    text: str = ""
    action: str = ""
    tapped: str | None = None
    thing: Thing = Thing.SOMETHING
    watched: bool = False
    at: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to tap: `action` comes back as `Incoming.action`."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Call:
    """A telephone number to tap: `number` is what is dialled."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file a person takes away, such as an export of their data."""

    name: str
    content: str

    @property
    def written(self) -> str:
        """As text, where files can't be handed over: what it is comes first."""
        return f"{self.name}\n\n{self.content}"


@dataclass(frozen=True, slots=True)
class Say:
    """One message to a person. Channels render it in their own habits; `plain` is the least they show."""

    text: str
    buttons: tuple[Button, ...] = ()
    title: str = ""
    source: str = ""
    step: tuple[int, int] | None = None  # (2, 5): the second of five
    urgent: bool = False
    calls: tuple[Call, ...] = ()
    document: Document | None = None
    passing: bool = False  # its first paragraph may be shown in passing, and then needn't stand in the message
    personal: bool = False  # nobody else's business: not to be passed on by a slip of the thumb


def head(say: Say) -> str:
    """The line above the text: step and title, as far as there are any."""
    step = "/".join(map(str, say.step)) if say.step else ""
    return " · ".join(part for part in (step, say.title) if part)


def plain(say: Say) -> str:
    """The whole message as plain text: step and title, text, source."""
    return "\n\n".join(part for part in (head(say), say.text.replace("**", ""), source_line(say)) if part)


def source_line(say: Say) -> str:
    """Where it is from, told so that nobody takes it for a sentence of the text; empty where nothing is cited."""
    return _("Source: {source}", source=say.source) if say.source else ""


def untold(say: Say) -> tuple[Call, ...]:
    """The numbers to call that a channel of mere text must still list: those with no line of their own in the text,
    one that begins with the number."""
    told = {re.sub(r"\D", "", number) for number in _FIRST_NUMBER.findall(say.text)}
    return tuple(call for call in say.calls if re.sub(r"\D", "", call.number) not in told)


def action(*fields: str | int) -> str:
    """Join route and arguments into what a button carries: `learn:thuoc-la-dien-tu:2`."""
    joined = ":".join(map(str, fields))
    if len(joined.encode()) > LONGEST_ACTION:
        raise ValueError("an action may be 64 bytes long")
    return joined


def fields(raw: str) -> tuple[str, ...]:
    """The route and its arguments; a foreign or mangled action gives fields that no route knows."""
    return tuple(raw.split(":", FIELDS_OF_ACTION - 1))
