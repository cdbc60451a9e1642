"""`lachan status` asks each platform that is set, and says what to mend there."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import clock
from bot.checks import channels, table
from bot.checks.found import Check, Found, Level, Scene
from bot.settings import Settings
from tests.bot.scenes import scene
from tests.fakes.faults import FAULTS
from tests.fakes.telegram import Telegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_oa import FakeZaloOA
from tests.servers import Server

NOBODY = "http://127.0.0.1:1"
PUBLIC = "https://lachan.example.vn"


@pytest.fixture
async def fake() -> AsyncIterator[Telegram]:
    """A Telegram of our own."""
    async with Telegram(light=True) as telegram:
        yield telegram


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    """A Zalo Bot platform of our own."""
    async with FakeZaloBot() as platform:
        yield platform


async def asked(check: Check, **settings: Any) -> Found:
    """What a check finds without a database."""
    chosen = Settings(**settings)
    channels.load(chosen)
    found = await check(Scene(chosen, None, clock()))
    assert found is not None
    return found


def on_telegram(fake: Telegram, **settings: Any) -> dict[str, Any]:
    return {"telegram_token": SecretStr(fake.token), "telegram_api": fake.url, **settings}


def on_zalo(zalo: FakeZaloBot, **settings: Any) -> dict[str, Any]:
    return {"zalo_bot_token": SecretStr(zalo.token), "zalo_bot_api": zalo.url, **settings}


async def test_what_is_not_set_is_not_asked() -> None:
    """Nor told."""
    scene = Scene(Settings(), None, clock())
    assert [await check(scene) for check in (channels.telegram, channels.zalo_bot, channels.zalo_oa)] == [None] * 3


def test_without_a_token_nothing_of_telegram_is_imported() -> None:
    """aiogram takes two seconds and 130 MB."""
    code = (
        "import asyncio, sys; from bot.app import clock; from bot.settings import Settings; "
        "from bot.checks.found import Scene; from bot.checks import channels; "
        "channels.load(Settings()); "
        "asyncio.run(channels.telegram(Scene(Settings(), None, clock()))); sys.exit('aiogram' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


async def test_a_telegram_that_works_is_told_by_its_name_and_left_as_it_is(fake: Telegram) -> None:
    """Two questions that change nothing; the token isn't told."""
    found = await asked(channels.telegram, **on_telegram(fake))
    assert found == Found(Level.FINE, "@shield_bot dùng được; máy chủ tự hỏi lấy tin.")
    assert [call.method for call in fake.record.calls] == ["getMe", "getWebhookInfo"]


@pytest.mark.parametrize(
    ("mode", "registered", "level", "told"),
    [
        ("polling", "https://khac.vn/a/b", Level.MEND, "webhook ở khac.vn"),
        ("webhook", "", Level.MEND, "chưa có webhook nào"),
        ("webhook", "https://khac.vn/mat-khau", Level.MEND, "ở khac.vn"),
        ("webhook", f"{PUBLIC}/telegram/webhook", Level.FINE, "mang tới tận nơi"),
    ],
)
async def test_telegram_messages_must_come_as_the_settings_say(
    fake: Telegram, mode: str, registered: str, level: Level, told: str
) -> None:
    """Of somebody else's address only the host is told."""
    fake.world.hook.url = registered
    found = await asked(channels.telegram, **on_telegram(fake, telegram_mode=mode, public_url=PUBLIC))
    assert (found.level, told in found.sentence) == (level, True)
    assert "mat-khau" not in found.sentence


