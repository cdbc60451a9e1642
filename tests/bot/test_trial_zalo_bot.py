"""`lachan trial zalo-bot`, played against the fake."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from bot.channels.zalo_bot import wire
from bot.settings import Settings
from bot.trial import Kind, Stuck
from bot.trial.begin import line_of
from bot.trial.step import Line, meaning
from tests.bot.trials import Desk, free_port, kept, text, tried
from tests.fakes import zalo_bot_people as people
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_faults import ZALO_FAULTS

PUBLIC = "https://lachan.example.vn"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    """A Zalo Bot platform of our own, which doesn't let anybody wait long."""
    async with FakeZaloBot() as platform:
        platform.longest = 0.05
        yield platform


def line(zalo: FakeZaloBot, port: int | None = None) -> Line:
    """The line that the settings lead to; with a port, behind an address that leads there."""
    zalo.hosts = {PUBLIC: f"http://127.0.0.1:{port}"}
    settings = Settings(zalo_bot_token=SecretStr(zalo.token), zalo_bot_api=zalo.url, public_url=PUBLIC)
    return line_of(Kind.ZALO_BOT, settings, port)


def somebody(zalo: FakeZaloBot) -> Desk:
    """Who does each step as it is said."""
    lan, group = zalo.person("Nguyễn Thị Bí Mật"), zalo.group("Lớp 8A")
    desk = Desk({})
    desk.acts.update(
        {
            "gửi đúng dòng này": lambda: zalo.says(lan, desk.code),
            "Gửi một sticker": lambda: zalo.sends_kind(lan, "a sticker"),
            "Gửi một ảnh": lambda: zalo.sends_kind(lan, "a picture, field photo"),
            "Gửi một tin thoại": lambda: zalo.sends_kind(lan, "a voice message"),
            "Gửi một tệp": lambda: zalo.sends_kind(lan, "something unsupported"),
            "Xem tin cuối": lambda: desk.type("c"),
            "Thêm bot vào một nhóm": lambda: zalo.says(lan, "@Bot lời bí mật", group),
            "Hỏi người đã tạo bot": lambda: desk.type("c"),
        }
    )
    return desk


def wrong(folder: Path) -> list[tuple[str, str]]:
    """Which claims turned out otherwise, and what there was."""
    return [(one["claim"], one["instead"]) for one in kept(folder)["claims"] if one["held"] is False]


@pytest.mark.parametrize("brought", [False, True], ids=["asked", "brought"])
async def test_each_assumption_holds_on_a_zalo_as_documented(zalo: FakeZaloBot, tmp_path: Path, brought: bool) -> None:
    """Asked for messages or behind one's own address: nothing is otherwise, nothing untried, and no webhook stays."""
    desk, tried_line = somebody(zalo), line(zalo, free_port() if brought else None)
    assert await tried(tried_line, desk, tmp_path), desk.lines
    assert (desk.judged("khác"), desk.judged("chưa thử")) == ([], [])
    assert len(desk.judged("đúng")) == sum(len(step.claims) for step in tried_line.steps(""))
    assert zalo.webhook is None


async def test_bare_payloads_are_told(zalo: FakeZaloBot, tmp_path: Path) -> None:
    """Without their envelope: exactly that, and all the rest is understood all the same."""
    zalo.wrapped = False
    assert not await tried(line(zalo, free_port()), somebody(zalo), tmp_path)
    assert wrong(tmp_path) == [("the payload stands in ok and result", "bare")]


async def test_another_name_of_a_field_is_told(zalo: FakeZaloBot, tmp_path: Path) -> None:
    """The picture is understood; which fields came instead is told, by their names only."""
    desk, lan = somebody(zalo), next(iter(zalo.chats.values()))
    desk.acts["Gửi một ảnh"] = lambda: zalo.sends(lan, people.image("https://a.vn/bi-mat.jpg", field_name="photo_url"))
    assert not await tried(line(zalo), desk, tmp_path)
    ((claim, instead),) = wrong(tmp_path)
    assert claim == "the field is photo"
    assert "photo_url" in instead
    assert "bi-mat" not in "\n".join(desk.lines)


async def test_a_creator_who_reads_nothing_and_a_refused_style_are_told(zalo: FakeZaloBot, tmp_path: Path) -> None:
    """What was refused isn't asked about."""
    desk = somebody(zalo)
    desk.acts["Hỏi người đã tạo bot"] = lambda: desk.type("không")
    refusal = ZALO_FAULTS["server-error"].but(status=400, body='{"ok": false, "error_code": 400}')
    async with zalo.suffering(refusal.but(methods=frozenset({"sendMessage"}))):
        assert not await tried(line(zalo), desk, tmp_path)
    assert wrong(tmp_path) == [("text_styles are taken", "400"), ("its creator reads the chat", "")]
    assert desk.judged("chưa thử") == ["Chữ đậm hiện ra."]


async def test_what_is_kept_holds_nobody_and_means_the_same(zalo: FakeZaloBot, tmp_path: Path) -> None:
    """No id, name, word or token stands in the file; each payload of it is decoded as the real one was."""
    desk = somebody(zalo)
    await tried(line(zalo, free_port()), desk, tmp_path)
    file = text(tmp_path)
    secrets = ("Bí Mật", "bí mật", zalo.token, desk.code, "photo.example", *zalo.chats)
    assert [one for one in secrets if one in file] == []
    rows = [row for row in json.loads(file)["rows"] if "payload" in row]
    assert [meaning(wire.decode(msgspec.json.encode(row["payload"]))) for row in rows] == [row["means"] for row in rows]
    assert {row["means"].get("thing") for row in rows} >= {"sticker", "photo", "voice", "hidden"}


async def test_a_trial_behind_an_address_needs_one(zalo: FakeZaloBot) -> None:
    """Zalo couldn't bring anything otherwise."""
    settings = Settings(zalo_bot_token=SecretStr(zalo.token), zalo_bot_api=zalo.url)
    with pytest.raises(Stuck, match="LACHAN_PUBLIC_URL"):
        line_of(Kind.ZALO_BOT, settings, 0)


async def test_a_port_that_is_taken_is_told(zalo: FakeZaloBot, tmp_path: Path) -> None:
    """The server stands there: it has to be stopped first."""
    with pytest.raises(Stuck, match=str(zalo.port)):
        await tried(line(zalo, zalo.port), somebody(zalo), tmp_path)


async def test_a_server_that_runs_keeps_its_webhook(zalo: FakeZaloBot, tmp_path: Path) -> None:
    """A trial that can't begin changes nothing; one that can says what it takes away."""
    zalo.listen("https://khac.vn/x", "mot-bi-mat")
    with pytest.raises(Stuck):
        await tried(line(zalo, zalo.port), somebody(zalo), tmp_path)
    assert zalo.webhook is not None
    desk = somebody(zalo)
    assert await tried(line(zalo), desk, tmp_path), desk.lines
    assert desk.lines[0].startswith("Webhook ở khac.vn được gỡ")
