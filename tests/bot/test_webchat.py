"""The fixed interface of the web chat: each answer and each refusal as it is documented."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from bot.app import App
from bot.channels.refusals import REASONS
from bot.channels.webchat import BURST
from bot.server import LONGEST_BODY, asgi


@pytest.fixture
async def page(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """The web chat, asked without a socket. For its limits no time passes, so that no slow machine is forgiven."""
    app = replace(app, ticks=lambda: 0.0)
    transport = httpx.ASGITransport(app=asgi(app))  # type: ignore[arg-type] # Litestar types its scope more closely
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        yield client


async def begin(page: httpx.AsyncClient) -> str:
    """A new session's address for messages."""
    made = await page.post("/chat/api/sessions")
    assert made.status_code == 201
    return f"/chat/api/sessions/{made.json()['session']}/messages"


def message(**said: str) -> dict[str, str]:
    """A message with an id of its own."""
    return {"id": str(uuid.uuid4()), **said}


SOME_ID = "2b1dfc28-4f48-4e15-86c5-40781de4620d"  # the same in each process that collects the tests


@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_a_session_begins_with_an_empty_body_or_object(page: httpx.AsyncClient, body: bytes) -> None:
    """201 and a token."""
    headers = {"Content-Type": "application/json"} if body else {}
    made = await page.post("/chat/api/sessions", content=body, headers=headers)
    assert made.status_code == 201
    assert set(made.json()) == {"session"}


