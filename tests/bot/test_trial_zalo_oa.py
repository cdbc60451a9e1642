"""`lachan trial zalo-oa`, played against the fake."""

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from bot.channels.zalo_oa import wire
from bot.channels.zalo_oa.wire import Account
from bot.settings import Settings
from bot.trial import Kind, Stuck
from bot.trial.begin import line_of
from bot.trial.step import Line, meaning
from tests.bot.trials import Desk, free_port, kept, text, tried
from tests.fakes import zalo_oa_events
from tests.fakes.zalo_oa import FakeZaloOA

PUBLIC = "https://lachan.example.vn"


@pytest.fixture
async def oa() -> AsyncIterator[FakeZaloOA]:
    """An Official Account of our own."""
    async with FakeZaloOA() as account:
        yield account


def line(oa: FakeZaloOA, access: str = "") -> Line:
    """The line that the settings lead to, with events brought to its port."""
    port = free_port()
    oa.listen(f"http://127.0.0.1:{port}/zalo/oa/webhook")
    settings = Settings(
        zalo_oa_app_id=oa.app_id,
        zalo_oa_secret=SecretStr("key-of-the-account"),
        zalo_oa_access_token=SecretStr(access or oa.tokens.access),
        zalo_oa_api=oa.url,
        public_url=PUBLIC,
    )
    return line_of(Kind.ZALO_OA, settings, port)


def somebody(oa: FakeZaloOA) -> Desk:
    """Who does each step as it is said."""
    lan = oa.person("Nguyễn Thị Bí Mật")
    desk = Desk({})
    desk.acts.update(
        {
            "gửi đúng dòng này": lambda: oa.says(lan, desk.code),
            "Gửi một sticker": lambda: oa.sends_kind(lan, "user_send_sticker"),
            "Gửi một ảnh": lambda: oa.sends_kind(lan, "user_send_image"),
            "Gửi một tin thoại": lambda: oa.sends_kind(lan, "user_send_audio"),
            "Gửi một vị trí": lambda: oa.sends_kind(lan, "user_send_location"),
            "Gửi một danh thiếp": lambda: oa.sends_kind(lan, "user_send_business_card"),
            "Bấm nút dưới tin": lambda: oa.presses(lan, "Bấm vào đây"),
            "Bấm nút 111": lambda: desk.type("c"),
            "Ở oa.zalo.me": lambda: oa.operator(lan, desk.code),
            "Bỏ quan tâm": lambda: oa.follows(lan, follows=False),
            "Quan tâm OA lại": lambda: oa.follows(lan),
        }
    )
    return desk


def wrong(folder: Path) -> list[tuple[str, str]]:
    """Which claims turned out otherwise, and what there was."""
    return [(one["claim"], one["instead"]) for one in kept(folder)["claims"] if one["held"] is False]


async def test_each_assumption_holds_on_an_oa_as_documented(oa: FakeZaloOA, tmp_path: Path) -> None:
    """Nothing is otherwise and nothing untried; the token is used as it is, and never renewed."""
    desk, tried_line = somebody(oa), line(oa)
    assert await tried(tried_line, desk, tmp_path), desk.lines
    assert (desk.judged("khác"), desk.judged("chưa thử")) == ([], [])
    assert len(desk.judged("đúng")) == sum(len(step.claims) for step in tried_line.steps(""))
    assert oa.calls.named("access_token") == []


async def test_a_signature_without_its_prefix_is_told(oa: FakeZaloOA, tmp_path: Path) -> None:
    """Exactly that: it is made as documented."""
    oa.prefixed = False
    assert not await tried(line(oa), somebody(oa), tmp_path)
    assert wrong(tmp_path) == [("the signature begins with mac=", "SHA256")]