@pytest.mark.parametrize(
    ("error", "hours", "waiting", "level", "told"),
    [
        ("SSL error {error:0A000086}", 0, 1, Level.MEND, "chứng chỉ"),
        ("Wrong response from the webhook: 403 Forbidden", 0, 0, Level.LOOK, "từ chối"),
        ("Wrong response from the webhook: 502 Bad Gateway", 0, 1, Level.MEND, "chương trình khác"),
        ("Connection timed out", 0, 2, Level.MEND, "không tới được webhook"),
        ("Connection timed out", 2, 0, Level.FINE, "dùng được"),
    ],
)
async def test_a_webhook_that_failed_lately_is_told_in_our_words(
    fake: Telegram, error: str, hours: int, waiting: int, level: Level, told: str
) -> None:
    """With how many messages wait; what is long over isn't told."""
    at = int((datetime.now(UTC) - timedelta(hours=hours)).timestamp())  # noqa: TID251 - the platform's clock
    for _ in range(waiting):
        fake.person(1).write("xin chào")
    hook = fake.world.hook
    hook.url, hook.error, hook.error_at = f"{PUBLIC}/telegram/webhook", error, at
    fake.world.updates.hooked = False  # so that nothing is brought meanwhile
    found = await asked(channels.telegram, **on_telegram(fake, telegram_mode="webhook", public_url=PUBLIC))
    assert (found.level, told in found.sentence) == (level, True), found
    assert waiting == 0 or f"{waiting} tin đang chờ" in found.sentence
    assert error not in found.sentence


async def test_a_mode_that_lacks_its_address_is_told(fake: Telegram, zalo: FakeZaloBot) -> None:
    """A webhook without a public address can't be."""
    for check, settings in (
        (channels.telegram, on_telegram(fake, telegram_mode="webhook")),
        (channels.zalo_bot, on_zalo(zalo, zalo_bot_mode="webhook")),
    ):
        found = await asked(check, **settings)
        assert (found.level, "LACHAN_PUBLIC_URL" in found.sentence) == (Level.MEND, True)


@pytest.mark.parametrize("token", ["123:bimat88", "no token"])
async def test_a_wrong_token_is_told_and_never_shown(fake: Telegram, zalo: FakeZaloBot, token: str) -> None:
    """Refused by the platform, or none at all."""
    for check, settings in (
        (channels.telegram, on_telegram(fake, telegram_token=SecretStr(token))),
        (channels.zalo_bot, on_zalo(zalo, zalo_bot_token=SecretStr(token))),
    ):
        found = await asked(check, **settings)
        assert (found.level, "bimat88" in found.sentence) == (Level.MEND, False)


async def test_an_unreachable_platform_is_told_with_what_to_do() -> None:
    """The rest goes on; for Telegram there is a way round."""
    for check, settings, way in (
        (channels.telegram, {"telegram_token": SecretStr("1:a"), "telegram_api": NOBODY}, True),
        (channels.zalo_bot, {"zalo_bot_token": SecretStr("1:a"), "zalo_bot_api": NOBODY}, False),
    ):
        found = await asked(check, **settings)
        assert (found.level, "các kênh khác vẫn chạy" in found.sentence) == (Level.MEND, True)
        assert ("LACHAN_TELEGRAM_PROXY" in found.sentence) is way


