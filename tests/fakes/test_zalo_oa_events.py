"""The fake Official Account's webhook calls and tokens: signed, tried again, and rotated as documented."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes import zalo_oa_events as events
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_listener import Listener
from tests.fakes.zalo_oa import DELAYS, FakeZaloOA
from tests.fakes.zalo_oa_tokens import ACCESS, CODE, REFRESH, challenge_of

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients


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


@pytest.mark.parametrize("prefix", ["mac=", ""])
@pytest.mark.parametrize("spelling", [events.compact, events.spaced])
async def test_the_signature_is_the_documented_one(
    oa: FakeZaloOA, listener: Listener, prefix: str, spelling: Any
) -> None:
    """The documentation: "mac = sha256(appId + data + timeStamp + OAsecretKey)", where data is the body as it came."""
    oa.prefixed, oa.encode = bool(prefix), spelling
    await oa.says(oa.person("Lan"), "Chào bạn \N{WAVING HAND SIGN}")
    raw, payload = listener.raw[0], listener.payloads[0]
    digest = hashlib.sha256()
    for part in (oa.app_id.encode(), raw, payload["timestamp"].encode(), oa.key.encode()):
        digest.update(part)
    assert listener.headers[0]["x-zevent-signature"] == prefix + digest.hexdigest()
    assert payload["app_id"] == oa.app_id


def test_the_signature_of_a_known_body() -> None:
    """A value that was computed with sha256sum from the four parts put together by hand."""
    assert (
        events.signature("123", b'{"timestamp":"1700000000000"}', "1700000000000", "key")
        == "1f62a4170de45ae91a7ad84d91c9c4e253b38f424c8e4338478e284482a3264a"
    )


@pytest.mark.parametrize("name", events.KINDS)
async def test_each_kind_of_message_names_its_people(oa: FakeZaloOA, listener: Listener, name: str) -> None:
    """A person is the sender and the account the recipient; each message has its own number, dates are strings."""
    lan = oa.person("Lan")
    for _ in range(2):
        await oa.sends_kind(lan, name)
    first, second = listener.payloads
    assert (first["event_name"], first["sender"], first["recipient"]) == (name, {"id": lan.id}, {"id": oa.id})
    assert first["message"]["msg_id"] != second["message"]["msg_id"]
    assert first["timestamp"].isdigit()
    assert abs(int(first["timestamp"]) - oa.clock.ms) < 60_000


async def test_who_follows_is_named_otherwise(oa: FakeZaloOA, listener: Listener) -> None:
    """follow and unfollow carry `follower` and `oa_id`, and no message."""
    lan = oa.person("Lan")
    for follows in (True, False):
        await oa.follows(lan, follows=follows)
    assert [payload["event_name"] for payload in listener.payloads] == ["follow", "unfollow"]
    for payload in listener.payloads:
        assert (payload["follower"], payload["oa_id"], "message" in payload) == ({"id": lan.id}, oa.id, False)


async def send(oa: FakeZaloOA, session: aiohttp.ClientSession, who: str, token: str = "") -> int:
    body = {"recipient": {"user_id": who}, "message": {"text": "ours"}}
    headers = {"access_token": token or oa.tokens.access}
    async with session.post(f"{oa.url}/v3.0/oa/message/cs", json=body, headers=headers) as answer:
        return int((await answer.json())["error"])


async def test_what_the_account_sends_comes_back(
    oa: FakeZaloOA, session: aiohttp.ClientSession, listener: Listener
) -> None:
    """Our own sends come as echoes without admin_id, an operator's with it; then they are received and seen."""
    lan = oa.person("Lan")
    await oa.says(lan, "hello")
    await send(oa, session, lan.id)
    await oa.settled()
    await oa.operator(lan, "theirs")
    await oa.sees(lan)
    echo, other = listener.payloads[1:3]
    assert (echo["event_name"], echo["sender"], echo["recipient"]) == ("oa_send_text", {"id": oa.id}, {"id": lan.id})
    assert (echo["message"]["text"], other["message"]["text"], other["sender"]["admin_id"]) == (
        "ours",
        "theirs",
        "2468",
    )
    names = [payload["event_name"] for payload in listener.payloads[3:]]
    assert names == ["user_received_message", "user_received_message", "user_seen_message"]


async def test_only_a_failed_connection_is_tried_again(oa: FakeZaloOA, listener: Listener) -> None:
    """An answer of any status is the end of it; without one the call comes again at its five times, then never."""
    lan = oa.person("Lan")
    listener.status = 500
    await oa.says(lan, "answered")
    assert await oa.forward(2 * sum(DELAYS)) == []
    oa.listen("http://127.0.0.1:9/nobody")
    await oa.says(lan, "lost")
    assert await oa.forward(DELAYS[0] - 1) == []
    retries = [await oa.forward(delay + 1) for delay in DELAYS]
    assert [done.event.retries for round_ in retries for done in round_] == [1, 2, 3, 4, 5]
    assert oa.hook.disabled
    assert await oa.says(lan, "unheard") is None
    oa.listen(listener.url)
    assert await oa.says(lan, "heard") is not None


