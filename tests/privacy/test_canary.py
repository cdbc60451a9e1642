"""After a hundred people spoke of their own use, no file on the machine tells who, or that it was said."""

import asyncio
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiohttp
import psutil
import pytest

from bot.settings import Settings
from storage.library import load
from tests.privacy.cases import TYPED, private_taps
from tests.privacy.conftest import NOON
from tests.privacy.people import CANARY, Crowd
from tests.privacy.searching import contents, hits
from tests.servers import Server

BROKEN = (sys.executable, str(Path(__file__).with_name("broken.py")), "run", CANARY)
DURABLE = ("start", "age:16-17", "track:hs", "card:luat-pcmt:1", "quiz", "quiz:now", "scene:pod-truoc-cong-truong")
FOREIGN = ("menu:{}", "age:{}", "card:{}", "card:luat-pcmt:{}", "scene:{}:{}", "quiz:a:{}:{}", "quiz:start:{}", "me:{}",
           "help:{}", "aid:{}", "card:su-dung-bi-phat:{}", "lines:{}", "need:{}", "{}", "resume:{}")  # fmt: skip


def _free_port() -> str:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@pytest.fixture
async def crowd(server: Server) -> AsyncIterator[Crowd]:
    """People, once the server runs."""
    async with aiohttp.ClientSession() as http:
        yield Crowd(server, http)


def _bytes(server: Server) -> dict[str, bytes]:
    """Every file that the server could have written, but for SQLite's scratch pad of who reads."""
    return {name: content for name, content in contents(server.folder).items() if not name.endswith("-shm")}


async def _speak_of_own_use(crowd: Crowd, token: str, taps: tuple[str, ...]) -> None:
    """Type it, read about it, look for help, in ten messages or so."""
    for text in TYPED[:4]:
        assert await crowd.say(token, text=f"{text} {CANARY}")
    for tapped in taps:
        assert (await crowd.say(token, action=tapped))["private"]
    assert await crowd.say(token, action="resume")


async def test_after_a_hundred_people_spoke_no_file_tells_who_or_that_it_was_said(server: Server, crowd: Crowd) -> None:
    """Half of them had learned before: what was written then stays to the byte; the others are in no file at all."""
    server.start()
    taps = private_taps(load(Settings().content, NOON.date()), NOON)
    known = [await crowd.come() for _person in range(50)]
    for token in known:
        for tapped in DURABLE:
            await crowd.say(token, action=tapped)
    known_addresses, crowd.tokens = crowd.addresses(), []
    unknown = [await crowd.come() for _person in range(50)]
    before = _bytes(server)
    shares = [taps[at::10] for at in range(10)]
    people = enumerate((*known, *unknown))
    await asyncio.gather(*(_speak_of_own_use(crowd, token, shares[at % 10][:12]) for at, token in people))
    assert _bytes(server) == before
    opened = {Path(file.path) for file in psutil.Process(server.pid).open_files()}
    assert all(path.is_relative_to(server.folder) for path in opened), opened
    assert server.stop() == 0
    files = contents(server.folder)
    assert not hits(files, crowd.secrets() + crowd.addresses() + list(known))
    assert {hit.split(" in ")[1] for hit in hits(files, known_addresses)} == {str(server.data / "lachan.db")}


async def test_strange_messages_leave_no_word_behind(server: Server, crowd: Crowd) -> None:
    """In actions, addresses, foreign tokens, wrong bodies, at the terminal: not in files, logs or metrics."""
    port = server.settings["LACHAN_METRICS_PORT"] = _free_port()
    server.start()
    for opening in ("start", "age:18+"):
        token = await crowd.come()
        await crowd.say(token, action=opening)
        for form in FOREIGN:
            await crowd.say(token, action=form.format(CANARY, CANARY))
    for body in ({"id": CANARY, "text": CANARY}, {CANARY: CANARY}, CANARY, {"id": None, "text": CANARY * 500}):
        assert (await crowd.ask(token, body)).status in (400, 413, 422)
    assert (await crowd.ask(CANARY, {"action": "menu"})).status in (400, 404)
    assert [await crowd.look(f"{path}{CANARY}") for path in ("/?", "/giup?", "/", "/page/")] == [200, 200, 404, 404]
    typed = "\n".join(f"{text} {CANARY}" for text in TYPED)
    assert server.run("talk", typed=typed).returncode == 0
    async with crowd.http.get(f"http://127.0.0.1:{port}/metrics") as metrics:
        measured = {"metrics": await metrics.read()}
    assert b"lachan_turns" in measured["metrics"]
    server.kill()
    assert not hits(contents(server.folder) | measured, crowd.secrets())
    assert not hits(measured, crowd.addresses())


@pytest.mark.parametrize("harm", ["content", "tables", "file"])
async def test_when_everything_breaks_no_word_gets_into_a_log(server: Server, crowd: Crowd, harm: str) -> None:
    """Handlers that raise errors full of words, tables that are gone, a file that is gone: kinds and places only."""
    if harm == "content":
        server.command = BROKEN
    server.start()
    token = await crowd.come()
    await crowd.say(token, action="age:18+")
    _break(server, harm)
    for tapped in (*DURABLE, *(form.format(CANARY, CANARY) for form in FOREIGN)):
        assert (await crowd.send(token, action=tapped)).status in (200, 503)
    logged = server.log.read_bytes()
    assert harm == "file" or b"failed" in logged, "nothing broke"
    await _speak_of_own_use(crowd, token, ("help", "aid:co-giat", "card:su-dung-bi-phat:1", "lines", "need"))
    assert harm != "content" or server.log.read_bytes() == logged, "a private turn was logged"
    server.kill()
    assert not hits(contents(server.folder), crowd.secrets())


def _break(server: Server, harm: str) -> None:
    if harm == "tables":
        with closing(sqlite3.connect(server.data / "lachan.db")) as database:
            database.executescript("DROP TABLE progress; DROP TABLE state;")
    if harm == "file":
        for path in server.data.glob("lachan.db*"):
            path.unlink()
