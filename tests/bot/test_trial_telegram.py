"""`lachan trial telegram`, played against the fake."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from bot.channels.channel import Decoded
from bot.channels.telegram import wire
from bot.settings import Settings
from bot.trial import Kind, Stuck
from bot.trial.begin import line_of
from bot.trial.step import Line, meaning
from tests.bot.trials import Desk, kept, names, text, tried
from tests.fakes.faults import FAULTS
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Person

LAN, SECRET_NAME = 77_001_234, "Nguyễn Thị Bí Mật"


@pytest.fixture
async def fake() -> AsyncIterator[Telegram]:
    """A Telegram of our own."""
    async with Telegram() as telegram:
        yield telegram


def line(fake: Telegram) -> Line:
    """The line that the settings lead to."""
    return line_of(Kind.TELEGRAM, Settings(telegram_token=SecretStr(fake.token), telegram_api=fake.url), None)


def somebody(fake: Telegram) -> tuple[Desk, Person]:
    """Who does each step as it is said."""
    lan = fake.person(LAN, first_name=SECRET_NAME, username="lan_bi_mat")
    desk = Desk({})
    desk.acts.update(
        {
            "gửi đúng dòng này": lambda: (lan.start(), lan.write(desk.code)),
            "Gửi một sticker": lambda: lan.send("sticker"),
            "Gửi một tin thoại": lambda: lan.send("voice"),
            "Gửi một ảnh": lambda: lan.send("photo", "lời bí mật"),
            "Gửi một danh thiếp": lambda: lan.send("contact"),
            "Gửi một vị trí": lambda: lan.send("location"),
            "Chuyển tiếp một tin": lambda: lan.forward(text="lời bí mật"),
            "Sửa tin đầu tiên": lambda: lan.edit(lan.screen[0], "lời bí mật"),
            "Bấm nút dưới tin": lambda: lan.tap("Bấm vào đây"),
            "Giữ tay trên tin cuối": lambda: desk.type("k"),
            "Bấm vào số 111": lambda: desk.type("có"),
            "Chặn bot": lan.block,
            "Bỏ chặn bot": lan.unblock,
        }
    )
    return desk, lan


async def test_each_assumption_holds_on_a_telegram_as_documented(fake: Telegram, tmp_path: Path) -> None:
    """Somebody does each step as it is said; nothing is otherwise, and nothing is left untried."""
    desk, lan = somebody(fake)
    assert await tried(line(fake), desk, tmp_path), desk.lines
    assert (desk.judged("khác"), desk.judged("chưa thử")) == ([], [])
    assert len(desk.judged("đúng")) == sum(len(step.claims) for step in line(fake).steps(""))
    assert lan.turning == []


async def test_what_is_kept_holds_nobody_and_means_the_same(fake: Telegram, tmp_path: Path) -> None:
    """No id, name, word or token stands in the file; each payload of it is decoded as the real one was."""
    desk, _lan = somebody(fake)
    await tried(line(fake), desk, tmp_path)
    file = text(tmp_path)
    secrets = (str(LAN), "Bí Mật", "bí mật", "lan_bi_mat", fake.token, desk.code, "BQACAgUAAx", "84900000000")
    assert [one for one in secrets if one in file] == []
    rows = [row for row in json.loads(file)["rows"] if "payload" in row]
    assert [meaning(decoded(row["payload"])) for row in rows] == [row["means"] for row in rows]
    assert {row["means"].get("thing") for row in rows} >= {"sticker", "voice", "photo", "contact", "forward", "edited"}


def decoded(payload: Any) -> Decoded:
    """As the channel reads it from a webhook."""
    return wire.decode(msgspec.json.encode(payload))


async def test_what_turns_out_otherwise_is_told_exactly(fake: Telegram, tmp_path: Path) -> None:
    """A sticker that comes as something nobody knows, a guarded message that is passed on: these two, no other."""
    desk, lan = somebody(fake)
    desk.acts["Gửi một sticker"] = lambda: lan.send("hologram")
    desk.acts["Giữ tay trên tin cuối"] = lambda: desk.type("c")
    assert not await tried(line(fake), desk, tmp_path)
    wrong = [(one["says"], one["instead"]) for one in kept(tmp_path)["claims"] if one["held"] is False]
    assert wrong == [("a sticker", "kind=other, thing=something"), ("a guarded message", "")]
    assert "   2. [khác] Bot nhận ra đó là gì. (kind=other, thing=something)" in desk.lines


async def test_a_refusal_is_told_by_its_code(fake: Telegram, tmp_path: Path) -> None:
    """And what could only be seen afterwards counts as not tried."""
    desk, _lan = somebody(fake)
    refused = FAULTS["server-error"].but(
        name="refusal",
        status=403,
        body='{"ok": false, "error_code": 403, "description": "Forbidden: no"}',
        methods=frozenset({"sendMessage"}),
    )
    async with fake.suffers(refused):
        assert not await tried(line(fake), desk, tmp_path)
    first = next(one for one in kept(tmp_path)["claims"] if one["held"] is False)
    assert first == {"says": "a press on a button", "claim": "a button is taken", "held": False, "instead": "403"}
    assert "Bấm nút thì nhận lại đúng điều nút mang theo." in desk.judged("chưa thử")


async def test_others_are_passed_over_and_kept_nowhere(fake: Telegram, tmp_path: Path) -> None:
    """Only whoever sent the code takes part."""
    desk, lan = somebody(fake)
    stranger = fake.person(88_005_678, first_name="Người Lạ")
    desk.acts["Gửi một sticker"] = lambda: (stranger.send("voice"), lan.send("sticker"))
    assert await tried(line(fake), desk, tmp_path), desk.lines
    assert "88005678" not in text(tmp_path)
    assert stranger.heard == []


async def test_what_is_sent_twice_is_not_taken_for_the_next_step(fake: Telegram, tmp_path: Path) -> None:
    """A second sticker belongs to the step before."""
    desk, lan = somebody(fake)
    desk.acts["Gửi một sticker"] = lambda: (lan.send("sticker"), lan.send("sticker"))
    assert await tried(line(fake), desk, tmp_path), desk.lines
    assert desk.judged("chưa thử") == []


async def test_a_step_can_be_skipped(fake: Telegram, tmp_path: Path) -> None:
    """With Enter; it counts as not tried, and the next one is led to."""
    desk, _lan = somebody(fake)
    desk.acts["Gửi một sticker"] = lambda: desk.type("")
    assert await tried(line(fake), desk, tmp_path)
    assert desk.judged("chưa thử") == ["Bot nhận ra đó là gì."]


async def test_nothing_is_written_over(fake: Telegram, tmp_path: Path) -> None:
    """A second trial has a file of its own."""
    for _ in range(2):
        desk, lan = somebody(fake)
        await tried(line(fake), desk, tmp_path)
        lan.news()
    assert names(tmp_path) == ["telegram-1.json", "telegram-2.json"]


@pytest.mark.parametrize("token", ["", "123:bimat88", "no token"])
async def test_a_trial_that_cannot_begin_says_why(fake: Telegram, tmp_path: Path, token: str) -> None:
    """Without a token, with a wrong one: a sentence, and no token in it."""
    wrong = Settings(telegram_token=SecretStr(token), telegram_api=fake.url)
    with pytest.raises(Stuck) as stuck:
        await tried(line_of(Kind.TELEGRAM, wrong, None), Desk({}), tmp_path)
    assert "bimat88" not in str(stuck.value)
    assert names(tmp_path) == []


async def test_ctrl_c_keeps_what_was_learned(fake: Telegram, tmp_path: Path) -> None:
    """The command itself, left after its first step: no database, a file, exit code 0."""
    command = [str(Path(sys.executable).with_name("lachan")), "trial", "telegram", "--save", str(tmp_path / "new")]
    ours = {"LACHAN_TELEGRAM_TOKEN": fake.token, "LACHAN_TELEGRAM_API": fake.url, "LACHAN_DATA": str(tmp_path / "data")}
    pipe = asyncio.subprocess.PIPE
    ran = await asyncio.create_subprocess_exec(
        *command, env=os.environ | ours, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert ran.stdout is not None
    said = ""
    async with asyncio.timeout(30):
        while "2/" not in said:
            said += (line := (await ran.stdout.readline()).decode())
            assert line, (await ran.communicate())[1]
            if "gửi đúng dòng này: " in line:
                fake.person(LAN).write(line.rpartition(" ")[2].strip())
        ran.send_signal(signal.SIGINT)
        rest, errors = await ran.communicate()
    assert (ran.returncode, errors) == (0, b"")
    assert "1 điều đúng, 0 điều khác, 0 điều chưa thử." in rest.decode()
    assert [one["says"] for one in kept(tmp_path / "new")["claims"]] == ["a typed text"]
    assert not (tmp_path / "data").exists()