async def test_a_retry_carries_its_number_and_the_same_body(oa: FakeZaloOA, listener: Listener) -> None:
    """What comes again is the same bytes with the same signature, and num_retry in its header."""
    oa.hook.url = "http://127.0.0.1:9/nobody"
    first = await oa.says(oa.person("Lan"), "hello")
    oa.listen(listener.url)
    await oa.forward(31)
    assert first is not None
    assert (first.status, listener.raw, listener.headers[0]["num_retry"]) == (0, [first.event.body], "1")


# Tokens


async def ask(oa: FakeZaloOA, session: aiohttp.ClientSession, secret: str = "", **form: str) -> dict[str, Any]:
    headers = {"secret_key": secret or oa.tokens.app_secret}
    url = f"{oa.url}/v4/oa/access_token"
    async with session.post(url, data={"app_id": oa.app_id} | form, headers=headers) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def refresh(oa: FakeZaloOA, session: aiohttp.ClientSession, token: str) -> dict[str, Any]:
    return await ask(oa, session, grant_type="refresh_token", refresh_token=token)


async def test_a_pair_is_renewed_once(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """A new pair has its lifetime as a string; the old access token is dead at once, the old refresh token spent."""
    lan = oa.person("Lan")
    await oa.says(lan, "hello")
    old, spent = oa.tokens.access, oa.tokens.refresh
    pair = await refresh(oa, session, spent)
    assert pair["expires_in"] == "90000"
    assert [await send(oa, session, lan.id, token) for token in (old, pair["access_token"])] == [-216, 0]
    assert "access_token" not in await refresh(oa, session, spent)
    assert oa.tokens.reused == 1
    assert "access_token" in await refresh(oa, session, pair["refresh_token"])


async def test_of_two_who_refresh_at_once_one_gets_a_pair(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """Two requests with one refresh token: the second is refused, and the pair that counts is the first one's."""
    pairs = await asyncio.gather(*[refresh(oa, session, oa.tokens.refresh) for _ in range(2)])
    assert [pair["access_token"] for pair in pairs if "access_token" in pair] == [oa.tokens.access]


async def test_a_lost_answer_costs_the_pair(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """When the answer is lost on its way the tokens have changed all the same: a human must consent again."""
    spent = oa.tokens.refresh
    async with oa.suffering(ZALO_FAULTS["dropped"].but(methods=frozenset({"access_token"}))):
        with pytest.raises(aiohttp.ClientError):
            await refresh(oa, session, spent)
    assert oa.tokens.issued == 2
    assert "access_token" not in await refresh(oa, session, spent)


async def test_tokens_grow_old(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """An access token ends after 25 hours with a number of its own, a refresh token after three months."""
    lan = oa.person("Lan")
    await oa.forward(ACCESS)
    await oa.says(lan, "hello")
    assert await send(oa, session, lan.id) == -220
    assert "access_token" in await refresh(oa, session, oa.tokens.refresh)
    await oa.forward(REFRESH)
    assert "access_token" not in await refresh(oa, session, oa.tokens.refresh)


async def test_only_the_app_itself_gets_tokens(oa: FakeZaloOA, session: aiohttp.ClientSession) -> None:
    """A wrong app secret, app id or kind of grant gets nothing, and spends nothing."""
    good = {"grant_type": "refresh_token", "refresh_token": oa.tokens.refresh}
    for answer in (
        await ask(oa, session, "wrong", **good),
        await ask(oa, session, **good | {"app_id": "1"}),
        await ask(oa, session, **good | {"grant_type": "client_credentials"}),
        await ask(oa, session, **good | {"refresh_token": "x"}),
    ):
        assert "access_token" not in answer
    assert "access_token" in await ask(oa, session, **good)


VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B, with its challenge
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("challenge", "verifier", "after", "taken"),
    [
        (CHALLENGE, VERIFIER, 0, True),
        (CHALLENGE + "%3D", VERIFIER, 0, True),
        (CHALLENGE.replace("-", "%2B"), VERIFIER, 0, True),
        (CHALLENGE, VERIFIER[::-1], 0, False),
        (CHALLENGE, VERIFIER, CODE, False),
    ],
)
async def test_consent_is_changed_into_tokens_once(
    oa: FakeZaloOA, session: aiohttp.ClientSession, challenge: str, verifier: str, after: float, taken: bool
) -> None:
    """A code of a human's consent works once, within 10 minutes and with its verifier, in both spellings of base64."""
    oa.clock.stop(1_790_000_000)
    asked = f"https://oauth.example/v4/oa/permission?app_id={oa.app_id}&code_challenge={challenge}&state=s"
    consent = oa.tokens.consent(asked)
    oa.clock.forward(after)
    form = {"grant_type": "authorization_code", "code": consent["code"], "code_verifier": verifier}
    assert [("access_token" in await ask(oa, session, **form)) for _ in range(2)] == [taken, False]
    assert (consent["state"], challenge_of(VERIFIER)) == ("s", CHALLENGE)
