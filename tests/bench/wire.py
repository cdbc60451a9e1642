"""A small, quick HTTP client, so that what is measured is the server: one connection, one request at a time."""

import asyncio
from typing import Self, cast

import httptools

HOST = "127.0.0.1"


class Line(asyncio.Protocol):
    """One connection that is kept open. A server that dies meanwhile raises ConnectionError."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.open = False

    @classmethod
    async def to(cls, port: int) -> Self:
        """Connect."""
        _transport, line = await asyncio.get_running_loop().create_connection(cls, HOST, port)
        return line

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; the status and body of its answer."""
        if not self.open or self._transport is None:
            raise ConnectionError("the server hung up")
        self._parser = httptools.HttpResponseParser(self)
        self._parts = []
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """From asyncio."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self.open = True

    def connection_lost(self, exc: Exception | None) -> None:
        """From asyncio."""
        self.open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        """From asyncio."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """From the parser."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """From the parser."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._parts)))


def post(path: str, body: bytes = b"") -> bytes:
    """A whole request with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    """A whole request without a body."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
