"""Zalo Bot against a server that behaves like Zalo's, and misbehaves: sending, asking, listening."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels import calls
from bot.channels.channel import SENT, Channel, Fetched, Ignored, Outcome, Result
from bot.channels.zalo_bot import channel
from bot.channels.zalo_bot.channel import Check, ZaloBot
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.encode import Piece
from handlers.chat import Button, Document, Incoming, Kind, Say, Thing
from tests.channels.zalo_bots import SECRET, talking
from tests.fakes.faults import Fault
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot
from tests.fakes.zalo_bot_people import sticker, unsupported
from tests.fakes.zalo_faults import ON_REQUESTS, ZALO_FAULTS
from tests.talks.reading import HOW

HOOK = "https://bot.example.vn/zalo/bot/webhook"
TEXT = " ".join(f"Đây là câu số {number}." for number in range(300))
LONG = Say("", (Button("Có", "a"),), document=Document("a.json", TEXT))


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    """Zalo's server, which answers an idle question soon."""
    async with FakeZaloBot() as server:
        server.longest = 0.05
        yield server


@pytest.fixture
async def bot(zalo: FakeZaloBot) -> AsyncIterator[ZaloBot]:
    """The channel, with the right token."""
    async with talking(zalo.url) as made:
        yield made


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little patience, so that a test needs none."""
    monkeypatch.setattr(calls, "PATIENCE", 0.3)
    monkeypatch.setattr(channel, "SPELL", 0.0)


async def asked(bot: ZaloBot, offset: int) -> tuple[int, object]:
    """The one event that comes next."""
    fetched = await bot.fetch(offset)
    assert fetched.outcome == SENT
    ((number, event),) = fetched.events
    return number, event


# Sending


async def test_a_screen_arrives_with_its_menu_and_bold_places(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """What a person reads is the text, the title in bold, and numbers to type; nothing is markup."""
    lan = zalo.person("Lan")
    outcome = await bot.send(lan.id, Say("2 * 3 < {red}7{/red} & **đúng**", (Button("Có", "a"),), title="Hỏi"))
    assert outcome == SENT
    (shown,) = lan.screen
    assert shown.raw == "Hỏi\n\n2 * 3 < {red}7{/red} & đúng\n\n" + HOW + "\n1. Có"
    assert list(shown.styles) == [{"start": 0, "len": 3, "st": ["b"]}, {"start": 28, "len": 4, "st": ["b"]}]
    assert shown.parse_mode == ""


async def test_a_long_text_arrives_whole_in_order(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """A document comes as texts, its menu last."""
    lan = zalo.person("Lan")
    assert await bot.send(lan.id, LONG) == SENT
    assert len(lan.texts) > 3
    assert "".join("".join(lan.texts).split()) == "".join(f"a.json{TEXT}{HOW}1. Có".split())


async def test_a_text_that_stopped_goes_on_where_it_did(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """Else a text longer than the quota would begin again and again, and never end."""
    lan = zalo.person("Lan")
    zalo.quota = 2
    assert await bot.send(lan.id, LONG) == Outcome(Result.LATER, wait=30, code="429")
    zalo.quota = None
    assert await bot.send(lan.id, LONG) == SENT
    assert len(lan.texts) == len(set(lan.texts))
    assert await bot.send(lan.id, LONG) == SENT
    assert len(lan.texts) == 2 * len(set(lan.texts))


async def test_another_text_begins_at_its_beginning(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """What was half sent takes nothing from what comes after it, and isn't gone on with when that has come."""
    lan = zalo.person("Lan")
    zalo.quota = 2
    await bot.send(lan.id, LONG)
    zalo.quota = None
    assert await bot.send(lan.id, Say("Chào")) == SENT
    assert lan.texts[2:] == ["Chào"]
    await bot.send(lan.id, LONG)
    assert lan.texts[3] == lan.texts[0]


