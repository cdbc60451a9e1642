"""A proxy to Telegram in every kind of trouble: the house stands, says that it is unreachable, and tries again."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot import platforms
from bot.app import App
from bot.reach import State
from tests.channels.running import running

Answer = Callable[[StreamReader, StreamWriter], Awaitable[None]]


async def _host_is_unreachable(read: StreamReader, write: StreamWriter) -> None:
    await read.read(3)
    write.write(b"\x05\x00")
    await read.read(64)
    write.write(b"\x05\x04\x00\x01" + bytes(6))


async def _nonsense(read: StreamReader, write: StreamWriter) -> None:
    await read.read(3)
    write.write(b"\x00\xff nonsense")


async def _hangs_up(read: StreamReader, write: StreamWriter) -> None:
    await read.read(3)


async def _wants_a_password(read: StreamReader, write: StreamWriter) -> None:
    await read.readuntil(b"\r\n\r\n")
    write.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


TROUBLES: Mapping[str, tuple[str, Answer | None]] = {
    "its host is unreachable": ("socks5", _host_is_unreachable),
    "it talks nonsense": ("socks5", _nonsense),
    "it hangs up": ("socks5", _hangs_up),
    "it wants a password": ("http", _wants_a_password),
    "nobody is there": ("socks5", None),
}


@asynccontextmanager
async def proxy(answer: Answer | None) -> AsyncIterator[int]:
    """Its port; it answers so, and lets go."""

    async def call(read: StreamReader, write: StreamWriter) -> None:
        with suppress(OSError, EOFError):
            await (answer or _hangs_up)(read, write)
            await write.drain()
        write.close()

    server = await asyncio.start_server(call, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    if answer is None:
        server.close()
    yield port
    server.close()


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_proxy_in_trouble_is_told_and_takes_nothing_along(
    app: App, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page answers while Telegram is missed, and it is asked for again and again."""
    monkeypatch.setattr(platforms, "FIRST_PAUSE", 0.02)
    scheme, answer = TROUBLES[trouble]
    async with proxy(answer) as port:
        given: dict[str, Any] = {
            "telegram_token": SecretStr("123456:" + "A" * 35),
            "telegram_api": "https://127.0.0.1:9",
            "telegram_proxy": SecretStr(f"{scheme}://127.0.0.1:{port}"),
        }
        async with running(app, **given) as served:
            box = served.boxes["telegram"]
            await served.until(lambda: box.reading.state is State.UNREACHABLE and box.reading.failures > 3, 20)
            async with aiohttp.ClientSession() as http, http.get(f"{served.url}/healthz") as said:
                assert said.status == 200
