"""What settings ask of each other is told by their names, all at once, and never by their values."""

import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import needs
from bot.checks import names, reach
from bot.checks.found import Level
from bot.needs import Lacking
from bot.platforms import opened
from bot.settings import Settings
from tests.bot.scenes import scene
from tests.servers import PATIENCE, Server

KEY = SecretStr("bimat88")
PUBLIC = "https://lachan.example.vn"
OA = {"zalo_oa_app_id": "4318", "zalo_oa_app_secret": KEY, "zalo_oa_secret": KEY}
PAIR = {"zalo_oa_access_token": KEY, "zalo_oa_refresh_token": KEY}


async def refusal(folder: Path, **settings: Any) -> str:
    """What stands in the way of opening the platforms."""
    async with scene(folder, **settings) as here:
        assert here.app is not None
        with pytest.raises(Lacking) as lacking:
            async with opened(here.app):
                pass
    (told,) = lacking.value.sentences()
    return told


@pytest.mark.parametrize(
    ("given", "first"),
    [
        ({}, " Lần chạy đầu tiên cần thêm LACHAN_ZALO_OA_ACCESS_TOKEN, LACHAN_ZALO_OA_REFRESH_TOKEN."),
        (PAIR, ""),
    ],
)
async def test_an_app_alone_is_told_all_that_it_lacks(tmp_path: Path, given: dict[str, Any], first: str) -> None:
    """By one sentence; the first pair of tokens only where none is set, as a later one is in the database."""
    assert await refusal(tmp_path, zalo_oa_app_id="4318", **given) == (
        "Đã đặt LACHAN_ZALO_OA_APP_ID thì cần đặt cả LACHAN_ZALO_OA_APP_SECRET, LACHAN_ZALO_OA_SECRET." + first
    )


async def test_what_is_there_is_not_asked_for(tmp_path: Path) -> None:
    """Only the one that lacks."""
    told = await refusal(tmp_path, **(OA | PAIR | {"zalo_oa_secret": SecretStr("")}))
    assert told == "Đã đặt LACHAN_ZALO_OA_APP_ID thì cần đặt cả LACHAN_ZALO_OA_SECRET."


@pytest.mark.parametrize("public", ["", "http://lachan.example.vn"])
@pytest.mark.parametrize("platform", ["telegram", "zalo_bot"])
async def test_a_webhook_says_what_it_needs_the_address_for(tmp_path: Path, platform: str, public: str) -> None:
    """None, and one that no platform calls: with https, and where under it."""
    asked = {f"{platform}_token": SecretStr("1:bimat88"), f"{platform}_mode": "webhook", "public_url": public}
    told = await refusal(tmp_path, **asked)
    assert told.startswith(f"LACHAN_{platform.upper()}_MODE=webhook cần LACHAN_PUBLIC_URL bắt đầu bằng https://")
    assert f"/{platform.replace('_', '/')}/webhook" in told
    assert "http://" not in told


@pytest.mark.parametrize("public", [PUBLIC, f"{PUBLIC}/", "http://127.0.0.1:8080", "http://localhost"])
def test_a_platform_is_told_the_whole_address(public: str) -> None:
    """Over https, or within this machine."""
    address = needs.hook(Settings(public_url=public), "", needs.ZALO_BOT)
    assert address == f"{public.rstrip('/')}/zalo/bot/webhook"


