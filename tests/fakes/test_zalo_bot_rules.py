"""The fake Zalo Bot Platform keeps the platform's rules, asked with requests of our own."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_hooks import ORDERS, Delivered
from tests.fakes.zalo_listener import Listener

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

SECRET = "a-secret-of-16-c"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as fake:
        fake.longest = 0.05
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with Listener() as opened:
        yield opened


async def ask(zalo: FakeZaloBot, session: aiohttp.ClientSession, method: str, **given: Any) -> tuple[int, Any]:
    async with session.post(f"{zalo.url}/bot{zalo.token}/{method}", json=given) as answer:
        return answer.status, json.loads(await answer.text())


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"text": "x" * 2000}, 200),
        ({"text": "x" * 2001}, 400),
        ({"text": "\N{SNAKE}" * 1001}, 400),
        ({"text": ""}, 400),
        ({"text": " "}, 400),
        ({}, 400),
        ({"text": "x", "parse_mode": "markdown"}, 200),
        ({"text": "x", "parse_mode": "MarkdownV2"}, 400),
        ({"text": "x", "text_styles": [{"start": 0, "len": 1, "st": ["b"]}]}, 200),
        ({"text": "x", "text_styles": [{"start": 0, "len": 2, "st": ["b"]}]}, 400),
        ({"text": "x", "text_styles": "no JSON"}, 400),
        ({"text": "x", "chat_id": "nobody"}, 400),
    ],
)
async def test_a_text_is_checked(
    zalo: FakeZaloBot, session: aiohttp.ClientSession, given: dict[str, Any], status: int
) -> None:
    """Length, markup, styles and recipient of a text are as documented, or it is refused and isn't shown."""
    lan = zalo.person("Lan")
    code, body = await ask(zalo, session, "sendMessage", **{"chat_id": lan.id} | given)
    assert (code, body["ok"], len(lan.screen)) == (status, status == 200, int(status == 200))


