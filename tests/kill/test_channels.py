"""SIGKILL while three platforms are in trouble: what a platform was told arrived has its effect, once; every chat ends
with its right screen."""

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from random import Random
from typing import Any

import pytest

from storage.library import Library
from tests.fakes.faults import ANSWERS
from tests.fakes.telegram import Telegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOA, keys
from tests.kill.chatters import LAST, Chatter, Ground, on_telegram, on_zalo_bot, on_zalo_oa
from tests.kill.conftest import Report
from tests.servers import Server

pytestmark = pytest.mark.kill

PEOPLE = 20
OUTBOX = "SELECT count(*) FROM outbox"
SECRET = "correct-horse-battery"
KILLS = [3, pytest.param(2 * len(ANSWERS), marks=pytest.mark.long)]
REST = 60.0  # seconds until all that waits must have arrived


def _free_port() -> str:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@asynccontextmanager
async def platforms(server: Server, library: Library) -> AsyncIterator[tuple[Ground, ...]]:
    """One server for all three. Its port stays the same: the platforms know no other."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    async with Telegram(light=True) as telegram, FakeZaloBot() as bot, FakeZaloOA() as oa:
        server.settings |= {"LACHAN_PORT": port, "LACHAN_PUBLIC_URL": url, **keys(oa)}
        server.settings |= {"LACHAN_TELEGRAM_TOKEN": telegram.token, "LACHAN_TELEGRAM_API": telegram.url}
        server.settings |= {"LACHAN_ZALO_BOT_TOKEN": bot.token, "LACHAN_ZALO_BOT_API": bot.url}
        server.settings |= {"LACHAN_ZALO_BOT_MODE": "webhook", "LACHAN_ZALO_BOT_SECRET": SECRET}
        bot.listen(f"{url}/zalo/bot/webhook", SECRET)
        oa.listen(f"{url}/zalo/oa/webhook")
        third = PEOPLE // 3
        yield (
            on_telegram(telegram, library, range(third)),
            on_zalo_bot(bot, library, range(third, 2 * third)),
            on_zalo_oa(oa, library, range(2 * third, PEOPLE)),
        )


@pytest.mark.parametrize("kills", KILLS)
async def test_killed_amid_trouble_nothing_is_lost_and_nothing_counts_twice(
    server: Server, library: Library, kills: int, report: Report
) -> None:
    """Each message counts once, each chat ends with its last screen, and nothing waits any more."""
    async with platforms(server, library) as grounds:
        people = [one for ground in grounds for one in ground.people]
        await asyncio.to_thread(server.start)
        faults = await _live_through(server, grounds, kills)
        began = time.monotonic()
        await _until_all_arrived(server, grounds)
        rest = time.monotonic() - began
        assert await asyncio.to_thread(server.stop) == 0
        for one in people:
            assert one.last().startswith(LAST[one.ended]), f"{one.channel} stands elsewhere"
            assert _kept(server, one) == _done(one)
    assert _rows(server, "SELECT count(*) FROM inbox") == [(sum(one.account.messages for one in people),)]
    assert "failed" not in server.log.read_text()
    answered = sum(one.account.answered for one in people)
    assert answered > 0
    messages = sum(one.account.messages for one in people)
    report(
        f"{kills} kills amid {', '.join(faults)}: {messages} messages, {answered} answers; at rest after {rest:.1f} s"
    )


async def _live_through(server: Server, grounds: tuple[Ground, ...], kills: int) -> list[str]:
    """Let people learn while the server is killed, each time amid other troubles."""
    chance = Random()  # the moments differ from run to run: each run attacks others
    faults = chance.sample(ANSWERS * (1 + 3 * kills // len(ANSWERS)), 3 * kills)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for one in (one for ground in grounds for one in ground.people):
            group.create_task(one.live(stop))
        for kill in range(kills):
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            async with AsyncExitStack() as troubles:
                for place, ground in enumerate(grounds):
                    await troubles.enter_async_context(ground.suffers(faults[3 * kill + place]))
                if kill == kills - 1:  # the last screens are asked for amid trouble, too
                    stop.set()
                await asyncio.sleep(chance.uniform(0.1, 1.2))
                await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
    return faults


async def _until_all_arrived(server: Server, grounds: tuple[Ground, ...]) -> None:
    """Nothing waits at a platform, nor in the outbox."""
    ends = time.monotonic() + REST
    while any(ground.waiting() for ground in grounds) or _rows(server, OUTBOX) != [(0,)]:
        assert time.monotonic() < ends, f"something waits still: {_rows(server, OUTBOX)}"
        await asyncio.sleep(0.1)


def _rows(server: Server, query: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{server.data / 'lachan.db'}?mode=ro", uri=True)) as database:
        return database.execute(query, values).fetchall()


def _kept(server: Server, one: Chatter) -> dict[str, Any]:
    """What the server knows of somebody."""
    of = "(SELECT person_id FROM address WHERE channel = ? AND address = ?)"
    who = one.channel, one.address
    progress = _rows(server, f"SELECT kind, item, at FROM progress WHERE person_id = {of}", *who)
    ((taken,),) = _rows(server, f"SELECT count(*) FROM inbox WHERE failed IS NULL AND person_id = {of}", *who)
    lessons = {item: at for kind, item, at in progress if kind == "lesson"}
    return {"taken": taken, "lessons": lessons, "answers": sum(at for kind, _, at in progress if kind == "question")}


def _done(one: Chatter) -> dict[str, Any]:
    """The same by their own account."""
    account = one.account
    return {"taken": account.messages, "lessons": account.screens, "answers": account.answered}
