"""Zalo OA against the fake OA, over real HTTP: messages, faults, and how the token stands."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.channels import calls
from bot.channels.channel import SENT, Channel, Outcome, Result
from bot.channels.zalo_oa import errors
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.client import MOST, Answer, Client
from bot.channels.zalo_oa.health import Health, State
from bot.channels.zalo_oa.safe import Pair
from handlers.chat import Button, Call, Incoming, Say
from storage.database import Database
from tests.channels.zalo_oas import Start, starting, writer
from tests.fakes import zalo_oa_rules as rules
from tests.fakes.faults import ANSWERS
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person
from tests.talks.reading import HOW

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LAN = "246845883529197922"


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as opened:
        yield opened


@pytest.fixture
async def start(fake: FakeZaloOA, sqlite_database: Database) -> AsyncIterator[Start]:
    async with starting(fake, sqlite_database) as anew:
        yield anew


@pytest.fixture
def oa(start: Start) -> ZaloOA:
    return start()


@pytest.fixture
async def lan(fake: FakeZaloOA) -> Person:
    return await writer(fake)


def test_it_is_a_channel(oa: ZaloOA) -> None:
    """It has the one shape, as mypy checks on this line."""
    channel: Channel = oa
    assert (channel.name, channel.capabilities.watched) == ("zalo_oa", True)


async def test_at_the_start_it_learns_who_it_is(oa: ZaloOA) -> None:
    """The token works, and the OA's number is known from then on: another OA of the app isn't answered."""
    assert await oa.prepare() == SENT
    assert oa.account.oa == "388613280878808645"


async def test_an_event_of_the_fake_is_believed_and_answered(fake: FakeZaloOA, oa: ZaloOA, lan: Person) -> None:
    """From signed bytes to buttons on the screen, and a press on one back again."""
    fake.listen("http://127.0.0.1:1/nobody-there")
    came = await fake.says(lan, "hi")
    assert came is not None
    assert oa.verify({name.lower(): value for name, value in came.event.headers.items()}, came.event.body)
    found = oa.decode(came.event.body)
    assert isinstance(found, Incoming)
    say = Say("Bạn muốn gì?", (Button("Học", "learn"),), calls=(Call("111", "111"),))
    assert await oa.send(found.address, say) == SENT
    assert [(one.title, one.kind) for one in lan.screen[0].buttons] == [
        ("111", "oa.open.phone"),
        ("Học", "oa.query.hide"),
    ]


@pytest.mark.parametrize("code", [code for code in rules.ERRORS if rules.ERRORS[code][0] not in ("content", "refresh")])
async def test_a_refusal_is_passed_on_and_not_tried_again(fake: FakeZaloOA, oa: ZaloOA, lan: Person, code: int) -> None:
    """One call, one outcome with the number for counting; the next message goes."""
    fake.refuses(code)
    outcome = await oa.send(lan.id, Say("x"))
    assert (outcome.result, outcome.code) == (errors.outcome(Answer(200, code), NOW).result, str(code))
    assert len(fake.calls.named("cs")) == 1
    assert await oa.send(lan.id, Say("x")) == SENT


async def test_a_closed_window_opens_with_the_next_word(fake: FakeZaloOA, oa: ZaloOA, lan: Person) -> None:
    """After seven days a message is dropped, but the chat isn't taken for closed."""
    await fake.forward(8 * 86_400)
    assert (await oa.send(lan.id, Say("x"))).result is Result.REFUSED
    await fake.says(lan, "hello again")
    assert await oa.send(lan.id, Say("x")) == SENT


async def test_numbers_to_call_arrive_when_buttons_are_refused(fake: FakeZaloOA, oa: ZaloOA, lan: Person) -> None:
    """Should Zalo want buttons in another form than we know, all of it comes as text."""
    fake.template_type = True
    say = Say("Gọi ngay", (Button("Ổn rồi", "menu"),), calls=(Call("Cấp cứu 115", "115"),))
    assert await oa.send(lan.id, say) == SENT
    assert lan.texts == [f"Gọi ngay\n\n☎ Cấp cứu 115\n\n{HOW}\n1. Ổn rồi"]


async def test_a_long_message_goes_on_where_it_broke_off(fake: FakeZaloOA, oa: ZaloOA, lan: Person) -> None:
    """What arrived isn't sent again; said once more later, it is said whole."""
    say = Say("\n\n".join(letter * 1500 for letter in "abc"))
    for fake.rate, expected in ((1, Result.LATER), (2, Result.LATER), (4000, Result.SENT)):
        assert (await oa.send(lan.id, say)).result is expected
    assert [text[0] for text in lan.texts] == ["a", "b", "c"]
    assert await oa.send(lan.id, say) == SENT
    assert [text[0] for text in lan.texts[3:]] == ["a", "b", "c"]


