"""A hundred people who talk with a real server, and what must not be found of them."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aiohttp

from bot.tokens import Tokens
from storage.secret import open_secret
from tests.privacy.conftest import NOON
from tests.privacy.searching import Secret
from tests.servers import Got, Server

CANARY = "z7qCanary9x"
IDS = 0x7E5A_C41E_90BD_4F3A << 64  # every message's id begins alike, so that one search finds them all
MARK = IDS.to_bytes(16, "big")[:8]
_numbers = count(1)


@dataclass
class Crowd:
    """People at the page of one server."""

    server: Server
    http: aiohttp.ClientSession
    tokens: list[str] = field(default_factory=list)

    async def come(self) -> str:
        """Somebody opens the page."""
        async with self.http.post(f"{self.server.url}/chat/api/sessions") as answer:
            token: str = (await answer.json())["session"]
        self.tokens.append(token)
        return token

    async def say(self, token: str, **what: str) -> dict[str, Any]:
        """One message; an answer must come."""
        got = await self.send(token, **what)
        assert got.status == 200, (what, got)
        answer: dict[str, Any] = json.loads(got.body)
        return answer

    async def send(self, token: str, **what: str) -> Got:
        """One message with a marked id, whatever comes of it; who was too fast waits."""
        message = {"id": str(UUID(int=IDS | next(_numbers))), **what}
        got = await self.ask(token, message)
        for _try in range(20):
            if got.status == 429:
                await asyncio.sleep(float(got.headers["retry-after"]))
                got = await self.ask(token, message)
        return got

    async def ask(self, token: str, message: object) -> Got:
        """Anything as a message, with a canary in each header a browser or a proxy might send."""
        address = f"{self.server.url}/chat/api/sessions/{quote(token)}/messages?{CANARY}={CANARY}"
        async with self.http.post(address, json=message, headers=_headers()) as answer:
            return Got(answer.status, await answer.read(), {name.lower(): one for name, one in answer.headers.items()})

    async def look(self, path: str) -> int:
        """Open an address of the page."""
        async with self.http.get(f"{self.server.url}{path}", headers=_headers()) as answer:
            return answer.status

    def secrets(self) -> list[Secret]:
        """What is theirs alone and must be in no file: words, ids of messages, tokens."""
        return [CANARY, MARK, str(UUID(bytes=MARK * 2))[:18], *self.tokens]

    def addresses(self) -> list[Secret]:
        """The keyed hashes under which the server would note them."""
        tokens = Tokens(open_secret(self.server.data))
        found = [tokens.address(token, NOON.date()) for token in self.tokens]
        return [address for address in found if address]


def _headers() -> dict[str, str]:
    names = ("User-Agent", "Referer", "X-Forwarded-For", "Forwarded", "Cookie", "Accept-Language", "Last-Event-ID")
    return dict.fromkeys(names, CANARY)
