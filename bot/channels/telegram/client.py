"""The Bot API through aiogram's client: one call in, one outcome out. Nothing it raises leaves this file, since its
errors may quote a person or the token.

What is called for every message (send, edit, answer a tap) goes through aiogram's session too, but past its models:
making and checking them costs more than all the rest of an answer, and of what comes back only a number is needed.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import msgspec
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientTimeout

from bot.channels import calls
from bot.channels.channel import SENT, Outcome, WrongToken
from bot.channels.telegram import errors
from bot.channels.telegram.encode import Row
from handlers.chat import Document

LISTEN = 25  # seconds that Telegram holds a question for updates
LATE = 10  # seconds after which a question that is held still counts as unheard
PATIENCE = 20.0  # seconds for anything else
MOST_READ = 256 * 1024  # bytes of an answer; a message comes back with all its text and buttons
_JSON = {"Content-Type": "application/json"}
_STATUS = {
    "TelegramBadRequest": 400,
    "TelegramUnauthorizedError": 401,
    "TelegramForbiddenError": 403,
    "TelegramNotFound": 404,
    "TelegramConflictError": 409,
    "TelegramEntityTooLarge": 413,
    "TelegramRetryAfter": 429,
    "TelegramServerError": 500,
    "RestartingTelegram": 500,
    "TelegramMigrateToChat": 400,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an outcome, a result where there was one, and what was said where it was refused."""

    outcome: Outcome
    result: Any = None
    said: str = ""


class _Sent(msgspec.Struct):
    message_id: int


class _Parameters(msgspec.Struct):
    retry_after: float = 0.0


class _Said(msgspec.Struct):
    """What Telegram says to a call."""

    ok: bool
    result: _Sent | bool | None = None
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


class _Updates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates with each update left as it is: one that can't be read spoils no other."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int
    limit: int = 100
    timeout: int
    allowed_updates: list[str]