async def test_another_message_in_between_is_whole(fake: FakeZaloOA, oa: ZaloOA, lan: Person) -> None:
    """A newer answer that took the place of one that broke off begins at its own beginning."""
    fake.rate = 1
    assert (await oa.send(lan.id, Say("a" * 1500 + "\n\n" + "b" * 1500))).result is Result.LATER
    fake.rate = 4000
    assert await oa.send(lan.id, Say("c" * 1500 + "\n\n" + "d" * 1500)) == SENT
    assert [text[0] for text in lan.texts] == ["a", "c", "d"]


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "slow"])
async def test_whatever_goes_wrong_is_tried_again(
    fake: FakeZaloOA, oa: ZaloOA, lan: Person, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is raised, nothing taken for refused; the next try goes."""
    monkeypatch.setattr(calls, "PATIENCE", 0.5)
    fake.faults.add(ZALO_FAULTS[name])
    assert (await oa.send(lan.id, Say("x"))).result is Result.LATER
    assert await oa.send(lan.id, Say("x")) == SENT


async def test_a_server_that_is_gone_is_not_reached(fake: FakeZaloOA, oa: ZaloOA, lan: Person) -> None:
    """Refused connections are told apart from refused messages."""
    await fake.refuse()
    outcome = await oa.send(lan.id, Say("x"))
    assert (outcome.result, outcome.reached) == (Result.LATER, False)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: {other}/v3.0/oa/message/cs\r\nContent-Length: 0\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n{"error":0}' % (MOST * 2) + b" " * MOST * 2,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b"\xff[[[[[[[[",
        b"nonsense\r\n\r\n",
    ],
    ids=["a redirect", "a huge answer", "bytes", "no HTTP"],
)
async def test_no_redirect_is_followed_and_no_long_answer_read(fake: FakeZaloOA, answer: bytes) -> None:
    """A token goes to Zalo's own hosts only, and an answer of any length costs little."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer.replace(b"{other}", fake.url.encode()))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        calls = Client("app", "secret", api=f"http://127.0.0.1:{port}")
        found = errors.outcome(await calls.send("token", LAN, {"text": "x"}), NOW)
        await calls.close()
    assert (found.result, found.reached) == (Result.LATER, False)
    assert not fake.calls


async def test_check_tells_how_long_the_token_works(fake: FakeZaloOA, oa: ZaloOA, sqlite_database: Database) -> None:
    """Asked beside a server it changes nothing: no row, no new token."""
    found = await oa.check()
    assert (found.state, round(found.hours), found.oa) == (State.WORKS, 25, fake.id)
    assert "24" in found.told()  # whole hours
    assert await sqlite_database.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM token").scalar()) == 0
    assert not fake.calls.named("access_token")


@pytest.mark.parametrize(
    ("health", "says"),
    [
        (Health(State.UNSET), "LACHAN_ZALO_OA_REFRESH_TOKEN"),
        (Health(State.STALE), "tự gia hạn"),
        (Health(State.LOST), "cấp quyền lại"),
        (Health(State.REFUSED, code="-14014"), "(-14014)"),
        (Health(State.DENIED, code="-224"), "(-224)"),
        (Health(State.UNREACHED), "kết nối"),
    ],
)
def test_each_state_says_what_to_do(health: Health, says: str) -> None:
    """In the language of whoever runs it."""
    assert says in health.told()


async def test_check_tells_each_trouble_apart(fake: FakeZaloOA, start: Start) -> None:
    """No token, one that ran out, one that Zalo doesn't take with no other to be had, rights, and no way there."""
    assert (await start(Pair("", "")).check()).state is State.UNSET
    assert (await start(Pair("old", fake.tokens.refresh)).check()).state is State.STALE
    assert (await start(Pair("old", "")).check()).state is State.REFUSED
    oa = start()
    fake.faults.add(ZALO_FAULTS["garbage"].but(body='{"error": -224}'))
    assert (await oa.check()).state is State.DENIED
    await fake.refuse()
    assert (await oa.check()).state is State.UNREACHED


def test_an_outcome_is_never_more_than_a_number(fake: FakeZaloOA) -> None:
    """What is counted and logged holds no words of Zalo's, which might quote somebody."""
    assert errors.outcome(Answer(200, -201, {"message": "secret words"}), NOW) == Outcome(Result.REFUSED, code="-201")
