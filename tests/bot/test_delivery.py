"""Answers reach their channel: in order, in turn, again after a failure, and not for ever."""

import asyncio
from dataclasses import replace

import pytest

from bot import delivery as delivering
from bot import reach
from bot.app import App
from bot.channels.channel import UNREACHED, Capabilities, Outcome, Result
from bot.parcels import Parcel
from bot.reach import State
from handlers.chat import Document, Say
from storage import people
from tests.bot.carrying import carrying, private, until, waiting, written
from tests.bot.paper import Paper

pytestmark = pytest.mark.usefixtures("soon")


async def test_a_chat_that_hangs_holds_up_nobody(app: App, paper: Paper) -> None:
    """Others are served at once while one waits for a platform that doesn't answer."""
    paper.hanging.add("a")
    async with carrying(app, paper) as delivery:
        delivery.put("a", private("1"))
        await until(lambda: paper.tries["a"] == 1)
        for chat in "bcdefgh":
            delivery.put(chat, private("1"))
        await until(lambda: len(paper.sent) == 7)


@pytest.mark.parametrize("trouble", [Outcome(Result.LATER, code="500"), OSError("unreachable")])
async def test_a_chat_in_trouble_waits_alone_and_goes_on_in_order(
    app: App, paper: Paper, trouble: Outcome | Exception
) -> None:
    """Its later messages don't overtake, another chat is served meanwhile, and nothing is lost."""
    paper.broken["a"] = trouble
    rows = await written(app, ("a", "1"), ("a", "2"))
    async with carrying(app, paper) as delivery:
        for number, row in enumerate(rows, 1):
            delivery.put("a", Parcel((Say(str(number)),), (row,), by_itself=True))
        delivery.put("b", private("1"))
        await until(lambda: paper.tries["a"] >= 2)
        assert paper.sent == [("b", "1")]
        del paper.broken["a"]
        await until(lambda: paper.to("a") == ["1", "2"])
        await delivery.finish(5)
    assert await app.database.read(waiting) == 0


async def test_a_wait_that_the_platform_asked_for_is_kept_to_the_chat(app: App, paper: Paper) -> None:
    """Too fast, wait 0.3 seconds: nothing goes to that chat before, and everything to the others."""
    paper.broken["a"] = Outcome(Result.LATER, wait=0.3, code="429")
    async with carrying(app, paper) as delivery:
        delivery.put("a", private("1"))
        await until(lambda: paper.tries["a"] == 1)
        delivery.put("a", private("2"))
        delivery.put("b", private("1"))
        await until(lambda: paper.sent == [("b", "1")])
        await asyncio.sleep(0.15)
        assert paper.tries["a"] == 1
        del paper.broken["a"]
        await until(lambda: paper.to("a") == ["2"])  # the screen before it has had its day


async def test_nothing_more_goes_to_a_chat_that_blocked_us(app: App, paper: Paper) -> None:
    """What waits for it goes from memory and disk, and the database knows that it is closed."""
    person = await app.database.run(people.add, "paper", "a", app.today())
    rows = await written(app, ("a", "1"), ("a", "2"), ("a", "3"))
    paper.broken["a"] = Outcome(Result.GONE, code="403")
    async with carrying(app, paper) as delivery:
        delivery.put("a", Parcel((Say("1"), Say("2")), rows[:2]))
        await until(lambda: paper.tries["a"] == 1)
        await delivery.finish(5)
    assert paper.tries["a"] == 1
    assert await app.database.read(waiting) == 0
    blocked = f"SELECT blocked FROM address WHERE person_id = '{person.id}'"
    assert await app.database.read(lambda tx: bool(tx.exec_driver_sql(blocked).scalar_one()))


