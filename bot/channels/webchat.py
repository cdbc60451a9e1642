"""The web chat's interface: sessions, messages, events. It decodes, checks and encodes; it decides nothing.

The interface is fixed: docs/web-chat.md describes it, and /chat/openapi.json for machines.
"""

import time
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from bot.app import App
from bot.channels.events import Listeners
from bot.channels.refusals import documented, refused
from bot.channels.shown import Shown, shown
from bot.limits import Limit, network
from bot.tokens import Tokens
from bot.turns import Answered, answered_before, receive
from handlers.chat import Incoming, Kind
from handlers.taking import Gone
from storage.database import StorageUnavailable

CHANNEL = "web"
LONGEST_TEXT = 4_000  # characters
RATE, BURST = 5, 30  # messages a second, and at once


class Answer(Struct, frozen=True):
    """The answer to a message. `private`: keep nothing of what is typed now."""

    messages: tuple[Shown, ...]
    private: bool


class Session(Struct, frozen=True):
    """A new session: whoever holds the token is the person."""

    session: str


class Nothing(Struct, frozen=True):
    """An empty object."""


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """A message: `text` that was typed, or the `action` of a button that was tapped."""

    id: UUID
    text: Annotated[str, Meta(description="What was typed, 4,000 characters at most.")] | None = None
    action: Annotated[str, Meta(description="A button's action, as it came.")] | None = None


@dataclass(frozen=True, slots=True)
class WebChat:
    """What the interface works with."""

    app: App
    tokens: Tokens
    messages: Limit
    sessions: Limit
    listeners: Listeners


def web_chat(app: App) -> WebChat:
    """The web chat of an app."""
    sessions = Limit.a_minute(app.settings.sessions_a_minute)
    return WebChat(app, Tokens(app.secret), Limit(RATE, BURST), sessions, Listeners())


@post(
    "/chat/api/sessions",
    status_code=201,
    summary="Begin a session",
    responses=documented("wrong_body", "too_large", "too_fast"),
)
async def new_session(request: Request[None, None, State], data: JSONBody[Nothing | None] = None) -> Session:
    """Make a signed token. Nothing is written about it until there is something to keep."""
    web: WebChat = request.app.state.web
    if data is None and (await request.body()).strip() not in (b"", b"null"):  # the decoder takes the word for nothing
        raise refused("wrong_body", web.app.metrics)
    wait = web.sessions.take(network(request.client.host) if request.client else "", web.app.ticks())
    if wait:
        raise refused("too_fast", web.app.metrics, wait)
    return Session(web.tokens.new(web.app.now().date()))


@post(
    "/chat/api/sessions/{session:str}/messages",
    status_code=200,
    summary="Send a message",
    responses=documented(
        "wrong_body", "unknown_session", "erased", "too_large", "text_or_action", "too_fast", "storage"
    ),
)
async def send_message(
    request: Request[None, None, State], session: FromPath[str], data: JSONBody[Sent]
) -> Response[Answer]:
    """Take one message and answer it; the same id gives the very same answer."""
    web: WebChat = request.app.state.web
    incoming = decode(web, session, data)
    farewell = web.app.memory.answer(incoming, web.app.now())
    if incoming.address in web.app.erased and farewell is None:
        raise refused("erased", web.app.metrics)
    return await _answered(web, incoming)


def decode(web: WebChat, session: str, sent: Sent) -> Incoming:
    """A request as a neutral message, or a refusal."""
    address = web.tokens.address(session, web.app.now().date())
    if address is None:
        raise refused("unknown_session", web.app.metrics)
    if (sent.text is None) == (sent.action is None):
        raise refused("text_or_action", web.app.metrics)
    if sent.text is not None and len(sent.text) > LONGEST_TEXT:
        raise refused("too_large", web.app.metrics)
    kind = Kind.TEXT if sent.text is not None else Kind.TAP
    return Incoming(CHANNEL, address, sent.id.hex, kind, sent.text or "", sent.action or "")


async def _answered(web: WebChat, incoming: Incoming) -> Response[Answer]:
    wait = web.messages.take(incoming.address, web.app.ticks())
    if wait and not await answered_before(web.app, incoming):
        raise refused("too_fast", web.app.metrics, wait)
    begun = time.perf_counter()
    try:
        answered = await receive(web.app, incoming)
    except StorageUnavailable as error:
        raise refused("storage", web.app.metrics) from error
    except Gone as error:
        raise refused("erased", web.app.metrics) from error
    if answered.again and not wait:  # what wasn't taken isn't given back
        web.messages.give_back(incoming.address)
    web.app.metrics.seconds.observe(time.perf_counter() - begun)
    return Response(encode(answered))


def encode(answered: Answered) -> Answer:
    """Messages as the page gets them."""
    return Answer(tuple(shown(say) for say in answered.says), answered.private)
