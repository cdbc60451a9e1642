"""Zalo Bot's token, which is told nowhere, and answers that no good server gives."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.channels import calls
from bot.channels.channel import Result, WrongToken
from bot.channels.zalo_bot import channel
from bot.channels.zalo_bot.client import Client
from handlers.chat import Say
from tests.channels.zalo_bots import SECRET, talking
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot
from tests.fakes.zalo_faults import ON_REQUESTS, ZALO_FAULTS


def test_what_is_no_token_is_said_before_anything_is_called() -> None:
    """And not quoted: it may be a token with a blank too much."""
    for wrong in ("", "abc", f"{TOKEN}/getMe", f" {TOKEN}", "1:a?b"):
        with pytest.raises(WrongToken) as caught:
            Client(wrong)
        assert wrong == "" or wrong not in str(caught.value)


@pytest.mark.parametrize("name", ON_REQUESTS)
async def test_the_token_is_told_nowhere(
    name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in every address, but in no log line, however much is logged, and in nothing that is given back."""
    monkeypatch.setattr(calls, "PATIENCE", 0.3)
    monkeypatch.setattr(channel, "SPELL", 0.0)
    asyncio.get_running_loop().set_debug(True)
    with caplog.at_level(logging.DEBUG):
        async with FakeZaloBot() as zalo, talking(zalo.url) as bot, zalo.suffering(ZALO_FAULTS[name].but(times=5)):
            back = [await bot.send("x", Say("Chào")), await bot.fetch(0), await bot.prepare(), await bot.check()]
            words = " ".join(map(repr, (*back, bot, bot.client)))
    logged = caplog.text + " ".join(repr(vars(record)) for record in caplog.records if record.name != "aiohttp.server")
    for secret in (TOKEN, TOKEN.split(":")[1], SECRET):
        assert secret not in words
        assert secret not in logged


async def test_a_call_that_is_broken_off_tells_no_token() -> None:
    """Only the breaking off itself leaves the client."""
    async with FakeZaloBot() as zalo, talking(zalo.url) as bot, zalo.suffering(ZALO_FAULTS["hanging"]):
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.1):
                await bot.send("x", Say("Chào"))
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


# Answers that no good server gives

Answering = Callable[[web.Request], web.Response]


@asynccontextmanager
async def serving(answer: Answering) -> AsyncIterator[str]:
    """A server that answers everything so."""

    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def elsewhere(request: web.Request) -> web.Response:
    """A redirect that leads to a good answer."""
    if request.path == "/good":
        return web.json_response({"ok": True, "result": {}})
    return web.Response(status=307, headers={"Location": "/good"})


ODD: dict[str, Answering] = {
    "a redirect": elsewhere,
    "a good answer that is far too long": lambda _: web.json_response({"ok": True, "result": "a" * 2**20}),
    "no object": lambda _: web.json_response([1]),
    "an answer without ok": lambda _: web.json_response({"result": {}}),
    "ok that isn't true or false": lambda _: web.json_response({"ok": "true"}),
    "a proxy's page for 403": lambda _: web.Response(status=403, text="<html>Forbidden</html>"),
    "ok in a failure": lambda _: web.json_response({"ok": True}, status=500),
    "a number without end": lambda _: web.Response(text='{"ok": false, "error_code": ' + "9" * 5000 + "}"),
    "nests without end": lambda _: web.Response(text='{"ok": true, "result": ' + "[" * 100_000),
}


@pytest.mark.parametrize("label", ODD)
async def test_an_odd_answer_is_tried_again(label: str) -> None:
    """Only Zalo's own word counts as sent or refused."""
    async with serving(ODD[label]) as url, talking(url) as bot:
        outcome = await bot.send("x", Say("Chào"))
        assert (outcome.result, outcome.reached) == (Result.LATER, False)