async def test_bold_that_isnt_taken_is_left_out(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """Help in plain letters is better than none."""
    lan = zalo.person("Lan")
    async with zalo.suffering(Fault("picky", status=400, body='{"ok": false, "error_code": 400}')):
        assert await bot.send(lan.id, Say("Gọi **115**")) == SENT
    (shown,) = lan.screen
    assert (shown.raw, list(shown.styles)) == ("Gọi 115", [])


@pytest.mark.parametrize("in_body", [False, True], ids=["as HTTP status", "in the body of a 200"])
@pytest.mark.parametrize(
    ("code", "result"),
    [(400, Result.REFUSED), (401, Result.BROKEN), (403, Result.LATER), (404, Result.REFUSED), (429, Result.LATER)],
)
async def test_a_refusal_is_understood(
    zalo: FakeZaloBot, bot: ZaloBot, code: int, result: Result, in_body: bool
) -> None:
    """The number counts wherever it stands."""
    lan = zalo.person("Lan")
    lan.refusal, zalo.errors_in_body = code, in_body
    outcome = await bot.send(lan.id, Say("Chào"))
    assert (outcome.result, outcome.code, outcome.reached) == (result, str(code), True)


async def test_a_wrong_token_is_for_a_human(zalo: FakeZaloBot) -> None:
    """Sending is broken then, not the message."""
    async with talking(zalo.url, "1:wrong") as stranger:
        assert (await stranger.send(zalo.person("Lan").id, Say("Chào"))).result is Result.BROKEN
        assert (await stranger.prepare()).result is Result.BROKEN
        assert (await stranger.check()).outcome.result is Result.BROKEN


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("name", [name for name in ON_REQUESTS if name != "wrong-shape"])
async def test_trouble_means_later_and_passes(zalo: FakeZaloBot, bot: ZaloBot, name: str) -> None:
    """Whatever the server does, nothing is raised, and the next try arrives."""
    lan = zalo.person("Lan")
    async with zalo.suffering(ZALO_FAULTS[name]):
        outcome = await bot.send(lan.id, Say("Chào"))
    assert outcome.result is Result.LATER
    assert outcome.reached is (name == "too-many")
    assert await bot.send(lan.id, Say("Chào")) == SENT
    assert lan.texts[-1] == "Chào"


# Asking


async def test_messages_are_asked_for_one_by_one(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """Each comes once, in order; when nothing comes that is no failure."""
    lan = zalo.person("Lan")
    await zalo.says(lan, "một")
    await zalo.sends(lan, unsupported())
    number, first = await asked(bot, 0)
    assert isinstance(first, Incoming)
    assert (first.address, first.kind, first.text, first.watched) == (lan.id, Kind.TEXT, "một", True)
    _, second = await asked(bot, number + 1)
    assert isinstance(second, Incoming)
    assert (second.kind, second.thing) == (Kind.OTHER, Thing.HIDDEN)
    assert await bot.fetch(number + 2) == Fetched(SENT, (), more=True)


async def test_what_couldnt_be_kept_is_given_again(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """Zalo forgets what it gave: until the offset has passed it, it is here."""
    lan = zalo.person("Lan")
    await zalo.says(lan, "một")
    await zalo.says(lan, "hai")
    number, first = await asked(bot, 7)
    assert await asked(bot, number) == (number, first)
    assert zalo.waiting == 1
    _, second = await asked(bot, number + 1)
    assert isinstance(second, Incoming)
    assert second.text == "hai"


async def test_an_idle_answer_at_once_isnt_asked_for_without_end(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """A server that doesn't hold the question would keep both busy."""
    zalo.longest = 0.0
    started = asyncio.get_running_loop().time()
    await bot.fetch(0)
    assert asyncio.get_running_loop().time() - started >= channel.SPELL * 0.9


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("name", ON_REQUESTS)
async def test_trouble_when_asking_loses_nothing_that_zalo_kept(zalo: FakeZaloBot, bot: ZaloBot, name: str) -> None:
    """Nothing is raised, and what Zalo still has comes next."""
    async with zalo.suffering(ZALO_FAULTS[name]):
        assert isinstance(await bot.fetch(0), Fetched)
    await zalo.sends(zalo.person("Lan"), sticker("1", "https://a.vn/1.webp"))
    _, event = await asked(bot, 1)
    assert isinstance(event, Incoming)
    assert event.thing is Thing.STICKER


@pytest.mark.usefixtures("hasty")
async def test_what_cant_be_read_is_counted_and_passed(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """One odd message holds up no other."""
    await zalo.emit({"event_name": 5, "message": {"chat": []}})
    assert await asked(bot, 0) == (0, Ignored("undecodable"))


# Listening


async def test_zalo_is_told_where_to_bring_messages(zalo: FakeZaloBot) -> None:
    """With an address the webhook and its secret are set; without one they are taken away."""
    async with talking(zalo.url, address=HOOK) as listening:
        assert await listening.prepare() == SENT
        assert zalo.webhook is not None
        assert (zalo.webhook["url"], zalo.webhook["secret_token"]) == (HOOK, SECRET)
        assert await listening.check() == Check(SENT, "bot.lachan", HOOK)
    async with talking(zalo.url) as asking:
        assert await asking.prepare() == SENT
        assert zalo.webhook is None
        assert await asking.check() == Check(SENT, "bot.lachan", "")


async def test_no_webhook_to_take_away_is_fine(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """Some say 404 to that."""
    async with zalo.suffering(Fault("none", status=404, body='{"ok": false, "error_code": 404}')):
        assert await bot.prepare() == SENT


async def test_a_secret_that_zalo_doesnt_take_is_for_a_human(zalo: FakeZaloBot) -> None:
    """It isn't even shown to Zalo."""
    made = ZaloBot(Client(TOKEN, zalo.url), "short", HOOK)
    assert (await made.prepare()).result is Result.BROKEN
    assert zalo.calls == []


async def test_a_group_is_told_once(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """It can't be left, and each word is paid for."""
    group = zalo.group("Lớp 8A")
    for _ in range(3):
        await bot.leave(group.id, Say("Tạm biệt"))
    assert group.texts == ["Tạm biệt"]


async def test_a_group_keeps_nobody_waiting(zalo: FakeZaloBot, bot: ZaloBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A webhook waits for the goodbye, so that is short."""
    monkeypatch.setattr(channel, "GOODBYE", 0.1)
    async with asyncio.timeout(2), zalo.suffering(ZALO_FAULTS["hanging"]):
        await bot.leave(zalo.group("Lớp 8A").id, Say("Tạm biệt"))


def test_it_has_the_shape_of_a_channel() -> None:
    """Everything that letterbox and delivery ask of a channel is there."""
    made: Channel = ZaloBot(Client(TOKEN))
    assert (made.name, made.capabilities.text, made.capabilities.buttons) == ("zalo_bot", 2000, 0)
    assert made.capabilities.watched


async def test_two_pieces_are_two_messages(zalo: FakeZaloBot, bot: ZaloBot) -> None:
    """The client sends one piece a call, with the styles of that piece."""
    lan = zalo.person("Lan")
    answer = await bot.client.send(lan.id, Piece("Chào", ((0, 4),)))
    assert answer.outcome == SENT
    assert zalo.calls.named("sendMessage")[0].given["text_styles"] == [{"start": 0, "len": 4, "st": ["b"]}]
