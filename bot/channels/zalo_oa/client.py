"""Zalo's OpenAPI and OAuth over one aiohttp session: one call in, one answer out. Nothing it raises leaves this file,
since its errors carry headers, and in them the tokens.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.channels import calls

API, OAUTH = "https://openapi.zalo.me", "https://oauth.zaloapp.com"
MOST = 64 * 1024  # bytes of an answer; Zalo's are far smaller


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `code` is Zalo's own, None where none could be read; `status` is HTTP's, 0 without an answer;
    `wait`: seconds asked for; `arrived`: False when the question certainly never reached Zalo."""

    status: int = 0
    code: int | None = None
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    wait: float = 0.0
    arrived: bool = True

    @property
    def reached(self) -> bool:
        """Whether anything answered at all."""
        return self.status > 0

    @property
    def said(self) -> str:
        """The name OAuth gives to a refusal."""
        return str(self.data.get("error_name", ""))


class Client:
    """Calls for one app. `api`, `oauth`: scheme, host and port of other servers than Zalo's own."""

    def __init__(self, app_id: str, app_secret: str, api: str = "", oauth: str = "") -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._api = (api or API).rstrip("/")
        self._oauth = (oauth or OAUTH).rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def send(self, access: str, user: str, message: dict[str, Any]) -> Answer:
        """A consultation message to somebody who wrote lately."""
        body = {"recipient": {"user_id": user}, "message": message}
        return await self._ask("POST", f"{self._api}/v3.0/oa/message/cs", {"access_token": access}, json=body)

    async def account(self, access: str) -> Answer:
        """Which OA this token speaks for."""
        return await self._ask("GET", f"{self._api}/v2.0/oa/getoa", {"access_token": access})

    async def renew(self, refresh: str) -> Answer:
        """A new pair of tokens for a refresh token, which is dead from then on."""
        form = {"refresh_token": refresh, "app_id": self._app_id, "grant_type": "refresh_token"}
        path = f"{self._oauth}/v4/oa/access_token"
        return await self._ask("POST", path, {"secret_key": self._app_secret}, data=form)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, url: str, headers: dict[str, str], **body: Any) -> Answer:
        try:
            async with self._open().request(method, url, headers=headers, allow_redirects=False, **body) as response:
                return _answer(response, await calls.read(response, MOST))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Answer(arrived=False)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):  # ValueError: a token that fits in no header
            return Answer()

    def _open(self) -> aiohttp.ClientSession:
        """Opened at the first call, since a session belongs to the loop that runs."""
        if self._session is None:
            self._session = calls.opened()
        return self._session


def _answer(response: aiohttp.ClientResponse, body: bytes) -> Answer:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    data = data if isinstance(data, dict) and 200 <= response.status < 500 else {}
    return Answer(response.status, _code(data), data, _seconds(response.headers.get("Retry-After", "")))


def _code(data: dict[str, Any]) -> int | None:
    """Zalo's code, a number or one written as text; an answer of OAuth that went well has none."""
    found = data.get("error", 0 if data.get("access_token") else None)
    try:
        return int(found) if isinstance(found, int | str) else None
    except ValueError:
        return None


def _seconds(told: str) -> float:
    return min(float(told), 3600.0) if told.isascii() and told.isdigit() else 0.0
