"""The one shape of a channel that is sent to: it verifies and decodes what comes, encodes and carries what goes.

A channel decides nothing. What it can do stands in its `Capabilities`; what became of a message, in an `Outcome`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from handlers.chat import Incoming, Say

MOST_HELD = 64 * 1024  # bytes of a payload that is looked at; a platform's own are smaller
LONGEST_CALL = 1024 * 1024  # bytes that a platform may bring at once: it brings again what is refused for its size


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. `measure` counts a text as the platform does; `text` is the most it takes."""

    text: int
    measure: Callable[[str], int] = len
    buttons: int = 0  # 0: menus are numbered lists
    label: int = 0  # longest label of a button, in the platform's units
    watched: bool = False  # its administrators read chats beside the account's name
    a_second: float = 30.0  # messages that the platform takes for one token


class Result(Enum):
    """What became of a message that was sent."""

    SENT = "sent"
    LATER = "later"  # unreachable, or asked to wait: the same again
    GONE = "gone"  # this chat is closed to us: nothing more is sent to it
    REFUSED = "refused"  # this message will never be taken
    BROKEN = "broken"  # our token or rights: a human must look; the same again when that is mended


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result; `wait`: seconds that the platform asked for; `reached`: whether it answered at all."""

    result: Result
    wait: float = 0.0
    reached: bool = True
    code: str = ""  # of the platform, for counting: never its words


SENT = Outcome(Result.SENT)
UNREACHED = Outcome(Result.LATER, reached=False, code="unreachable")


class WrongToken(ValueError):  # noqa: N818 - it names what was found
    """This is no token of this platform."""


class Presence(Enum):
    """What a chat became, other than by a message."""

    OPEN = "open"  # followed, unblocked
    CLOSED = "closed"  # blocked, unfollowed
    GROUP = "group"  # we were put into a group, which we leave


@dataclass(frozen=True, slots=True)
class Membership:
    """A chat that opened or closed itself to us; `at`: when, in seconds since 1970 by the platform's clock, or 0."""

    channel: str
    address: str
    presence: Presence
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Operator:
    """A human wrote in this chat for the account: the bot holds its tongue for a while."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to answer; `why` is a short code that is counted: `echo`, `seen`, `undecodable`, `foreign`."""

    why: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a platform had for us, each with its number; `more`: there is probably more at once."""

    outcome: Outcome
    events: "tuple[tuple[int, Decoded], ...]" = ()
    more: bool = False


Decoded = Incoming | Membership | Operator | Ignored
Headers = Mapping[str, str]  # names in small letters


class Channel(Protocol):
    """A platform. `decode` never raises, whatever the bytes; `send` never raises but for cancellation."""

    name: str
    capabilities: Capabilities

    def verify(self, headers: Headers, body: bytes) -> bool:
        """Whether the platform itself sent this, compared in constant time."""
        ...

    def decode(self, body: bytes) -> Decoded:
        """One payload as a neutral message."""
        ...

    async def send(self, address: str, say: Say, tapped: str | None = None) -> Outcome:
        """Carry one message out; `tapped` is the incoming message's own, so that a screen may be replaced."""
        ...

    async def acknowledge(self, tapped: str, passing: str = "") -> None:
        """Answer a tap, so that it stops turning; `passing` is shown for a moment. Best effort, and first of all."""
        ...

    async def leave(self, address: str, say: Say) -> None:
        """Say goodbye to a group and leave it; best effort."""
        ...

    async def prepare(self) -> Outcome:
        """Tell the platform where and how we listen, and what stands in our menu there."""
        ...

    async def keep_fresh(self) -> Outcome:
        """Renew what runs out, such as a token, and try again what was refused; called at the start and every ten
        minutes."""
        ...

    async def fetch(self, offset: int) -> Fetched:
        """Ask for what comes after `offset`, which confirms all before it; waits for a while when there is nothing."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