async def test_a_message_that_is_never_taken_is_given_up_and_the_next_goes_on(
    app: App, paper: Paper, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said in the log, without the address and without a word of it; of what is private nothing is said."""
    paper.broken["secret-address"] = Outcome(Result.REFUSED, code="400")
    rows = await written(app, ("secret-address", "secret words"))
    async with carrying(app, paper) as delivery:
        delivery.put("secret-address", private("most secret words"))
        await until(lambda: paper.tries["secret-address"] == 1)
        assert "".join(capsys.readouterr()) == ""
        delivery.put("secret-address", Parcel((Say("secret words"),), rows))
        await until(lambda: paper.tries["secret-address"] == 2)
        del paper.broken["secret-address"]
        delivery.put("secret-address", private("2"))
        await until(lambda: paper.to("secret-address") == ["2"])
    said = "".join(capsys.readouterr())
    assert "not taken" in said
    assert "secret" not in said


async def test_while_a_platform_is_away_one_message_tries_and_then_all_go(app: App, paper: Paper) -> None:
    """A hundred chats don't hammer at it; its state says so; it recovers by itself."""
    paper.broken["*"] = UNREACHED
    async with carrying(app, paper) as delivery:
        for chat in range(100):
            delivery.put(str(chat), private("1"))
        await until(lambda: delivery.reach.state is State.UNREACHABLE)
        await asyncio.sleep(0.3)
        assert sum(paper.tries.values()) < 70  # fifty were under way when the first failed
        paper.broken.clear()
        await until(lambda: len(paper.sent) == 100)
        assert delivery.reach.state is State.REACHED


async def test_a_token_that_is_refused_stops_the_sending_and_loses_nothing(app: App, paper: Paper) -> None:
    """Status shows it; once a human has mended it, what waited goes out."""
    paper.broken["*"] = Outcome(Result.BROKEN, code="401")
    async with carrying(app, paper) as delivery:
        delivery.put("a", private("1"))
        await until(lambda: delivery.reach.state is State.REFUSED)
        delivery.put("b", private("1"))
        await asyncio.sleep(0.05)
        assert paper.tries["b"] == 0
        paper.broken.clear()
        await until(lambda: sorted(paper.sent) == [("a", "1"), ("b", "1")])


async def test_screens_that_wait_for_one_chat_are_folded_into_the_last(app: App, paper: Paper) -> None:
    """First aid and documents are never folded away, each tap is answered, and folded rows leave the outbox."""
    rows = await written(app, ("a", "1"), ("a", "2"))
    paper.broken["a"] = Outcome(Result.LATER, wait=0.1)
    async with carrying(app, paper) as delivery:
        delivery.put("a", private("0"))
        await until(lambda: paper.tries["a"] == 1)
        delivery.put("a", Parcel((Say("1"),), rows[:1], tapped="t1"))
        delivery.put("a", Parcel((Say("call 115", urgent=True),)))
        delivery.put("a", Parcel((Say("file", document=Document("a", "b")),)))
        delivery.put("a", Parcel((Say("2"),), rows[1:], tapped="t2"))
        del paper.broken["a"]
        await until(lambda: len(paper.sent) == 3)
        await delivery.finish(5)
    assert paper.to("a") == ["call 115", "file", "2"]
    assert [tap for tap, _passing in paper.acknowledged] == ["t1", "t2"]
    assert await app.database.read(waiting) == 0


async def test_a_tap_is_answered_with_what_is_said_in_passing(app: App, paper: Paper) -> None:
    """An old button gets a word on the spot, and the fresh menu."""
    async with carrying(app, paper) as delivery:
        delivery.put("a", Parcel((Say("old", passing=True),), tapped="t"))
        await until(lambda: paper.to("a") == ["old"])
    assert paper.acknowledged == [("t", "old")]


async def test_who_writes_behind_a_backlog_is_answered_soon_and_who_stood_first_too(app: App, paper: Paper) -> None:
    """Five hundred chats wait at thirty messages a second: the newcomer doesn't wait for them all."""
    paper.capabilities = Capabilities(text=1000, a_second=30)
    async with carrying(app, paper) as delivery:
        for chat in range(500):
            delivery.put(str(chat), private("1"))
        await until(lambda: len(paper.sent) > 20)
        before = len(paper.sent)
        delivery.put("newcomer", private("hello"))
        await until(lambda: ("newcomer", "hello") in paper.sent)
        assert paper.sent.index(("newcomer", "hello")) - before < 6
        await until(lambda: ("0", "1") in paper.sent)
        assert len(paper.sent) < 40


async def test_a_private_answer_waits_half_an_hour_and_no_longer(app: App, paper: Paper) -> None:
    """What was asked in confidence isn't sent hours later, when somebody else may look at the screen."""
    hands = [0.0]
    paper.broken["a"] = Outcome(Result.LATER, wait=1)
    async with carrying(replace(app, ticks=lambda: hands[0]), paper) as delivery:
        parcel = Parcel((Say("private"),))
        delivery.put("a", parcel)
        await until(lambda: paper.tries["a"] == 1)
        del paper.broken["a"]
        hands[0] = 31 * 60.0
        delivery.put("b", Parcel((Say("1"),)))
        await until(parcel.gone.is_set)
    assert paper.to("a") == []


@pytest.mark.parametrize("steps", range(8))
async def test_it_stops_at_whatever_moment_it_is_told_to(app: App, paper: Paper, steps: int) -> None:
    """Just when it was woken, too: a cancellation that is lost there would keep the server from ever stopping."""
    paper.broken["a"] = Outcome(Result.LATER, wait=60.0, code="slower")
    async with asyncio.timeout(5), carrying(app, paper) as delivery:
        delivery.put("a", private("1"))
        await until(lambda: paper.tries["a"] == 1)
        await asyncio.sleep(0.01)
        delivery.put("b", private("2"))
        for _each in range(steps):
            await asyncio.sleep(0)


async def test_one_chat_in_trouble_makes_no_platform_unreachable(app: App, paper: Paper) -> None:
    """However often it fails: another one's answer goes at once, and nothing is paused for all."""
    paper.broken["a"] = UNREACHED
    async with carrying(app, paper) as delivery:
        delivery.put("a", private("1"))
        await until(lambda: paper.tries["a"] > reach.IN_A_ROW)
        assert delivery.reach.not_before == 0.0
        delivery.put("b", private("2"))
        await until(lambda: paper.to("b") == ["2"])


async def test_when_the_platform_is_there_again_nobody_waits_on(
    app: App, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chat's own pause had grown to minutes; the first that gets through ends all of them."""
    monkeypatch.setattr(delivering, "FIRST_PAUSE", 60.0)
    paper.broken["*"] = UNREACHED
    async with carrying(app, paper) as delivery:
        for chat in "abcd":
            delivery.put(chat, private("1"))
        await until(lambda: delivery.reach.state is State.UNREACHABLE)
        del paper.broken["*"]
        delivery.put("e", private("1"))
        await until(lambda: len(paper.sent) == 5)
