"""What several platforms' tables share."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from bot.channels.channel import SENT, Membership, Presence
from bot.channels.texts import utf16
from bot.trial.step import Answered, Answers, Claim, Seen, Step, part
from handlers.chat import Incoming, Kind, Thing
from storage.wording import catalogue

_ = catalogue("cli")

Says = Callable[[], str]
MOST = 2000  # of a text, on both Zalos
WIDE, MARKED = "\U0001f642", "\u1ebf"  # two units of UTF-16; one unit, three bytes


def reads(thing: Thing) -> Claim:
    """What the person sends is decoded as what it is."""
    return Claim(
        f"is read as {thing.value}",
        lambda: _("The bot sees what it is."),
        lambda seen: None if seen.heard is None else _thing(seen) is thing,
    )


def words_beside() -> Claim:
    """Words under a picture come along."""
    return Claim(
        "its caption comes along", lambda: _("The words beside it come along."), lambda seen: seen.meaning.get("words")
    )


def text() -> Claim:
    """What is typed is decoded as text."""
    return Claim(
        "is read as text",
        lambda: _("The bot reads what is typed."),
        lambda seen: None if seen.heard is None else seen.meaning.get("kind") == Kind.TEXT.value,
    )


def taps(action: str) -> Claim:
    """A press brings back what the button carries."""
    return Claim(
        "a press brings back what the button carries",
        lambda: _("A press brings back exactly what the button carries."),
        lambda seen: None if seen.heard is None else seen.meaning.get("action") == action,
    )


def presence(expected: Presence) -> Claim:
    """A chat that opens, closes, or turns out to be a group."""
    return Claim(
        f"the chat is told to be {expected.value}",
        lambda: _("The bot is told."),
        lambda seen: (
            None
            if seen.heard is None
            else isinstance(seen.heard.decoded, Membership) and seen.heard.decoded.presence is expected
        ),
    )


def has(name: str, says: Says, *path: str) -> Claim:
    """The payload has something at this path."""
    return Claim(name, says, lambda seen: None if seen.heard is None else part(seen.heard.payload, *path) is not None)


def taken(name: str, says: Says, place: int = 0) -> Claim:
    """One of the step's calls is taken."""
    return Claim(name, says, lambda seen: _known(seen, place, lambda one: one.outcome == SENT))


def refused(name: str, says: Says, place: int) -> Claim:
    """One of the step's calls is refused."""
    return Claim(name, says, lambda seen: _known(seen, place, lambda one: one.outcome != SENT))


def answered(name: str, says: Says, *, yes: bool) -> Claim:
    """The person answers so."""
    return Claim(name, says, lambda seen: None if seen.yes is None else seen.yes is yes)


def longest(send: Callable[[str], Awaitable[Answered]]) -> Step:
    """How a Zalo counts its 2,000: not in bytes, and as we do; were it in signs, ours would be the stricter way."""

    async def does() -> Answers:
        full = MOST // utf16(WIDE)
        return tuple([await send(text) for text in (WIDE * full, MARKED * MOST, WIDE * (full + 1))])

    return Step(
        "the longest text",
        lambda: _("Nothing to do: the bot sends very long messages."),
        (
            taken("2000 units of UTF-16 are taken", lambda: _("A text of 2,000 units is taken.")),
            taken("6000 bytes are taken", lambda: _("Bytes aren't what counts."), 1),
            refused("2002 units are refused", lambda: _("Two more are refused: we count alike."), 2),
        ),
        does=does,
        hears=None,
    )


def moved(say: Callable[[str], None], address: str) -> None:
    """Say that a webhook is taken away, if there is one; of its address only the host."""
    if address:
        host = urlsplit(address).hostname or "?"
        say(_("The webhook at {host} is taken away for the trial. Restart the server afterwards.", host=host))


def own_bot() -> str:
    """How a trial disturbs nobody, where bots are made in a minute."""
    return _("Take a bot of its own.")


def _thing(seen: Seen) -> Thing | None:
    decoded = seen.heard.decoded if seen.heard else None
    return decoded.thing if isinstance(decoded, Incoming) and decoded.kind is Kind.OTHER else None


def _known(seen: Seen, place: int, is_so: Callable[[Answered], bool]) -> bool | None:
    """None where the platform wasn't reached: that tells nothing about it."""
    if len(seen.answers) <= place or not seen.answers[place].outcome.reached:
        return None
    return is_so(seen.answers[place])