def test_a_misspelt_name_is_remarked() -> None:
    """In whatever letters; other programs' names aren't ours, and what no shell can set isn't shown."""
    given = [
        "LACHAN_TELEGRAM_TOKEM",
        "lachan_oops",
        "LACHAN_PORT",
        "lachan_host",
        "HOME",
        "LACHAN_\udcff",
        "LACHAN_A\nB",
    ]
    (told,) = needs.remarks(Settings(), given)
    assert told == "Không có thiết lập nào tên LACHAN_TELEGRAM_TOKEM, lachan_oops. Hãy xem có gõ nhầm không."


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, []),
        ({"port": 0, "host": "::1", "public_url": PUBLIC}, []),
        (OA, []),
        (
            {"telegram_mode": "webhook", "telegram_secret": KEY},
            ["LACHAN_TELEGRAM_MODE, LACHAN_TELEGRAM_SECRET chưa có tác dụng khi chưa đặt LACHAN_TELEGRAM_TOKEN."],
        ),
        (
            {"zalo_oa_secret": KEY, "zalo_bot_api": "http://127.0.0.1:1"},
            [
                "LACHAN_ZALO_BOT_API chưa có tác dụng khi chưa đặt LACHAN_ZALO_BOT_TOKEN.",
                "LACHAN_ZALO_OA_SECRET chưa có tác dụng khi chưa đặt LACHAN_ZALO_OA_APP_ID.",
            ],
        ),
        (
            {"zalo_bot_token": KEY, "zalo_bot_secret": KEY},
            ["LACHAN_ZALO_BOT_SECRET chưa có tác dụng khi chưa đặt LACHAN_ZALO_BOT_MODE=webhook."],
        ),
        ({"zalo_bot_token": KEY, "zalo_bot_secret": KEY, "zalo_bot_mode": "webhook"}, []),
    ],
)
def test_what_does_nothing_alone_is_remarked(settings: dict[str, Any], told: list[str]) -> None:
    """With what it waits for; a value that is the default anyway isn't worth a word."""
    assert needs.remarks(Settings(**settings), ()) == told


async def test_status_remarks_the_names_of_its_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To be looked at; nothing is broken."""
    async with scene(tmp_path, zalo_oa_secret=KEY) as here:
        monkeypatch.setenv("LACHAN_TELEGRAM_TOKEM", "bimat88")
        found = names.settings(here)
    assert found.level is Level.LOOK
    assert all(name in found.sentence for name in ("LACHAN_TELEGRAM_TOKEM", "LACHAN_ZALO_OA_SECRET"))
    assert "bimat88" not in found.sentence


@pytest.mark.parametrize(("settings", "level"), [({}, Level.LOOK), (OA, Level.MEND)])
async def test_an_oa_without_an_address_has_to_be_mended(
    tmp_path: Path, settings: dict[str, Any], level: Level
) -> None:
    """It can't get a single message; without an OA the address is only good to have."""
    async with scene(tmp_path, **settings) as here:
        found = await reach.public_address(here)
    assert (found.level, "/zalo/oa/webhook" in found.sentence) == (level, bool(settings))


def test_run_remarks_and_goes_on(tmp_path: Path) -> None:
    """On the screen before its address, by name only; `status` says the same."""
    server = Server(
        tmp_path,
        LACHAN_TELEGRAM_TOKEM="1:bimat88",
        LACHAN_ZALO_OA_APP_ID="4318",
        LACHAN_ZALO_OA_APP_SECRET="bimat88",
        LACHAN_ZALO_OA_SECRET="bimat88",
        LACHAN_ZALO_OA_ACCESS_TOKEN="bimat88",
        LACHAN_ZALO_OA_API="http://127.0.0.1:1",
        LACHAN_ZALO_OA_OAUTH="http://127.0.0.1:1",
    )
    server.start()
    until = time.monotonic() + PATIENCE
    try:
        while "Ctrl-C" not in server.said.read_text() and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        server.kill()
    misspelt, unreached, opening = server.said.read_text().splitlines()
    assert "LACHAN_TELEGRAM_TOKEM" in misspelt
    assert unreached.startswith("LACHAN_ZALO_OA_APP_ID cần LACHAN_PUBLIC_URL")
    assert opening.startswith("Mở http://")
    told = server.run("status").stdout
    assert f"[nên xem] Thiết lập: {misspelt}\n" in told
    assert "bimat88" not in told + server.said.read_text() + server.log.read_text()