class Client:
    """Calls for one token. `api`: scheme, host and port of another server than Telegram's own; `proxy`: a URL."""

    def __init__(self, token: str, api: str = "", proxy: str = "") -> None:
        server = TelegramAPIServer.from_base(api) if api else PRODUCTION
        self._session = AiohttpSession(proxy=proxy or None, timeout=PATIENCE, api=server)
        try:
            self._bot = Bot(token, session=self._session)
        except TokenValidationError as error:
            raise WrongToken("no token of a Telegram bot") from error

    async def send(self, chat: str, text: str, rows: tuple[Row, ...], *, guarded: bool, html: bool = True) -> Answer:
        """A new message."""
        given = {"chat_id": chat, "text": text, "reply_markup": _plain_keyboard(rows)}
        kept = {"parse_mode": "HTML" if html else None, "protect_content": guarded or None}
        return await self._call("sendMessage", given | kept)

    async def edit(self, chat: str, message: int, text: str, rows: tuple[Row, ...]) -> Answer:
        """Another text and other buttons in a message that stands."""
        place = {"chat_id": chat, "message_id": message}
        given = {"text": text, "parse_mode": "HTML", "reply_markup": _plain_keyboard(rows)}
        return await self._call("editMessageText", place | given)

    async def send_document(self, chat: str, document: Document, caption: str, rows: tuple[Row, ...]) -> Answer:
        """A file, guarded."""
        file = BufferedInputFile(document.content.encode(), document.name)
        sending = self._bot.send_document(
            chat, file, caption=caption, parse_mode="HTML", reply_markup=_keyboard(rows), protect_content=True
        )
        return await _answer(sending)

    async def answer_tap(self, query: str, passing: str) -> Answer:
        """Stop the turning on a button."""
        return await self._call("answerCallbackQuery", {"callback_query_id": query, "text": passing or None})

    async def leave(self, chat: str) -> Answer:
        """Leave a group."""
        return await _answer(self._bot.leave_chat(chat))

    async def updates(self, offset: int, kinds: tuple[str, ...]) -> Answer:
        """What came, each as it is; waits for a while when there is nothing."""
        asking = self._bot(
            _Updates(offset=offset, timeout=LISTEN, allowed_updates=list(kinds)), request_timeout=LISTEN + LATE
        )
        return await _answer(asking)

    async def me(self) -> Answer:
        """Who this token is."""
        return await _answer(self._bot.get_me())

    async def listen_at(self, url: str, secret: str, kinds: tuple[str, ...]) -> Answer:
        """Have updates brought to an address."""
        return await _answer(self._bot.set_webhook(url, secret_token=secret, allowed_updates=list(kinds)))

    async def listen_here(self) -> Answer:
        """Have updates asked for; those that wait stay."""
        return await _answer(self._bot.delete_webhook(drop_pending_updates=False))

    async def webhook(self) -> Answer:
        """Where updates are brought to, and how that goes."""
        return await _answer(self._bot.get_webhook_info())

    async def name_commands(self, commands: dict[str, str], language: str | None) -> Answer:
        """The menu of commands, in one language or for all others."""
        listed = [BotCommand(command=name, description=what) for name, what in commands.items()]
        return await _answer(self._bot.set_my_commands(listed, language_code=language))

    async def describe(self, long: str, short: str, language: str | None) -> Answer:
        """What stands in an empty chat, and beside the name."""
        first = await _answer(self._bot.set_my_description(long, language_code=language))
        return first if first.said else await _answer(self._bot.set_my_short_description(short, language_code=language))

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()

    async def _call(self, method: str, given: dict[str, Any]) -> Answer:
        body = msgspec.json.encode({name: value for name, value in given.items() if value is not None})
        try:
            session = await self._session.create_session()
            url, within = self._session.api.api_url(self._bot.token, method), ClientTimeout(total=PATIENCE)
            asking = session.post(url, data=body, headers=_JSON, timeout=within, allow_redirects=False)
            async with asking as response:
                return _understood(await calls.read(response, MOST_READ))
        except Exception:  # noqa: BLE001 - whatever it is, its words may hold the address, and that the token
            return Answer(errors.outcome(errors.UNREACHABLE, ""))


def number(answer: Answer) -> int | None:
    """The number of a message that was sent."""
    return answer.result.message_id if isinstance(answer.result, Message | _Sent) else None


def _keyboard(rows: tuple[Row, ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    buttons = [[InlineKeyboardButton(text=one.label, callback_data=one.action) for one in row] for row in rows]
    return InlineKeyboardMarkup(inline_keyboard=buttons)


def _plain_keyboard(rows: tuple[Row, ...]) -> dict[str, Any] | None:
    buttons = [[{"text": one.label, "callback_data": one.action} for one in row] for row in rows]
    return {"inline_keyboard": buttons} if buttons else None


def _understood(body: bytes) -> Answer:
    """What can't be read was said by something between us and Telegram, whatever its status."""
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Answer(errors.outcome(errors.GARBLED, ""))
    if said.ok:
        return Answer(SENT, said.result)
    outcome = errors.outcome(said.error_code, said.description, said.parameters.retry_after)
    return Answer(outcome, said=said.description)


async def _answer(asking: Awaitable[Any]) -> Answer:
    try:
        return Answer(SENT, await asking)
    except TelegramRetryAfter as error:
        return Answer(errors.outcome(429, "", float(error.retry_after)))
    except ClientDecodeError:
        return Answer(errors.outcome(errors.GARBLED, ""))
    except TelegramAPIError as error:
        said = error.message or ""
        return Answer(errors.outcome(_STATUS.get(type(error).__name__, errors.UNREACHABLE), said), said=said)
    except Exception:  # noqa: BLE001 - a proxy has errors of its own; whatever it is, its words may hold the token
        return Answer(errors.outcome(errors.UNREACHABLE, ""))