async def test_another_way_of_signing_is_told_by_its_name(
    oa: FakeZaloOA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some public code has it; the trial goes on, since what is signed wrongly is learned from all the same."""

    def keyed(app_id: str, body: bytes, timestamp: str, key: str) -> str:
        return hmac.new(key.encode(), app_id.encode() + body + timestamp.encode(), hashlib.sha256).hexdigest()

    monkeypatch.setattr(zalo_oa_events, "signature", keyed)
    assert not await tried(line(oa), somebody(oa), tmp_path)
    ((claim, instead),) = wrong(tmp_path)
    assert (claim[:30], instead) == ("the signature is plain SHA-256", "mac=HMAC-WHOLE")


async def test_a_wanted_template_type_is_told_and_given(oa: FakeZaloOA, tmp_path: Path) -> None:
    """The button is sent again with it, so that the press is tried too; the phone's button has none and is refused."""
    oa.template_type = True
    desk = somebody(oa)
    assert not await tried(line(oa), desk, tmp_path)
    assert wrong(tmp_path) == [
        ("buttons are taken without template_type", "-201, template_type=button: ok"),
        ("a button for 111 is taken", "-201"),
    ]
    assert "Bấm nút thì nhận lại đúng điều nút mang theo." in desk.judged("đúng")
    assert desk.judged("chưa thử") == ["Nút mở bàn phím quay số."]


async def test_a_missing_echo_and_a_dead_button_are_told(oa: FakeZaloOA, tmp_path: Path) -> None:
    """What never came counts as not tried, what the person says counts."""
    oa.echoes = False
    desk = somebody(oa)
    desk.acts["Bấm nút 111"] = lambda: desk.type("k")
    assert not await tried(line(oa), desk, tmp_path, 2.0)
    assert wrong(tmp_path) == [("it opens the dial pad", "")]
    assert desk.judged("chưa thử") == ["Tin bot gửi vọng lại, và bot nhận ra là của mình."]


async def test_what_is_kept_holds_nobody_and_means_the_same(oa: FakeZaloOA, tmp_path: Path) -> None:
    """No id, name, word, key or token stands in the file; each payload of it is decoded as the real one was."""
    desk = somebody(oa)
    await tried(line(oa), desk, tmp_path)
    file = text(tmp_path)
    secrets = ("Bí Mật", "Em gửi ạ", oa.key, oa.tokens.access, oa.app_id, oa.id, desk.code, "8490000", *oa.people)
    assert [one for one in secrets if one in file] == []
    rows = [row for row in json.loads(file)["rows"] if "payload" in row]
    account = Account(rows[0]["payload"]["app_id"], "another key")
    means = [meaning(wire.decode(account, msgspec.json.encode(row["payload"]))) for row in rows]
    assert means == [row["means"] for row in rows]
    assert {json.dumps(one) for one in means} >= {'{"operator": true}', '{"ignored": "echo"}', '{"presence": "closed"}'}


async def test_what_the_console_must_show_is_said_first(oa: FakeZaloOA, tmp_path: Path) -> None:
    """The whole address, what is on and off, the port; and nobody is told to make another OA."""
    desk, tried_line = Desk({}), line(oa, "old")
    with pytest.raises(Stuck, match="LACHAN_ZALO_OA_ACCESS_TOKEN"):
        await tried(tried_line, desk, tmp_path)
    console, switches = desk.lines
    assert console.endswith(f" {PUBLIC}/zalo/oa/webhook.")
    assert "“Lọc cú pháp”" in switches
    assert re.search(r"cổng \d+", switches)
    assert "giờ ít người" in tried_line.advice()


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({}, ["LACHAN_ZALO_OA_APP_ID", "LACHAN_ZALO_OA_SECRET", "LACHAN_ZALO_OA_ACCESS_TOKEN"]),
        ({"zalo_oa_app_id": "1", "zalo_oa_secret": "key"}, ["LACHAN_ZALO_OA_ACCESS_TOKEN"]),
        ({"zalo_oa_app_id": "1", "zalo_oa_secret": "key", "zalo_oa_access_token": "a"}, ["LACHAN_PUBLIC_URL"]),
    ],
)
def test_a_trial_that_cannot_begin_says_what_to_set(given: dict[str, Any], lacks: list[str]) -> None:
    """All that is missing at once; without an address Zalo couldn't bring anything."""
    with pytest.raises(Stuck) as stuck:
        line_of(Kind.ZALO_OA, Settings(**given), 0)
    assert re.findall(r"LACHAN_\w+", str(stuck.value)) == lacks
