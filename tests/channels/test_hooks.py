"""The addresses that platforms call, over real HTTP: whoever isn't the platform gets nowhere and leaves nothing."""

import hashlib
import json
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from prometheus_client import generate_latest
from pydantic import SecretStr

from bot.app import App
from bot.channels.hooks import HOOKS
from bot.platforms import PLATFORMS
from storage.schema import Transaction
from storage.tables import metadata
from tests.channels import test_telegram_wire, test_zalo_bot, test_zalo_oa
from tests.channels.running import Running, running
from tests.fakes.telegram_world import TOKEN

SECRET = "correct-horse-battery-staple"
CANARY = "z7qCanary9x"
NOBODY = "http://127.0.0.1:9"  # where nobody listens: what is answered goes nowhere
OA_STAMP = "1795489200000"  # the time of the tests' clock, in milliseconds


@dataclass(frozen=True, slots=True)
class Knock:
    """How a platform calls: a message that would be kept, and the header that vouches for it."""

    body: bytes
    header: str
    right: str


def _signed(body: bytes, key: str) -> str:
    """As Zalo signs: app, body, time, key."""
    signed = test_zalo_oa.APP.encode() + body + OA_STAMP.encode() + key.encode()
    return "mac=" + hashlib.sha256(signed).hexdigest()


def _body(payload: Mapping[str, Any]) -> bytes:
    return json.dumps({**payload, "future": CANARY}).encode()


_OA = _body({**test_zalo_oa.said("/menu"), "timestamp": OA_STAMP})
KNOCKS: Mapping[str, Knock] = {
    "telegram": Knock(_body(test_telegram_wire.message(text="/menu")), "X-Telegram-Bot-Api-Secret-Token", SECRET),
    "zalo_bot": Knock(_body(test_zalo_bot.payload(text="/menu")), "X-Bot-Api-Secret-Token", SECRET),
    "zalo_oa": Knock(_OA, "X-ZEvent-Signature", _signed(_OA, SECRET)),
}
PATHS = {str(hook.name): next(iter(hook.paths)) for hook in HOOKS}
WRONG: Mapping[str, Callable[[Knock], Mapping[str, str]]] = {
    "nothing": lambda _knock: {},
    "an empty one": lambda knock: {knock.header: ""},
    "all but the last letter": lambda knock: {knock.header: knock.right[:-1]},
    "a letter more": lambda knock: {knock.header: knock.right + "0"},
    "another last letter": lambda knock: {knock.header: knock.right[:-1] + "~"},
    "another first letter": lambda knock: {knock.header: "~" + knock.right[1:]},
    "half of it": lambda knock: {knock.header: knock.right[: len(knock.right) // 2]},
    "something else of its length": lambda knock: {knock.header: "~" * len(knock.right)},
    "letters that aren't ASCII": lambda knock: {knock.header: "bí mật"},
    "something very long": lambda knock: {knock.header: knock.right * 50},
    "the secret itself under another name": lambda knock: {"X-Secret": knock.right, "Authorization": SECRET},
    "another platform's": lambda knock: {
        one.header: one.right for one in KNOCKS.values() if one.header != knock.header
    },
}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def server(app: App) -> AsyncIterator[Running]:
    """All three platforms call us, with the same secret: the worst that somebody can set."""
    port = _free_port()
    hidden = {
        "telegram_token": TOKEN,
        "telegram_secret": SECRET,
        "zalo_bot_token": test_zalo_bot.TOKEN,
        "zalo_bot_secret": SECRET,
        "zalo_oa_app_secret": "x",
        "zalo_oa_secret": SECRET,
    }
    plain = {
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "telegram_mode": "webhook",
        "zalo_bot_mode": "webhook",
        "zalo_oa_app_id": test_zalo_oa.APP,
        **dict.fromkeys(("telegram_api", "zalo_bot_api", "zalo_oa_api", "zalo_oa_oauth"), NOBODY),
    }
    async with running(app, **plain, **{name: SecretStr(value) for name, value in hidden.items()}) as served:
        yield served


@dataclass(frozen=True, slots=True)
class Answered:
    """All that a caller hears."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


async def _knock(server: Running, name: str, headers: Mapping[str, str], body: bytes = b"") -> Answered:
    given = {"Content-Type": "application/json", **headers}
    async with (
        aiohttp.ClientSession() as http,
        http.post(server.url + PATHS[name], data=body or KNOCKS[name].body, headers=given) as answer,
    ):
        return Answered(answer.status, tuple(sorted(answer.headers.items())), await answer.read())


def rows(tx: Transaction) -> dict[str, int]:
    """How many rows each table has."""
    return {name: int(tx.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()) for name in metadata.tables}


def test_every_platform_knocks_here() -> None:
    """A platform that is added to the table must be in these tests."""
    assert set(KNOCKS) == set(PATHS) == {platform.name for platform in PLATFORMS}


@pytest.mark.parametrize("name", KNOCKS)
async def test_who_is_not_the_platform_gets_nowhere_and_leaves_nothing(
    server: Running, name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is shown instead of the secret, however near it comes: the same 401, no row, no word in a log."""
    caplog.set_level(logging.DEBUG)
    before = await server.app.database.read(rows)
    heard = {await _knock(server, name, wrong(KNOCKS[name])) for wrong in WRONG.values()}
    assert {answer.status for answer in heard} == {401}
    assert len(heard) == 1, "what is near to the secret is told from what isn't"
    assert await server.app.database.read(rows) == before
    _nothing_told(
        server, heard, caplog.text + repr([vars(one) for one in caplog.records]) + "".join(capfd.readouterr())
    )


def _nothing_told(server: Running, heard: set[Answered], logged: str) -> None:
    told = logged + repr(heard) + generate_latest(server.app.metrics.registry).decode()
    for secret in (CANARY, SECRET, "/menu", KNOCKS["zalo_oa"].right):
        assert secret not in told


@pytest.mark.parametrize("name", KNOCKS)
async def test_the_platform_itself_is_heard_once(server: Running, name: str) -> None:
    """The same message with what vouches for it is taken; again, it changes nothing. So the refusals above mean it."""
    knock = KNOCKS[name]
    for _time in range(2):
        assert (await _knock(server, name, {knock.header: knock.right})).status == 200
        kept = await server.app.database.read(rows)
        assert (kept["inbox"], kept["outbox"]) == (1, 1)


@pytest.mark.parametrize("equal", [True, False])
@pytest.mark.parametrize("name", KNOCKS)
async def test_what_vouches_is_compared_in_constant_time(
    server: Running, name: str, equal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is that of the comparison which tells nothing by its time, and of it alone, whatever is shown."""
    monkeypatch.setattr(secrets, "compare_digest", lambda _shown, _wanted: equal)
    knock, verify = KNOCKS[name], server.boxes[name].channel.verify
    for shown in (knock.right, "~" + knock.right[1:], knock.right[:-1]):
        assert verify({knock.header.lower(): shown}, knock.body) is equal


async def test_a_signature_fits_its_own_bytes_only(server: Running) -> None:
    """One blank more, or another key: refused like the rest."""
    knock = KNOCKS["zalo_oa"]
    for body, mac in ((knock.body + b" ", knock.right), (knock.body, _signed(knock.body, SECRET[:-1]))):
        assert (await _knock(server, "zalo_oa", {knock.header: mac}, body)).status == 401
    assert (await server.app.database.read(rows))["inbox"] == 0
