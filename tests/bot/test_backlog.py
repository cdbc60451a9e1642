"""What waits in the outbox goes out once, in order, when it is due; what there is no room for waits there."""

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot import delivery as delivering
from bot.app import App, build
from bot.channels.channel import Outcome, Result
from bot.delivery import Delivery
from bot.parcels import Parcel
from bot.settings import Settings
from handlers.chat import Say
from storage import outbox
from storage.schema import Transaction, utc
from tests.bot.carrying import carrying, change, private, until, waiting, written
from tests.bot.paper import Paper
from tests.talks.conftest import Hands

pytestmark = pytest.mark.usefixtures("soon")


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


def tries(tx: Transaction) -> int:
    """How often the one message that waits was tried in vain."""
    return int(tx.exec_driver_sql("SELECT attempts FROM outbox").scalar_one())


async def test_what_must_wait_for_the_morning_lets_answers_pass(app: App, paper: Paper, clock: Hands) -> None:
    """A notice that a platform doesn't take at night goes out then; who writes meanwhile is answered."""
    (notice,) = await written(app, ("a", "notice"))
    await app.database.run(change, "UPDATE outbox SET attempts = 4")
    paper.broken["a"] = Outcome(Result.LATER, wait=6 * 3600, code="night")
    async with carrying(app, paper) as delivery:
        delivery.put("a", Parcel((Say("notice"),), (notice,), by_itself=True))
        await until(lambda: paper.tries["a"] == 1 and delivery.is_calm)
        del paper.broken["a"]
        delivery.put("a", private("first aid"))
        await until(lambda: paper.to("a") == ["first aid"])
        await delivery.load()
        await asyncio.sleep(0.05)
        assert paper.to("a") == ["first aid"]
        assert await app.database.read(tries) == 0  # it isn't late: it waits for its time
        clock.now += timedelta(hours=6)
        await delivery.load()
        await until(lambda: paper.to("a") == ["first aid", "notice"])


async def test_what_is_deleted_while_the_outbox_is_read_is_not_sent_again(
    app: App, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look saw the row, but by the time it comes to it the message has arrived and nobody holds it any more."""
    (row,) = await written(app, ("a", "1"))
    delivery = Delivery(app, paper)
    look = outbox.waiting

    def slowly(tx: Transaction, channel: str, until: datetime, limit: int, after: int) -> tuple[outbox.Waiting, ...]:
        found = look(tx, channel, until, limit, after)
        time.sleep(0.3)  # in the database's thread: the delivery works beside it
        return found

    monkeypatch.setattr(outbox, "waiting", slowly)
    async with asyncio.TaskGroup() as group:
        working = group.create_task(delivery.run())
        delivery.put("a", Parcel((Say("1"),), (row,), by_itself=True))
        await delivery.load(everything=True)
        await until(lambda: delivery.is_calm)
        working.cancel()
    assert paper.to("a") == ["1"]
    assert await app.database.read(waiting) == 0
