"""On every platform: after people spoke of their own use no file, log line or metric tells who or what; and our tokens
are told nowhere, whatever breaks."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import pytest
from prometheus_client import generate_latest

from bot import delivery, labels, platforms, polling, reach
from bot.app import App
from bot.channels import calls
from bot.channels.telegram import client as telegram_client
from bot.channels.zalo_bot import channel as zalo_bot_channel
from bot.channels.zalo_bot import client as zalo_bot_client
from bot.platforms import PLATFORMS
from bot.settings import Settings
from storage.library import Library, load
from storage.secret import text
from tests.channels import test_conversation as opened
from tests.channels.stages import OnTelegram, OnZaloBot, OnZaloOA
from tests.fakes.faults import FAULTS, Where
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.privacy.cases import TYPED, private_taps
from tests.privacy.conftest import NOON
from tests.privacy.people import CANARY
from tests.privacy.searching import Secret, contents, hits
from tests.privacy.test_canary import BROKEN, _free_port
from tests.privacy.visitors import COMING, Visitors, calm
from tests.servers import Server

NAMES = [platform.name for platform in PLATFORMS]
EACH = 9  # private taps of one person: fewer messages than a chat may get at once

pytestmark = pytest.mark.wide


@pytest.fixture(scope="module")
def library() -> Library:
    """The content that the server reads too."""
    return load(Settings().content, NOON.date())


def test_every_platform_has_its_visitors() -> None:
    """A platform that is added to the table must be in these tests."""
    assert set(COMING) == set(NAMES) == set(OPENINGS)


def _files(server: Server) -> dict[str, bytes]:
    """Every file that the server could have written, but for SQLite's scratch pad of who reads."""
    return {name: content for name, content in contents(server.folder).items() if not name.endswith("-shm")}


async def _speak(visitors: Visitors, who: Any, private: list[str]) -> None:
    """Type it, show it, look for help."""
    for words in TYPED[:5]:
        await visitors.write(who, f"{words} {CANARY}")
    await visitors.show(who, f"{TYPED[2]} {CANARY}")
    for one in private:
        await (visitors.tap(who, one) if visitors.taps else visitors.write(who, one))


def _private(visitors: Visitors, library: Library) -> list[str]:
    return list(private_taps(library, NOON)) if visitors.taps else sorted(labels.quiet(library))


@pytest.mark.parametrize("harm", ["nothing", "content"])
@pytest.mark.parametrize("name", NAMES)
async def test_who_spoke_of_own_use_is_in_no_file_log_or_metric(
    server: Server, library: Library, name: str, harm: str
) -> None:
    """Some had learned before: what was written then stays to the byte, also when each screen raises an error."""
    port = server.settings["LACHAN_METRICS_PORT"] = _free_port()
    if harm == "content":
        server.command = BROKEN
    async with COMING[name](server) as visitors, aiohttp.ClientSession() as http:
        known, unknown = [visitors.come() for _ in range(2)], [visitors.come() for _ in range(4)]
        for who in known:
            await visitors.write(who, "/hoc")
        await calm(visitors)
        before = _files(server)
        private = _private(visitors, library)
        for at, who in enumerate((*known, *unknown)):
            await _speak(visitors, who, private[at * EACH : (at + 1) * EACH])
        await calm(visitors)
        assert _files(server) == before, "something was written"
        assert all("115" in visitors.heard(who) for who in (*known, *unknown)), "somebody wasn't answered"
        async with http.get(f"http://127.0.0.1:{port}/metrics") as metrics:
            measured = {"metrics": await metrics.read()}
        assert server.stop() == 0
        theirs = [secret for who in unknown for secret in visitors.ids(who)]
        learnt = [secret for who in known for secret in visitors.ids(who)]
    assert b'kind="private"' in measured["metrics"]
    everything = contents(server.folder) | measured
    assert hits(everything, [CANARY, *theirs]) == []
    assert hits({name: one for name, one in everything.items() if "lachan.db" not in name}, learnt) == []


# Our tokens

OnStage = OnTelegram | OnZaloBot | OnZaloOA
OPENINGS: dict[str, Callable[[App], AbstractAsyncContextManager[Any]]] = {
    "telegram": opened.telegram,
    "zalo_bot": opened.zalo_bot,
    "zalo_oa": opened.zalo_oa,
}
SPOILT = sorted((name for name in FAULTS if name != "many-waiting"), key=lambda name: name == "too-many")
"""Being too fast comes last: after it one waits for long."""


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience and pauses of seconds take tenths here."""
    for one in (telegram_client, calls):
        monkeypatch.setattr(one, "PATIENCE", 0.6)
    for where in (delivery, polling, platforms):
        monkeypatch.setattr(where, "FIRST_PAUSE", 0.05)
        monkeypatch.setattr(where, "LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(reach, "FIRST", 0.05)
    monkeypatch.setattr(reach, "LONGEST", 0.2)
    monkeypatch.setattr(zalo_bot_channel, "SPELL", 0.0)
    monkeypatch.setattr(zalo_bot_client, "LISTEN", 0.2)
    monkeypatch.setattr(telegram_client, "LISTEN", 1)
    monkeypatch.setattr(telegram_client, "LATE", 0.2)


def _tokens(app: App, stage: OnStage) -> list[Secret]:
    """All that must be known to nobody: whole, and without what stands before the colon."""
    match stage:
        case OnTelegram() | OnZaloBot():
            hook = "telegram webhook" if isinstance(stage, OnTelegram) else "zalo bot webhook"
            return [stage.fake.token, stage.fake.token.partition(":")[2], text(app.secret.derived(hook))]
        case OnZaloOA():
            tokens = stage.fake.tokens
            return [tokens.access, tokens.refresh, tokens.app_secret, stage.fake.key]


async def _suffer(stage: OnStage, name: str) -> None:
    """Somebody new writes while the platform is in trouble, until the trouble was met."""
    if isinstance(stage, OnTelegram):
        async with stage.fake.suffers(FAULTS[name].but(times=2)):
            stage.fake.person(4000 + SPOILT.index(name)).write("/menu")
            await _met(stage, name)
    else:
        async with stage.fake.suffering(ZALO_FAULTS[name].but(times=2)):
            await stage.fake.says(stage.fake.person(name), "/menu")  # type: ignore[arg-type] # each has people of its own
            await _met(stage, name)


async def _met(stage: OnStage, name: str) -> None:
    faults = stage.fake.world.faults if isinstance(stage, OnTelegram) else stage.fake.faults
    if FAULTS[name].where is Where.ANSWER:
        await stage.server.until(lambda: name in faults.happened)
    await asyncio.sleep(0.4)  # until what came of it was noticed


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("name", NAMES)
async def test_our_tokens_are_told_nowhere_whatever_breaks(
    app: App, name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every kind of trouble, with all that libraries can log: no line, no error and no metric shows one."""
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    async with OPENINGS[name](app) as stage:
        hidden = _tokens(app, stage)
        assert await stage.type("an", "/menu")
        for fault in SPOILT:
            await _suffer(stage, fault)
        shown = repr(stage.server.boxes[name].channel)
        hidden += _tokens(app, stage)
    ours = [record for record in caplog.records if not record.name.startswith(("aiohttp.server", "aiohttp.access"))]
    assert ours, "nothing was logged, not even by libraries"
    told = {
        "log": "\n".join(f"{record.getMessage()} {record.exc_text} {vars(record)}" for record in ours).encode(),
        "output": "".join(capfd.readouterr()).encode(),
        "metrics": generate_latest(app.metrics.registry),
        "shown": shown.encode(),
    }
    assert hits(told, hidden) == []
