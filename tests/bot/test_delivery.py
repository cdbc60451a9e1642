"""Answers reach their channel: in order, in turn, again after a failure, and not for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot import backlog, reach
from bot import delivery as delivering
from bot.app import App, build
from bot.channels.channel import UNREACHED, Capabilities, Outcome, Result
from bot.delivery import Delivery
from bot.parcels import Parcel
from bot.reach import State
from bot.settings import Settings
from handlers.chat import Document, Say
from storage import outbox, people
from storage.schema import Transaction, utc
from tests.bot.paper import Paper
from tests.talks.conftest import Hands


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of seconds take hundredths here."""
    monkeypatch.setattr(delivering, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(backlog, "NOTE_AGAIN", 0.05)
    monkeypatch.setattr(reach, "FIRST", 0.05)
    monkeypatch.setattr(reach, "MENDED_AFTER", 0.1)


@asynccontextmanager
async def carrying(app: App, paper: Paper) -> AsyncIterator[Delivery]:
    """A delivery at work."""
    delivery = Delivery(app, paper)
    async with asyncio.TaskGroup() as group:
        working = group.create_task(delivery.run())
        yield delivery
        working.cancel()


async def until(true: Callable[[], bool]) -> None:
    """Wait for what should come soon."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for may be anything a test can see
            await asyncio.sleep(0.005)


async def written(app: App, *messages: tuple[str, str]) -> tuple[int, ...]:
    """Let messages wait in the outbox, as those of a turn."""

    def add(tx: Transaction) -> tuple[int, ...]:
        now = utc(app.now())
        bodies = [(where, msgspec.json.encode(Say(text)).decode()) for where, text in messages]
        return tuple(outbox.post(tx, "paper", where, None, body, now) for where, body in bodies)

    return await app.database.run(add)


def waiting(tx: Transaction) -> int:
    """How many messages wait."""
    return int(tx.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one())


def change(tx: Transaction, how: str) -> None:
    """Change the database itself."""
    tx.exec_driver_sql(how)


def private(text: str, **more: object) -> Parcel:
    """An answer that is on no disk."""
    return Parcel((Say(text),), **more)  # type: ignore[arg-type] # whatever a parcel has


@pytest.fixture
def paper() -> Paper:
    """A channel."""
    return Paper()


async def test_what_the_server_before_left_is_found_at_the_start_and_deleted_when_sent(app: App, paper: Paper) -> None:
    """In order per chat; a row is gone from the database once its message arrived."""
    await written(app, ("a", "1"), ("a", "2"), ("b", "1"), ("a", "3"))
    async with carrying(app, paper) as delivery:
        await delivery.load(everything=True)
        await until(lambda: len(paper.sent) == 4)
        await delivery.finish(5)
    assert paper.to("a") == ["1", "2", "3"]
    assert paper.to("b") == ["1"]
    assert await app.database.read(waiting) == 0


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
    """It is said in the log, without the address and without a word of it."""
    paper.broken["secret-address"] = Outcome(Result.REFUSED, code="400")
    async with carrying(app, paper) as delivery:
        delivery.put("secret-address", private("secret words"))
        await until(lambda: paper.tries["secret-address"] == 1)
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


async def test_what_was_sent_is_not_sent_again_while_it_cannot_be_noted(
    sqlite_url: str, tmp_path: Path, paper: Paper
) -> None:
    """A database that takes no note of deliveries: each is sent once, and all is noted when that works again."""
    async with build(Settings(data=tmp_path, database=sqlite_url), serving=True) as app:
        rows = await written(app, ("a", "1"), ("b", "1"))
        when = "BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'not now'); END"
        await app.database.run(change, f"CREATE TRIGGER kept {when}")
        async with carrying(app, paper) as delivery:
            delivery.put("a", Parcel((Say("1"),), rows[:1]))
            delivery.put("b", Parcel((Say("1"),), rows[1:]))
            await asyncio.sleep(0.3)
            await delivery.load(everything=True)
            assert sorted(paper.sent) == [("a", "1"), ("b", "1")]
            await app.database.run(change, "DROP TRIGGER kept")
            await asyncio.sleep(0.3)
            await delivery.finish(5)
        assert len(paper.sent) == 2
        assert await app.database.read(waiting) == 0


async def test_after_a_week_it_is_given_up(
    app: App, paper: Paper, clock: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    """A platform that stays away holds nothing for ever, and giving up is said without the address."""
    await written(app, ("secret-address", "1"))
    clock.now += delivering.GIVE_UP
    async with carrying(app, paper) as delivery:
        await delivery.load()
        await delivery.finish(5)
        await until(lambda: delivery.is_calm)
    assert paper.sent == []
    assert await app.database.read(waiting) == 0
    said = "".join(capsys.readouterr())
    assert "too old" in said
    assert "secret-address" not in said


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


async def test_memory_is_bounded_and_what_is_more_comes_from_the_outbox(
    app: App, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit rows wait on the disk only; the next look takes them, before anything later of their chat."""
    monkeypatch.setattr(delivering, "MOST_WAITING", 2)
    rows = await written(app, *(("a", str(number)) for number in range(8)))
    delivery = Delivery(app, paper)
    parcels = [Parcel((Say(str(number)),), (row,), by_itself=True) for number, row in enumerate(rows)]
    for parcel in parcels[:6]:
        delivery.put("a", parcel)
    await delivery.load()  # there is no room yet: they stay behind
    monkeypatch.setattr(delivering, "MOST_WAITING", 100)
    delivery.put("a", parcels[6])
    await delivery.load()
    async with asyncio.TaskGroup() as group:
        working = group.create_task(delivery.run())
        delivery.put("a", parcels[7])
        await until(lambda: len(paper.sent) == 8)
        await delivery.finish(5)
        working.cancel()
    assert paper.to("a") == [str(number) for number in range(8)]
    assert await app.database.read(waiting) == 0


async def test_what_is_put_while_the_outbox_is_read_stays_behind(
    app: App, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that began before a message was put off may not have seen it, so the next look does."""
    monkeypatch.setattr(delivering, "MOST_WAITING", 1)
    first, second, third = await written(app, ("a", "1"), ("a", "2"), ("a", "3"))
    async with carrying(app, paper) as delivery:
        delivery.put("a", Parcel((Say("1"),), (first,), by_itself=True))
        delivery.put("a", Parcel((Say("2"),), (second,), by_itself=True))
        await until(lambda: len(paper.sent) == 1)
        async with asyncio.TaskGroup() as group:
            group.create_task(delivery.load())
            await asyncio.sleep(0)
            delivery.put("a", Parcel((Say("3"),), (third,), by_itself=True))
        await until(lambda: delivery.is_calm)
        await delivery.load()
        await until(lambda: len(paper.sent) == 3)
    assert paper.to("a") == ["1", "2", "3"]


async def test_a_later_time_is_kept(app: App, paper: Paper, clock: Hands) -> None:
    """A notice for tomorrow morning goes out then and not before."""

    def add(tx: Transaction) -> None:
        due = utc(app.now() + timedelta(hours=20))
        outbox.add(tx, "paper", "a", None, msgspec.json.encode(Say("good morning")).decode(), due)

    await app.database.run(add)
    async with carrying(app, paper) as delivery:
        await delivery.load(everything=True)
        await asyncio.sleep(0.1)
        assert paper.sent == []
        clock.now += timedelta(hours=20)
        await delivery.load()
        await until(lambda: paper.to("a") == ["good morning"])
