"""Both fake Zalo servers run as processes of their own and can be told what to do over HTTP."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.fakes.zalo_control import Control
from tests.fakes.zalo_listener import Listener

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients


@asynccontextmanager
async def process(module: str, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server that ends with the block, by its own handle."""
    command = (sys.executable, "-m", f"tests.fakes.{module}", "--port", "0", *options)
    started = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        yield started
    finally:
        started.terminate()
        assert await started.wait() == 0


async def line(started: asyncio.subprocess.Process) -> str:
    assert started.stdout is not None
    async with asyncio.timeout(20):
        return (await started.stdout.readline()).decode().strip()


async def test_a_zalo_bot_platform_of_its_own() -> None:
    """Its address is its first line; people write, faults happen, and what was asked and shown can be read."""
    async with process("zalo_bot", "--token", "1:abc") as started, aiohttp.ClientSession() as session:
        url = await line(started)
        control = Control(session, url)
        lan = (await control("person", name="Lan"))["id"]
        await control("many", count=2, words="hello", ids=[lan])
        await control("sends", id=lan, kind="something unsupported")
        await control("fault", name="server-error", methods=["sendMessage"], seconds=0)
        for expected in (500, 200):
            async with session.post(f"{url}/bot1:abc/sendMessage", json={"chat_id": lan, "text": "hi"}) as answer:
                assert answer.status == expected
        async with session.get(f"{url}/bot1:abc/getUpdates") as answer:
            assert (await answer.json())["result"]["message"]["text"] == "hello 0"
        assert [shown["text"] for shown in await control("screen", id=lan)] == ["hi"]
        assert [call["fault"] for call in await control("calls", method="sendMessage")] == ["server-error", ""]
        assert await control("busiest", method="sendMessage", seconds=30) == 2


async def test_an_official_account_of_its_own() -> None:
    """Its settings are its second line; it posts signed events, held back and released, and renews its tokens."""
    async with (
        Listener() as listener,
        aiohttp.ClientSession() as session,
        process("zalo_oa", "--webhook", listener.url, "--secret", "k") as started,
    ):
        url, keys = await line(started), json.loads(await line(started))
        assert (keys["LACHAN_ZALO_OA_API"], keys["LACHAN_ZALO_OA_SECRET"]) == (url, "k")
        control = Control(session, url)
        lan = (await control("person", name="Lan"))["id"]
        await control("hold")
        assert await control("says", id=lan, words="first") == {"status": None}
        await control("says", id=lan, words="second")
        done = await control("release", order="backwards")
        assert [one["status"] for one in done] == [200, 200]
        assert listener.texts == ["second", "first"]
        assert await sent(session, url, keys, lan) == 0
        await control("forward", seconds=90_000)
        assert await sent(session, url, keys, lan) == -220


async def sent(session: aiohttp.ClientSession, url: str, keys: dict[str, str], who: str) -> Any:
    body = {"recipient": {"user_id": who}, "message": {"text": "x"}}
    headers = {"access_token": keys["LACHAN_ZALO_OA_ACCESS_TOKEN"]}
    async with session.post(f"{url}/v3.0/oa/message/cs", json=body, headers=headers) as answer:
        return (await answer.json())["error"]
