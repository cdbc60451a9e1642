"""Zalo's Bot API: one call in, one outcome out. The token stands in every address that is called, so nothing that is
raised leaves this file, and nothing is logged.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import ClientSession

from bot.channels import calls
from bot.channels.channel import SENT, UNREACHED, Outcome, WrongToken
from bot.channels.zalo_bot import errors
from bot.channels.zalo_bot.encode import Piece

API = "https://bot-api.zaloplatforms.com"
LISTEN = 15  # seconds that Zalo holds a question for messages
MOST_READ = 256 * 1024  # bytes of an answer; its own are smaller

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_.~-]{1,512}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an outcome, and the result as JSON where there was one."""

    outcome: Outcome
    result: bytes = b""


class _Body(msgspec.Struct):
    ok: bool
    error_code: Any = None
    result: msgspec.Raw = msgspec.Raw()


class Client:
    """Calls for one token. `api`: scheme, host and port of another server than Zalo's own."""

    def __init__(self, token: str, api: str = "") -> None:
        if not _TOKEN.fullmatch(token):
            raise WrongToken("no token of a Zalo bot")
        self._base = f"{(api or API).rstrip('/')}/bot{token}/"
        self._session: ClientSession | None = None

    async def send(self, chat: str, piece: Piece) -> Answer:
        """A message."""
        given: dict[str, Any] = {"chat_id": chat, "text": piece.text}
        if piece.bold:
            given["text_styles"] = [{"start": start, "len": length, "st": ["b"]} for start, length in piece.bold]
        return await self._call("sendMessage", given)

    async def updates(self) -> Answer:
        """The next message, if one comes within some seconds; Zalo forgets it at once."""
        return await self._call("getUpdates", {"timeout": LISTEN})

    async def me(self) -> Answer:
        """Who this token is."""
        return await self._call("getMe")

    async def listen_at(self, url: str, secret: str) -> Answer:
        """Have messages brought to an address, with a secret of 8 to 256 characters."""
        return await self._call("setWebhook", {"url": url, "secret_token": secret})

    async def listen_here(self) -> Answer:
        """Have messages asked for."""
        return await self._call("deleteWebhook")

    async def webhook(self) -> Answer:
        """Where messages are brought to; refused with 404 where that is nowhere."""
        return await self._call("getWebhookInfo")

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, method: str, given: dict[str, Any] | None = None) -> Answer:
        try:
            asking = self._opened().post(self._base + method, json=given or {}, allow_redirects=False)
            async with asking as response:
                return _understood(response.status, await calls.read(response, MOST_READ))
        except Exception:  # noqa: BLE001 - whatever it is, its words may hold the address, and that the token
            return Answer(UNREACHED)

    def _opened(self) -> ClientSession:
        """One session for all calls, made inside the loop."""
        if self._session is None:
            self._session = calls.opened()
        return self._session


def _understood(status: int, body: bytes) -> Answer:
    """Zalo says in the body whether it went well, and why not."""
    try:
        said = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Answer(errors.outcome(status) if status >= 500 or status == 408 else errors.UNREADABLE)
    if said.ok and status < 300:
        return Answer(SENT, bytes(said.result))
    code = said.error_code if isinstance(said.error_code, int) and not said.ok else status
    return Answer(errors.outcome(code))
