"""The terminal: menus are numbered, answers are typed. For a person, and for scripts that pipe lines."""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable

from bot.app import App
from bot.channels.menus import listed, stepped
from bot.turns import Answered, receive
from handlers.chat import Incoming, Kind, Say, plain, untold
from storage.database import StorageUnavailable
from storage.secret import text
from storage.wording import catalogue

_ = catalogue("bot")

CHANNEL = "terminal"
BETWEEN = "\n\n─────\n\n"  # messages: a channel without bubbles needs another sign


def decode(address: str, line: str) -> Incoming:
    """A typed line as a neutral message; each line is a message of its own."""
    return Incoming(CHANNEL, address, secrets.token_hex(8), Kind.TEXT, text=line)


def encode(answered: Answered) -> str:
    """Messages as a block of text; the buttons of the last one numbered from 1."""
    return BETWEEN.join(_message(say) for say in answered.says)


def opening(address: str) -> Incoming:
    """What a talk begins with."""
    return Incoming(CHANNEL, address, secrets.token_hex(8), Kind.TAP, action="resume")


def hidden(app: App, name: str) -> str:
    """The address that is stored for a name: a keyed hash, since people give their own name or number."""
    key = app.secret.derived("terminal address")
    return text(hmac.digest(key, name.encode("utf-8", "surrogateescape"), hashlib.sha256)[:16])


async def talk(app: App, name: str, lines: AsyncIterator[str], show: Callable[[str], None]) -> None:
    """Talk until the lines end; `name` is what the person calls themselves, and is kept nowhere."""
    address = hidden(app, name)
    show(await answer(app, opening(address)))
    async for line in lines:
        if line.strip():
            show(await answer(app, decode(address, line)))


async def answer(app: App, incoming: Incoming) -> str:
    """One message's answer as text, also when nothing can be kept just now."""
    try:
        return encode(await receive(app, incoming))
    except StorageUnavailable:
        return _("The server has trouble right now. Please try again in a minute. Urgent: call.")


def _message(say: Say) -> str:
    document = say.document.written if say.document else ""
    return "\n\n".join(part for part in (stepped(plain(say)), document, listed(untold(say), say.buttons)) if part)
