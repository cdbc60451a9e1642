"""The channels a conversation is played on: each shows what its people would see, read back into text and buttons."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
from litestar import Litestar

from bot.app import App
from bot.channels import terminal
from tests.talks.player import Heard
from tests.talks.reading import read


@dataclass
class Page:
    """The web chat through its real interface, without a socket."""

    web: Litestar
    sessions: dict[str, str] = field(default_factory=dict)

    async def type(self, who: str, text: str) -> list[Heard]:
        return await self._send(who, {"text": text})

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        return await self._send(who, {"action": tapped})

    async def _send(self, who: str, said: dict[str, str]) -> list[Heard]:
        transport = httpx.ASGITransport(app=self.web)  # type: ignore[arg-type] # Litestar types its scope more closely
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            session = await self._session(client, who)
            body = {"id": str(uuid.uuid4()), **said}
            answer = await client.post(f"/chat/api/sessions/{session}/messages", json=body)
        return [_from_page(message) for message in _messages(answer)]

    async def _session(self, client: httpx.AsyncClient, who: str) -> str:
        if who not in self.sessions:
            made = await client.post("/chat/api/sessions", json={})
            self.sessions[who] = made.json()["session"]
        return self.sessions[who]


@dataclass
class Terminal:
    """The terminal: a tap is the number typed."""

    app: App

    async def type(self, who: str, text: str) -> list[Heard]:
        block = await terminal.answer(self.app, terminal.decode(who, text))
        return [read(message) for message in block.split(terminal.BETWEEN)]

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        return await self.type(who, tapped)


def _messages(answer: httpx.Response) -> list[dict[str, Any]]:
    body: dict[str, Any] = json.loads(answer.content)
    if answer.status_code != 200:
        return [{"text": f"{answer.status_code}: {body['message']}", "buttons": []}]
    messages: list[dict[str, Any]] = body["messages"]
    return messages


def _from_page(message: dict[str, Any]) -> Heard:
    calls = "\n".join(f"☎ {call['label']}" for call in message.get("calls", []))
    document = (message.get("document") or {}).get("content", "")
    text = "\n\n".join(part for part in (message["text"], document, calls) if part)
    return Heard(text, tuple((button["label"], button["action"]) for button in message["buttons"]))
