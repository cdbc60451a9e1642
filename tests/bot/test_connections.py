"""One connection can't take without bound, and what is half here holds up no stop."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bot import connections
from bot.app import build
from bot.server import serve
from bot.settings import Settings
from tests.servers import Server

HALF = b"POST /chat/api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
CHUNKED = HALF.replace(b"Content-Length: 9", b"Transfer-Encoding: chunked").removesuffix(b"{")
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@contextlib.asynccontextmanager
async def served(folder: Path) -> AsyncIterator[int]:
    """The server inside the test; its port."""
    address = asyncio.get_running_loop().create_future()
    async with build(Settings(data=folder, port=0), serving=True) as app, asyncio.TaskGroup() as group:
        group.create_task(serve(app, lambda url, _boxes: address.set_result(url)))
        yield int((await address).rpartition(":")[2])
        signal.raise_signal(signal.SIGTERM)


async def hung_up(port: int, sent: bytes, *, more: bytes = b"", seconds: float = 5) -> bool:
    """Whether the server ends a connection, on which something is sent and then more and more, within these seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            with contextlib.suppress(ConnectionError):
                for _again in range(1_000 if more else 0):
                    writer.write(more)
                    await writer.drain()
                    await asyncio.sleep(0)
                while await reader.read(4096):
                    pass
            writer.close()
            return True
    writer.close()
    return False


async def test_what_comes_too_slowly_is_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that says nothing, half a head, or half a body; but not a page that listens."""
    monkeypatch.setattr(connections, "PATIENCE", 0.5)
    async with served(tmp_path) as port:
        slow = (b"", GET, HALF)
        assert all(await asyncio.gather(*(hung_up(port, sent, seconds=3) for sent in slow)))
        session = await _session(port)
        listening = b"GET /chat/api/sessions/%b/events HTTP/1.1\r\nHost: x\r\n\r\n" % session
        assert not await hung_up(port, listening, seconds=1.5)


async def _session(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /chat/api/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    token: str = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["session"]
    return token.encode()


@pytest.mark.parametrize(
    ("sent", "more"),
    [
        (GET, b"X-More: %b\r\n" % (b"a" * 1000)),
        (GET + b"X-Long: ", b"a" * 1000),
        (CHUNKED + b"1\r\n{\r\n0\r\n", b"X-More: %b\r\n" % (b"a" * 1000)),
    ],
    ids=["headers", "one header", "trailers"],
)
async def test_what_never_ends_is_hung_up_on(tmp_path: Path, sent: bytes, more: bytes) -> None:
    """Headers aren't collected for ever, wherever they stand."""
    async with served(tmp_path) as port:
        assert await hung_up(port, sent, more=more, seconds=10)


async def test_requests_do_not_pile_up_behind_a_stream(tmp_path: Path) -> None:
    """Whoever listens and asks on, without an answer, isn't remembered without bound."""
    async with served(tmp_path) as port:
        session = await _session(port)
        listening = b"GET /chat/api/sessions/%b/events HTTP/1.1\r\nHost: x\r\n\r\n" % session
        assert await hung_up(port, listening + (GET + b"\r\n") * 100, seconds=5)


def test_a_half_sent_message_holds_up_no_stop_and_is_not_noted(tmp_path: Path) -> None:
    """SIGTERM while a body is under way: the end comes at once, exit code 0, and no line in the log."""
    server = Server(tmp_path)
    server.start()
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as half:
        half.sendall(HALF)
        time.sleep(0.3)
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 4
    assert server.log.read_text() == ""


def test_what_libraries_warn_of_is_a_line_like_ours(tmp_path: Path) -> None:
    """JSON with the time, whose warning it is, and not one word of the request."""
    server = Server(tmp_path)
    server.start()
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as wrong:
        wrong.sendall(b"em lo lam\r\n\r\n")
        assert wrong.recv(100).startswith(b"HTTP/1.1 400")
    assert server.stop() == 0
    said = [msgspec.json.decode(line) for line in server.log.read_text().splitlines()]
    assert [(line["logger"], line["level"]) for line in said] == [("uvicorn.error", "warning")]
    assert set(said[0]) == {"event", "logger", "level", "timestamp"}