async def test_platforms_that_hang_are_left_side_by_side(
    fake: Telegram, zalo: FakeZaloBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in its time, all at once, with a sentence of our own."""
    monkeypatch.setattr(channels, "PATIENCE", 2.0)
    settings = Settings(**on_telegram(fake), **on_zalo(zalo))
    channels.load(settings)
    begun = time.monotonic()
    async with fake.suffers(FAULTS["hanging"].but(times=9)), zalo.suffering(ZALO_FAULTS["hanging"].but(times=9)):
        found = dict(await table.look(Scene(settings, None, clock()), table.CHECKS))
    assert time.monotonic() - begun < 3.9
    assert [found[name].level for name in ("Telegram", "Zalo Bot")] == [Level.MEND] * 2
    assert "chưa tới được" in found["Zalo Bot"].sentence


@pytest.mark.parametrize(
    ("mode", "public", "registered", "level", "told"),
    [
        ("polling", "", "", Level.FINE, "bot.lachan dùng được"),
        ("polling", PUBLIC, "", Level.LOOK, "mất tin"),
        ("polling", "", "https://khac.vn/x", Level.MEND, "webhook ở khac.vn"),
        ("webhook", PUBLIC, "", Level.MEND, "chưa có webhook nào"),
        ("webhook", PUBLIC, "https://khac.vn/x", Level.MEND, "ở khac.vn"),
        ("webhook", PUBLIC, f"{PUBLIC}/zalo/bot/webhook", Level.FINE, "mang tới tận nơi"),
    ],
)
async def test_zalo_bot_messages_must_come_as_the_settings_say(
    zalo: FakeZaloBot, mode: str, public: str, registered: str, level: Level, told: str
) -> None:
    """And nothing is changed by asking."""
    if registered:
        zalo.listen(registered, "mot-bi-mat")
    found = await asked(channels.zalo_bot, **on_zalo(zalo, zalo_bot_mode=mode, public_url=public))
    assert (found.level, told in found.sentence) == (level, True), found
    assert [call.method for call in zalo.calls] == ["getMe", "getWebhookInfo"]


async def test_the_token_of_an_oa_is_looked_at_and_nothing_is_kept(tmp_path: Path) -> None:
    """It works; it has run out; it is cut off; it can't be reached: each has its sentence, none changes anything."""
    async with FakeZaloOA() as oa:
        settings: dict[str, Any] = {
            "zalo_oa_app_id": oa.app_id,
            "zalo_oa_app_secret": SecretStr(oa.tokens.app_secret),
            "zalo_oa_secret": SecretStr(oa.key),
            "zalo_oa_access_token": SecretStr(oa.tokens.access),
            "zalo_oa_refresh_token": SecretStr(oa.tokens.refresh),
            "zalo_oa_api": oa.url,
            "zalo_oa_oauth": oa.url,
        }
        levels = []
        for change in ({}, {"zalo_oa_access_token": SecretStr("old")}, {"zalo_oa_api": NOBODY}):
            async with scene(tmp_path / "data", **(settings | change)) as here:
                found = await channels.zalo_oa(here)
                assert here.app is not None
                assert await here.app.database.read(lambda tx: tx.scalar(text("SELECT count(*) FROM token"))) == 0
            assert found is not None
            assert oa.tokens.access not in found.sentence
            levels.append(found.level)
        assert levels == [Level.FINE, Level.LOOK, Level.MEND]
        assert {call.method for call in oa.calls} == {"getoa"}


async def test_an_oa_that_lacks_a_secret_or_the_database_is_told(tmp_path: Path) -> None:
    """The first has to be set; without the second nothing is known."""
    found = await asked(channels.zalo_oa, zalo_oa_app_id="1")
    assert (found.level, "cơ sở dữ liệu" in found.sentence) == (Level.LOOK, True)
    async with scene(tmp_path / "data", zalo_oa_app_id="1") as here:
        lacking = await channels.zalo_oa(here)
    assert lacking is not None
    assert (lacking.level, "LACHAN_ZALO_OA_APP_SECRET" in lacking.sentence) == (Level.MEND, True)


async def test_status_asks_beside_a_running_server(fake: Telegram, tmp_path: Path) -> None:
    """Both use one token; neither disturbs the other."""
    server = Server(tmp_path, LACHAN_TELEGRAM_TOKEN=fake.token, LACHAN_TELEGRAM_API=fake.url)
    await asyncio.to_thread(server.start)
    try:
        await fake.until(lambda: any(call.method == "getUpdates" for call in fake.record.calls), 20)
        told = await asyncio.to_thread(server.run, "status")
        fake.person(1).write("/menu")
        await fake.until(lambda: fake.person(1).heard, 10)
    finally:
        await asyncio.to_thread(server.kill)
    assert "[ổn] Telegram: @shield_bot dùng được" in told.stdout
    assert fake.token not in told.stdout + told.stderr
