"""What arrives by itself reaches the page: at once, or when it comes back; it is kept until the page has it."""

import asyncio
import contextlib
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec
import pytest

from bot.tokens import Tokens
from handlers.chat import Say
from storage import outbox
from storage.database import open_database
from storage.secret import open_secret
from tests.servers import Server

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


class Line:
    """Reads a session's stream of events."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def first(self, count: int, **headers: str) -> list[tuple[int, str]]:
        """The first events: number and data."""
        found: list[tuple[int, str]] = []
        number = 0
        async with self._http.get(self._url, headers=headers) as stream:
            async for raw in stream.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("id: "):
                    number = int(line.removeprefix("id: "))
                if line.startswith("data: "):
                    found.append((number, msgspec.json.decode(line.removeprefix("data: "))["text"]))
                if len(found) == count:
                    break
        return found


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server to listen to."""
    return Server(tmp_path)


async def test_a_message_by_itself_arrives_and_is_kept_until_the_page_has_it(server: Server) -> None:
    """A listening page gets it within seconds; a page that comes back gets what it hasn't; then it is gone."""
    server.start()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        made = await (await http.post(f"{server.url}/chat/api/sessions")).json()
        line = Line(http, f"{server.url}/chat/api/sessions/{made['session']}/events")
        listening = asyncio.gather(line.first(1))
        await asyncio.sleep(0.3)
        address = Tokens(open_secret(server.data)).address(made["session"], NOW.date())
        assert address is not None
        database = await open_database(f"sqlite:///{server.data}/lachan.db")
        for text in ("một", "hai"):
            body = msgspec.json.encode(Say(text)).decode()
            await database.run(outbox.add, "web", address, None, body, NOW.replace(tzinfo=None))
        [[(number, text)]] = await listening
        assert text == "một"
        again = await line.first(2)
        assert [text for _number, text in again] == ["một", "hai"]
        assert await line.first(1, **{"Last-Event-ID": str(number)}) == [again[1]]
        left = await database.read(outbox.of_chat, "web", address, 0)
        assert [message.id for message in left] == [again[1][0]]
        await database.close()
    assert server.stop() == 0


async def test_open_pages_leave_room_for_messages(tmp_path: Path) -> None:
    """The server opens as many files as it may, lets streams have half, refuses more, and still answers."""
    lachan = str(Path(sys.executable).with_name("lachan"))
    server = Server(tmp_path, command=("sh", "-c", f"ulimit -Sn 90 && ulimit -Hn 200 && exec {lachan} run"))
    server.start()
    async with contextlib.AsyncExitStack() as open_pages:
        connector = aiohttp.TCPConnector(limit=0)
        http = await open_pages.enter_async_context(aiohttp.ClientSession(connector=connector))
        heard = []
        for _page in range(110):
            made = await (await http.post(f"{server.url}/chat/api/sessions")).json()
            session = f"{server.url}/chat/api/sessions/{made['session']}"
            heard.append((await open_pages.enter_async_context(http.get(f"{session}/events"))).status)
        assert heard == [200] * 100 + [429] * 10
        said = {"id": str(uuid.uuid4()), "action": "menu"}
        async with http.post(f"{session}/messages", json=said) as answered:
            assert answered.status == 200
    assert server.stop() == 0


async def test_a_stop_ends_open_streams(server: Server) -> None:
    """Whoever listens doesn't hold up the end."""
    server.start()
    async with aiohttp.ClientSession() as http:
        made = await (await http.post(f"{server.url}/chat/api/sessions")).json()
        async with http.get(f"{server.url}/chat/api/sessions/{made['session']}/events") as stream:
            await stream.content.readline()
            assert await asyncio.to_thread(server.stop) == 0
