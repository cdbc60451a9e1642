"""The fake Official Account keeps the platform's rules: what it takes, what it refuses, whom it reaches and when."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes import zalo_oa_rules as rules
from tests.fakes.zalo_faults import ON_REQUESTS, ZALO_FAULTS
from tests.fakes.zalo_listener import Listener
from tests.fakes.zalo_oa import FakeZaloOA

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

DAY = 86_400


@pytest.fixture
async def oa() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as fake:
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def listener(oa: FakeZaloOA) -> AsyncIterator[Listener]:
    async with Listener() as opened:
        oa.listen(opened.url)
        yield opened


async def send(oa: FakeZaloOA, session: aiohttp.ClientSession, who: str, message: Any, token: str = "") -> Any:
    body = {"recipient": {"user_id": who}, "message": message}
    headers = {"access_token": token or oa.tokens.access}
    async with session.post(f"{oa.url}/v3.0/oa/message/cs", json=body, headers=headers) as answer:
        assert (answer.status, answer.headers["X-RateLimit-Limit"]) == (200, str(oa.rate))
        return await answer.json()


def with_buttons(*buttons: Any, **payload: Any) -> dict[str, Any]:
    return {"text": "x", "attachment": {"type": "template", "payload": {"buttons": list(buttons)} | payload}}


def query(title: str = "Continue", payload: str = "go", kind: str = "oa.query.hide") -> dict[str, Any]:
    return {"title": title, "type": kind, "payload": payload}


MESSAGES: dict[str, tuple[Any, int]] = {
    "a text of 2,000 characters": ({"text": "x" * 2000}, 0),
    "a longer one": ({"text": "x" * 2001}, -210),
    "an empty one": ({"text": ""}, -201),
    "no text": ({}, -201),
    "no object": ("x", -201),
    "five buttons": (with_buttons(*[query()] * 5), 0),
    "six buttons": (with_buttons(*[query()] * 6), -210),
    "no buttons": (with_buttons(), -201),
    "a title of 100": (with_buttons(query(title="x" * 100)), 0),
    "a longer title": (with_buttons(query(title="x" * 101)), -210),
    "a payload of 1,000": (with_buttons(query(payload="x" * 1000)), 0),
    "a longer payload": (with_buttons(query(payload="x" * 1001)), -210),
    "a shown query": (with_buttons(query(kind="oa.query.show")), 0),
    "an unknown kind of button": (with_buttons(query(kind="oa.query.tell")), -201),
    "a link": (with_buttons({"title": "x", "type": "oa.open.url", "payload": {"url": "https://b.vn"}}), 0),
    "a link without address": (with_buttons({"title": "x", "type": "oa.open.url", "payload": "https://b.vn"}), -201),
    "a call": (with_buttons({"title": "x", "type": "oa.open.phone", "payload": {"phone_code": "111"}}), 0),
    "another attachment": ({"text": "x", "attachment": {"type": "file", "payload": {}}}, -233),
}


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_is_checked(oa: FakeZaloOA, session: aiohttp.ClientSession, name: str) -> None:
    """Lengths, buttons and kinds are as documented, or the message is refused by its number and isn't shown."""
    message, code = MESSAGES[name]
    lan = oa.person("Lan")
    await oa.says(lan, "hello")
    answer = await send(oa, session, lan.id, message)
    assert (answer["error"], len(lan.screen)) == (code, int(code == 0))
    assert ("data" in answer) is (code == 0)


@pytest.mark.parametrize(("rule", "given", "code"), [(True, {}, -201), (False, {"template_type": "button"}, -201)])
async def test_a_template_type_may_be_a_must(
    oa: FakeZaloOA, session: aiohttp.ClientSession, rule: bool, given: dict[str, str], code: int
) -> None:
    """Whether buttons need a template_type isn't known: either may be demanded, and otherwise both are taken."""
    lan = oa.person("Lan")
    await oa.says(lan, "hello")
    for oa.template_type, expected in ((rule, code), (None, 0)):
        assert (await send(oa, session, lan.id, with_buttons(query(), **given)))["error"] == expected


WINDOWS = [
    (None, -232, None),
    (47 * 3600, 0, True),
    (49 * 3600, 0, False),
    (7 * DAY - 60, 0, False),
    (7 * DAY, -230, None),
]


@pytest.mark.parametrize(("since", "code", "free"), WINDOWS)
async def test_the_windows_close(
    oa: FakeZaloOA, session: aiohttp.ClientSession, since: float | None, code: int, free: bool | None
) -> None:
    """Free for 48 hours after somebody wrote, charged for 7 days, then refused; never written to before they write."""
    lan = oa.person("Lan")
    if since is not None:
        oa.clock.stop(1_790_000_000)
        await oa.says(lan, "hello")
        oa.clock.forward(since)
        oa.tokens.renew()
    answer = await send(oa, session, lan.id, {"text": "x"})
    assert answer["error"] == code
    if code == 0:
        assert ("quota" in answer["data"], lan.screen[0].free) == (free, free)