async def test_a_reader_sees_what_markup_is_known(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """Documented marks vanish; links and fences, which aren't known, stay as they were typed."""
    lan = zalo.person("Lan")
    text = "# Head\n**bold** and *thin* {red}now{/red}\n[a](https://b.vn)\n```x```\n2 * 3 * 4, a_b_c"
    await ask(zalo, session, "sendMessage", chat_id=lan.id, text=text, parse_mode="markdown")
    await ask(zalo, session, "sendMessage", chat_id=lan.id, text=text)
    assert lan.texts == ["Head\nbold and thin now\n[a](https://b.vn)\n```x```\n2 * 3 * 4, a_b_c", text]


async def test_each_way_of_asking_is_the_same(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """GET and POST with query, form, multipart and JSON all send the same message."""
    lan, url = zalo.person("Lan"), f"{zalo.url}/bot{zalo.token}/sendMessage"
    given = {"chat_id": lan.id, "text": "hello"}
    parts = aiohttp.MultipartWriter("form-data")
    for name, value in given.items():
        parts.append(value).set_content_disposition("form-data", name=name)
    for request in (
        session.get(url, params=given),
        session.post(url, params=given),
        session.post(url, data=given),
        session.post(url, data=parts),
        session.post(url, json=given),
    ):
        async with request as answer:
            assert (await answer.json())["ok"] is True
    assert lan.texts == ["hello"] * 5
    assert [call.way for call in zalo.calls] == ["GET query", "POST query", "POST form", "POST multipart", "POST json"]


async def test_one_update_at_a_time_and_none_with_a_webhook(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """A poll brings one object, in order; idle is 408; while a webhook is set it is refused."""
    lan = zalo.person("Lan")
    await zalo.many(2, "message", [lan])
    for number in range(2):
        _, body = await ask(zalo, session, "getUpdates", timeout=1)
        assert body["result"]["message"]["text"] == f"message {number}"
    assert await ask(zalo, session, "getUpdates", timeout=1) == (
        408,
        {"ok": False, "error_code": 408, "description": "Request timeout"},
    )
    await ask(zalo, session, "setWebhook", url="https://bot.example.vn/hook", secret_token=SECRET)
    assert (await ask(zalo, session, "getUpdates"))[0] == 400


async def test_a_poll_wakes_when_somebody_writes(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """A waiting poll ends with the message, long before its time is up."""
    zalo.longest = 30
    (_, body), _ = await asyncio.gather(
        ask(zalo, session, "getUpdates", timeout=30), _later(zalo.says(zalo.person("Lan"), "hello"))
    )
    assert body["result"]["message"]["text"] == "hello"


async def _later(says: Any) -> None:
    await asyncio.sleep(0.1)
    await says


@pytest.mark.parametrize(
    ("url", "secret", "status"),
    [
        ("https://bot.example.vn/hook", SECRET, 200),
        ("http://bot.example.vn/hook", SECRET, 400),
        ("https://127.0.0.1/hook", SECRET, 400),
        ("https://10.1.2.3/hook", SECRET, 400),
        ("https://localhost/hook", SECRET, 400),
        ("https://bot.example.vn/hook", "short", 400),
        ("https://bot.example.vn/hook", "x" * 257, 400),
        ("https://bot.example.vn/hook", None, 400),
    ],
)
async def test_a_webhook_must_be_public_and_secret(
    zalo: FakeZaloBot, session: aiohttp.ClientSession, url: str, secret: str | None, status: int
) -> None:
    """Only https on a public host, with a secret of 8 to 256 characters, is taken."""
    assert (await ask(zalo, session, "setWebhook", url=url, secret_token=secret))[0] == status
    assert (await ask(zalo, session, "getWebhookInfo"))[0] == (200 if status == 200 else 404)


@pytest.mark.parametrize("wrapped", [True, False])
async def test_a_webhook_gets_both_forms(
    zalo: FakeZaloBot, session: aiohttp.ClientSession, listener: Listener, wrapped: bool
) -> None:
    """A public address leads to where the bot really is; the payload has its envelope or not, and the secret."""
    zalo.wrapped = wrapped
    zalo.hosts["https://bot.example.vn"] = listener.url.removesuffix("/hook")
    await ask(zalo, session, "setWebhook", url="https://bot.example.vn/hook", secret_token=SECRET)
    delivered = await zalo.says(zalo.person("Lan"), "hello")
    assert isinstance(delivered, Delivered)
    assert (delivered.status, delivered.body) == (200, "taken")
    assert [headers["x-bot-api-secret-token"] for headers in listener.headers] == [SECRET]
    assert set(listener.payloads[0]) == ({"ok", "result"} if wrapped else {"event_name", "message"})


@pytest.mark.parametrize(
    ("order", "expected"),
    [("as_they_came", "0 1 2"), ("backwards", "2 1 0"), ("twice", "0 0 1 1 2 2"), ("shuffled", "1 2 0")],
)
async def test_held_back_updates_come_as_told(zalo: FakeZaloBot, listener: Listener, order: str, expected: str) -> None:
    """What was held back comes doubled or in another order, as the test says."""
    zalo.listen(listener.url, SECRET)
    zalo.hook.held = True
    await zalo.many(3, "", [zalo.person("Lan")])
    assert listener.payloads == []
    await zalo.hook.release(ORDERS[order])
    assert "".join(listener.texts).split() == expected.split()


async def test_many_come_at_once(zalo: FakeZaloBot, listener: Listener) -> None:
    """A thousand updates of fifty people that waited are delivered twenty at a time, none lost."""
    zalo.listen(listener.url, SECRET)
    zalo.hook.held = True
    await zalo.many(1000, "message", [zalo.person(f"Lan {number}") for number in range(50)])
    done = await zalo.hook.release(at_once=20)
    assert (len(done), len(set(listener.texts))) == (1000, 1000)


async def test_errors_may_stand_in_the_body_only(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """With errors_in_body an error comes with HTTP status 200: whoever doesn't look at `ok` takes it for a success."""
    zalo.errors_in_body = True
    code, body = await ask(zalo, session, "sendMessage", chat_id="nobody", text="x")
    assert (code, body["ok"], body["error_code"]) == (200, False, 400)


async def test_a_quota_runs_out(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """After the last message of the quota comes 429, without a word on how long to wait."""
    lan, zalo.quota = zalo.person("Lan"), 1
    answers = [await ask(zalo, session, "sendMessage", chat_id=lan.id, text="x") for _ in range(2)]
    assert [code for code, _ in answers] == [200, 429]
    assert set(answers[1][1]) == {"ok", "error_code", "description"}


async def test_requests_are_counted_over_time(zalo: FakeZaloBot, session: aiohttp.ClientSession) -> None:
    """The busiest second is known for the bot and for each chat, faults are noted, and other tokens are refused."""
    lan, minh = zalo.person("Lan"), zalo.person("Minh")
    zalo.faults.add(ZALO_FAULTS["server-error"].but(methods=frozenset({"sendMessage"})))
    async with session.post(f"{zalo.url}/botwrong/sendMessage", json={}) as answer:
        assert answer.status == 500
    async with session.post(f"{zalo.url}/botwrong/sendMessage", json={}) as answer:
        assert (answer.status, (await answer.json())["error_code"]) == (401, 401)
    for person in (lan, lan, minh):
        await ask(zalo, session, "sendMessage", chat_id=person.id, text="x")
    sends = zalo.calls.named("sendMessage")
    assert [call.fault for call in sends] == ["server-error", "", "", "", ""]
    assert (sends.busiest(30), sends.busiest(1e-9)) == (5, 1)
    assert sends.rates(lambda call: call.given.get("chat_id", ""), 30) == {"": 2, lan.id: 2, minh.id: 1}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe"])
async def test_a_body_that_is_no_object_is_refused(
    zalo: FakeZaloBot, session: aiohttp.ClientSession, body: bytes
) -> None:
    """Something else than a JSON object is answered with 400 and doesn't end the server."""
    url = f"{zalo.url}/bot{zalo.token}/sendMessage"
    async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400


SPOILT = {"twice": "0 0 1 1 2 2", "out-of-order": "1 0 2", "undecodable": "- 0 - 1 - 2"}


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("polled", [True, False])
async def test_updates_are_spoilt(
    zalo: FakeZaloBot, session: aiohttp.ClientSession, listener: Listener, name: str, polled: bool
) -> None:
    """Updates come twice, in another order or behind undecodable ones, fetched as well as posted, and none is lost."""
    if not polled:
        zalo.listen(listener.url, SECRET)
    async with zalo.suffering(ZALO_FAULTS[name]):
        await zalo.many(3, "", [zalo.person("Lan")])
    found = [(await ask(zalo, session, "getUpdates"))[1] for _ in range(zalo.waiting)] if polled else listener.payloads
    messages = [update["result"]["message"] for update in found]
    assert [message["text"].strip() if message != 7 else "-" for message in messages] == SPOILT[name].split()
