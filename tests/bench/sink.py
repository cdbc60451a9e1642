"""A Telegram that says yes: it takes every call at once and tells who was written to, within the asking process."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import httptools

_CHAT = re.compile(rb'chat_id(?:=|":")(\d+)')  # in a form, in JSON
_BODY = (
    b'{"ok":true,"result":{"message_id":2,"date":1700000000,"chat":{"id":5,"type":"private","first_name":"An"},'
    b'"from":{"id":1,"is_bot":true,"first_name":"Bot"},"text":"Here you are."}}'
)
_TRUE = b'{"ok":true,"result":true}'
_MESSAGES = (b"/sendMessage", b"/editMessageText")


def _answer(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


@dataclass
class Sink:
    """Where it listens, how many messages it took, and who waits for one."""

    port: int = 0
    messages: int = 0
    waiting: dict[bytes, "asyncio.Future[None]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def expect(self, chat: int) -> "asyncio.Future[None]":
        """Done when this chat is written to."""
        coming = self.waiting[b"%d" % chat] = asyncio.get_running_loop().create_future()
        return coming

    def took(self, path: bytes, body: bytes) -> bytes:
        """Answer one call."""
        if not path.endswith(_MESSAGES):
            return _answer(_TRUE)
        self.messages += 1
        found = _CHAT.search(body)
        coming = self.waiting.pop(found[1], None) if found else None
        if coming is not None and not coming.done():
            coming.set_result(None)
        return _answer(_BODY)


class _Call(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._transport: asyncio.WriteTransport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._path = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path, self._body = url, []

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._transport is not None:
            self._transport.write(self._sink.took(self._path, b"".join(self._body)))


@asynccontextmanager
async def listening() -> AsyncIterator[Sink]:
    """A sink at work."""
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: _Call(sink), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