@pytest.mark.parametrize("body", [b'"NULL"', b'"null"', b"[]", b"0"])
async def test_a_session_begins_with_nothing_else(page: httpx.AsyncClient, body: bytes) -> None:
    """As the description says: the word for nothing isn't nothing."""
    refused = await page.post("/chat/api/sessions", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 400


async def test_the_same_id_gives_the_very_same_body(page: httpx.AsyncClient) -> None:
    """Byte for byte, for durable and private messages."""
    where = await begin(page)
    for said in (message(action="learn"), message(action="help"), message(text="em sợ")):
        first = await page.post(where, json=said)
        await page.post(where, json=message(action="menu"))
        assert (await page.post(where, json=said)).content == first.content


async def test_every_message_has_text_and_buttons(page: httpx.AsyncClient) -> None:
    """Also the answer to a foreign action; at least one message."""
    where = await begin(page)
    for said in (message(action="start"), message(action="../../etc"), message(text="")):
        answer = (await page.post(where, json=said)).json()
        assert answer["messages"]
        assert all(isinstance(one["text"], str) and isinstance(one["buttons"], list) for one in answer["messages"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"id": "1", "text": "a"}', 400),
        (b'{"text": "a"}', 400),
        (json.dumps({"id": SOME_ID, "text": 1}).encode(), 400),
        (json.dumps({"id": SOME_ID, "text": "a", "more": 1}).encode(), 400),
        (json.dumps({"id": SOME_ID}).encode(), 422),
        (json.dumps({"id": SOME_ID, "text": "a", "action": "menu"}).encode(), 422),
        (json.dumps({"id": SOME_ID, "text": "a" * 4001}).encode(), 413),
        (b" " * (LONGEST_BODY + 1), 413),
    ],
)
async def test_a_wrong_body_is_refused_with_a_sentence(page: httpx.AsyncClient, body: bytes, status: int) -> None:
    """What is wrong is told in Vietnamese, and nothing of the body is repeated."""
    refused = await page.post(await begin(page), content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == status
    assert set(refused.json()) == {"error", "message"}


async def test_unknown_and_erased_sessions_are_told_apart(page: httpx.AsyncClient) -> None:
    """404 for a token that isn't ours, 410 for one that was erased, on messages and on events."""
    where = await begin(page)
    assert (await page.post("/chat/api/sessions/x/messages", json=message(text="a"))).status_code == 404
    assert (await page.get("/chat/api/sessions/x/events")).status_code == 404
    await page.post(where, json=message(action="age:18+"))
    erasing = message(action="me:erase:yes")
    farewell = await page.post(where, json=erasing)
    assert (await page.post(where, json=erasing)).content == farewell.content
    for said in (message(action="menu"), message(text="a"), message(action="help")):
        assert (await page.post(where, json=said)).status_code == 410
    assert (await page.get(where.replace("messages", "events"))).status_code == 410


async def test_too_fast_is_told_and_a_repeated_message_is_not_counted(page: httpx.AsyncClient) -> None:
    """After the burst 429 with Retry-After; a message that was answered before is answered all the same."""
    where = await begin(page)
    known = message(action="menu")
    for _again in range(60):
        assert (await page.post(where, json=known)).status_code == 200
    answers = [await page.post(where, json=message(action="menu")) for _more in range(40)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    for _again in range(10):
        assert (await page.post(where, json=known)).status_code == 200
        assert (await page.post(where, json=message(action="menu"))).status_code == 429


async def test_only_new_sessions_are_limited_by_address(app: App) -> None:
    """A school behind one address begins half of a minute's sessions at once and no more; those begun go on."""
    slow = replace(app, ticks=lambda: 0.0, settings=app.settings.model_copy(update={"sessions_a_minute": 6}))
    transport = httpx.ASGITransport(app=asgi(slow))  # type: ignore[arg-type] # Litestar types its scope more closely
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as page:
        places = [await begin(page) for _session in range(3)]
        refused = await page.post("/chat/api/sessions")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert (await page.post(places[0], json=message(action="menu"))).status_code == 200


async def test_a_household_of_ipv6_is_one_address(app: App) -> None:
    """Other addresses of one /64 share its limit, since whoever has one has all of them; another /64 has its own."""
    slow = replace(app, ticks=lambda: 0.0, settings=app.settings.model_copy(update={"sessions_a_minute": 1}))
    web = asgi(slow)

    async def begin_from(host: str) -> int:
        transport = httpx.ASGITransport(app=web, client=(host, 1))  # type: ignore[arg-type] # as above
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as page:
            return (await page.post("/chat/api/sessions")).status_code

    hosts = ["2001:db8::1", "2001:db8::ffff:0:0:2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"]
    assert [await begin_from(host) for host in hosts] == [201, 429, 201, 201, 429, 201]


async def test_listening_again_and_again_is_too_fast(page: httpx.AsyncClient) -> None:
    """Each stream that is opened counts like a message: it makes the database look, and may make it write."""
    where = await begin(page)
    for _more in range(BURST):
        await page.post(where, json=message(action="menu"))
    async with asyncio.timeout(5):  # a stream that is let in doesn't end
        refused = await page.get(where.replace("messages", "events"), params={"last": 1})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 1


async def test_every_answer_says_how_it_is_to_be_kept_and_read(page: httpx.AsyncClient) -> None:
    """Answers, refusals and the description are kept by nobody on the way and are what they say they are."""
    where = await begin(page)
    answers = [
        await page.post("/chat/api/sessions"),
        await page.post(where, json=message(action="menu")),
        await page.post(where, content=b"no JSON"),
        await page.get(f"{where}/nope"),
        await page.get("/chat/openapi.json"),
        await page.get("/chat/nope"),
        await page.get("/healthz"),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    assert (await page.get("/")).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("where", ["/", "/giup", "/page/chat.js", "/healthz"])
async def test_whatever_can_be_read_can_be_asked_about(page: httpx.AsyncClient, where: str) -> None:
    """HEAD answers as GET does, without a body: monitors ask so."""
    got, asked = await page.get(where), await page.head(where)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["Content-Type"] == got.headers["Content-Type"]


async def test_without_a_database_the_answer_says_so_and_helps(app: App, page: httpx.AsyncClient) -> None:
    """503 with a sentence and the numbers to call; help itself still answers 200."""
    where = await begin(page)
    await app.database.close()
    refused = await page.post(where, json=message(action="menu"))
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    assert [call["number"] for call in refused.json()["messages"][0]["calls"]] == ["115", "113", "111"]
    assert (await page.post(where, json=message(action="help"))).status_code == 200


async def test_pages_are_strict_and_set_no_cookie(page: httpx.AsyncClient) -> None:
    """A strict policy, no cookie, nothing from elsewhere."""
    for where in ("/", "/giup", "/sw.js", "/manifest.webmanifest", "/page/chat.js"):
        got = await page.get(where)
        assert got.status_code == 200
        assert "set-cookie" not in got.headers
        assert "default-src 'none'" in got.headers["content-security-policy"]
        assert "unsafe" not in got.headers["content-security-policy"]
    tag = (await page.get("/")).headers["etag"]
    assert (await page.get("/", headers={"If-None-Match": tag})).status_code == 304
    for where in ("/page/chat.html", "/page/..%2fapp.py", "/nope"):
        assert (await page.get(where)).status_code == 404


async def test_the_interface_describes_itself(page: httpx.AsyncClient) -> None:
    """OpenAPI names the three ways in; health answers."""
    described = (await page.get("/chat/openapi.json")).json()
    session = "/chat/api/sessions/{session}"
    assert set(described["paths"]) == {"/chat/api/sessions", f"{session}/messages", f"{session}/events"}
    assert (await page.get("/healthz")).text == "ok"


def test_every_refusal_has_its_words() -> None:
    """No reason without a Vietnamese sentence; none answers 500."""
    for status, words in REASONS.values():
        assert 400 <= status < 600
        assert status != 500
        assert len(words()) > 10