async def test_what_is_charged_runs_out(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """After the last charged message comes -211, while free ones still go."""
    lan, oa.quota = oa.person("Lan"), 1
    await oa.says(lan, "hello")
    await oa.forward(3 * DAY)
    oa.tokens.renew()
    assert [(await send(oa, session, lan.id, {"text": "x"}))["error"] for _ in range(2)] == [0, -211]
    await oa.says(lan, "hello again")
    assert (await send(oa, session, lan.id, {"text": "x"}))["error"] == 0


@pytest.mark.parametrize("code", rules.ERRORS)
async def test_each_error_can_be_had(oa: FakeZaloOA, session: aiohttp.ClientSession, code: int) -> None:
    """Any number of the table comes as often as told, with HTTP status 200, and nothing is shown."""
    lan = oa.person("Lan")
    await oa.says(lan, "hello")
    oa.refuses(code, times=2)
    answers = [await send(oa, session, lan.id, {"text": str(number)}) for number in range(3)]
    assert [answer["error"] for answer in answers] == [code, code, 0]
    assert lan.texts == ["2"]


async def test_somebody_may_be_closed(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """A refusal belongs to one person; somebody unknown is refused too."""
    lan, minh = oa.person("Lan"), oa.person("Minh")
    lan.refusal = -217
    await oa.says(minh, "hello")
    found = [(await send(oa, session, who, {"text": "x"}))["error"] for who in (lan.id, minh.id, "1")]
    assert found == [-217, 0, -213]


async def test_a_minute_holds_so_many_requests(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """Above the rate comes -32 until the minute is over, and the header tells what is left."""
    lan, oa.rate = oa.person("Lan"), 2
    await oa.says(lan, "hello")
    assert [(await send(oa, session, lan.id, {"text": "x"}))["error"] for _ in range(3)] == [0, 0, -32]
    oa.clock.forward(61)
    assert (await send(oa, session, lan.id, {"text": "x"}))["error"] == 0
    assert oa.calls.named("cs").rates(lambda call: call.given["recipient"]["user_id"], 60) == {lan.id: 4}


async def test_the_account_tells_who_it_is(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """getoa names the account to whoever has the token, and the old message API is shut."""
    async with session.get(f"{oa.url}/v2.0/oa/getoa", headers={"access_token": oa.tokens.access}) as answer:
        assert (await answer.json())["data"]["oa_id"] == oa.id
    async with session.get(f"{oa.url}/v2.0/oa/getoa") as answer:
        assert (await answer.json())["error"] == -216
    async with session.post(f"{oa.url}/v2.0/oa/message", headers={"access_token": oa.tokens.access}) as answer:
        assert (await answer.json())["error"] == -240


@pytest.mark.parametrize("name", ON_REQUESTS)
async def test_every_fault_does_what_the_table_says(oa: FakeZaloOA, session: aiohttp.ClientSession, name: str) -> None:
    """A send meets it: the message is shown exactly when the table says so, and the next one goes through."""
    lan, fault = oa.person("Lan"), ZALO_FAULTS[name]
    await oa.says(lan, "hello")
    outcome = ""
    async with oa.suffering(fault):
        try:
            body = {"recipient": {"user_id": lan.id}, "message": {"text": "x"}}
            headers, patience = {"access_token": oa.tokens.access}, aiohttp.ClientTimeout(total=0.7)
            url = f"{oa.url}/v3.0/oa/message/cs"
            async with session.post(url, json=body, headers=headers, timeout=patience) as answer:
                outcome = f"{answer.status} {len(await answer.read()) > 0}"
        except (aiohttp.ClientError, TimeoutError) as problem:
            outcome = type(problem).__name__
    assert lan.texts == (["x"] if fault.effect else [])
    assert outcome == OUTCOMES[name]
    assert (await send(oa, session, lan.id, {"text": "y"}))["error"] == 0


OUTCOMES = {
    "slow": "200 True",
    "hanging": "TimeoutError",
    "reset": "ClientOSError",
    "dropped": "ClientOSError",
    "held": "TimeoutError",
    "truncated": "200 True",
    "cut-off": "ClientPayloadError",
    "empty": "200 False",
    "garbage": "200 True",
    "wrong-shape": "200 True",
    "server-error": "500 True",
    "bad-gateway": "502 True",
    "unavailable": "503 True",
    "too-many": "429 True",
    "refused": "ClientConnectorError",
}


async def test_a_button_comes_back_as_a_text(
    oa: FakeZaloOA, session: aiohttp.ClientSession, listener: Listener
) -> None:
    """A press sends the button's payload as the person's own text; a link sends nothing."""
    lan = oa.person("Lan")
    oa.echoes = False
    await oa.says(lan, "hello")
    link = {"title": "Page", "type": "oa.open.url", "payload": {"url": "https://b.vn"}}
    await send(oa, session, lan.id, with_buttons(query("Continue", "#go 1"), link))
    assert await oa.presses(lan, "Continue") is not None
    assert await oa.presses(lan, "Page") is None
    assert listener.texts == ["hello", "#go 1"]
    assert {payload["event_name"] for payload in listener.payloads} == {"user_send_text"}
