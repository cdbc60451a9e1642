"""How the fake Telegram brings updates to a webhook: with its secret, again until they are taken, a chat in order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.faults import FAULTS
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_hooks import lane
from tests.fakes.telegram_things import ODD

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

SECRET = "a-secret_7"


@dataclass
class Bot:
    """A webhook that answers with `statuses` in turn, then 200; `delay`: seconds until it does."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    got: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    now: int = 0
    most: int = 0

    async def take(self, request: web.BaseRequest) -> web.Response:
        """One update."""
        self.now += 1
        self.most = max(self.most, self.now)
        self.got.append(await request.json())
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.delay)
        self.now -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def texts(self) -> list[str]:
        """What was written."""
        return [update["message"]["text"] for update in self.got]


@pytest.fixture
async def fake() -> AsyncIterator[Telegram]:
    """A Telegram that tries again soon."""
    async with Telegram(light=True) as opened:
        opened.carrier.delay = 0.02
        yield opened


@pytest.fixture
async def bot(fake: Telegram) -> AsyncIterator[Bot]:
    """A webhook that listens."""
    taking = Bot()
    runner = web.ServerRunner(web.Server(taking.take))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taking.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield taking
    await runner.cleanup()


async def call(fake: Telegram, method: str, **params: Any) -> dict[str, Any]:
    """One method's answer."""
    address = f"{fake.url}/bot{fake.token}/{method}"
    async with aiohttp.ClientSession() as http, http.post(address, json=params) as answer:
        said: dict[str, Any] = await answer.json()
        return said


async def test_updates_are_brought(fake: Telegram, bot: Bot) -> None:
    """What waited and what comes is brought with the secret; meanwhile nobody can poll."""
    an = fake.person(1)
    an.write("before")
    await call(fake, "setWebhook", url=bot.url, secret_token=SECRET)
    an.write("after")
    await fake.settled()
    assert (bot.texts, bot.secrets) == (["before", "after"], {SECRET})
    assert (await call(fake, "getUpdates"))["error_code"] == 409
    await call(fake, "deleteWebhook")
    an.write("late")
    assert len((await call(fake, "getUpdates"))["result"]) == 1


async def test_what_is_not_taken_comes_again(fake: Telegram, bot: Bot) -> None:
    """An answer that isn't 2xx brings the same update again, later each time, and its chat waits behind it."""
    bot.statuses = [500, 401, 302, 503]
    await call(fake, "setWebhook", url=bot.url)
    an = fake.person(1)
    an.write("one")
    an.write("two")
    await fake.settled()
    assert bot.texts == ["one"] * 5 + ["two"]
    gaps = [late - early for early, late in pairwise(bot.times[:5])]
    assert all(late > early for early, late in pairwise(gaps))
    info = (await call(fake, "getWebhookInfo"))["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"


async def test_chats_at_once(fake: Telegram, bot: Bot) -> None:
    """Several chats are brought at once, as many as max_connections, while each chat stays in order."""
    bot.delay = 0.02
    await call(fake, "setWebhook", url=bot.url, max_connections=4)
    fake.backlog(24, people=8, text="{n}")
    await fake.settled()
    assert bot.most == 4
    for number in range(8):
        mine = [int(text) for text in bot.texts if int(text) % 8 == number]
        assert mine == sorted(mine)


async def test_nobody_listens(fake: Telegram, bot: Bot) -> None:
    """An update waits while the webhook is down, and the reason can be asked for."""
    await call(fake, "setWebhook", url="http://127.0.0.1:9/hook")
    fake.person(1).write("Hello")
    await fake.until(lambda: fake.carrier.brought)
    info = (await call(fake, "getWebhookInfo"))["result"]
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")
    await call(fake, "setWebhook", url=bot.url)
    await fake.settled()
    assert bot.texts == ["Hello"]


async def test_twice(fake: Telegram, bot: Bot) -> None:
    """What was taken is brought once more, with the same number."""
    await call(fake, "setWebhook", url=bot.url)
    async with fake.suffers(FAULTS["twice"]):
        fake.person(1).write("Hello")
        await fake.settled()
    assert bot.texts == ["Hello", "Hello"]
    assert len({update["update_id"] for update in bot.got}) == 1


async def test_out_of_order(fake: Telegram, bot: Bot) -> None:
    """A later message of a chat overtakes an earlier one."""
    an = fake.person(1)
    for text in ("one", "two", "three"):
        an.write(text)
    async with fake.suffers(FAULTS["out-of-order"]):
        await call(fake, "setWebhook", url=bot.url)
        await fake.settled()
    assert sorted(bot.texts) == ["one", "three", "two"]
    assert bot.texts[0] == "two"


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://example.org/hook", True),
        ("https://example.org:8443/hook", True),
        ("https://example.org:8081/hook", False),
        ("http://example.org/hook", False),
        ("http://localhost:8081/hook", True),
    ],
)
async def test_where_updates_may_go(fake: Telegram, url: str, taken: bool) -> None:
    """Webhooks are https on Telegram's ports; on this machine alone anything goes."""
    assert (await call(fake, "setWebhook", url=url))["ok"] is taken
    assert (await call(fake, "getWebhookInfo"))["result"]["url"] == (url if taken else "")


@pytest.mark.parametrize(("secret", "taken"), [("a" * 256, True), ("a" * 257, False), ("a b", False), ("a+b", False)])
async def test_the_secret_is_checked(fake: Telegram, secret: str, taken: bool) -> None:
    """A secret has up to 256 letters, figures, dashes and underscores."""
    said = await call(fake, "setWebhook", url="https://example.org/hook", secret_token=secret)
    assert said["ok"] is taken


def test_each_update_has_its_lane() -> None:
    """Updates of one chat or person share a lane; others have one of their own."""
    assert lane({"update_id": 1, "message": {"chat": {"id": 5}}}) == "5"
    assert lane({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 5}}}}) == "5"
    assert lane({"update_id": 1, "inline_query": ODD["inline_query"]}) == "900001"
    assert lane({"update_id": 1, "poll": ODD["poll"]}) == "update 1"
