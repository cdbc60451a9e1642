"""The outbox reaches its channel: in order, in turn, again after a failure, and not for ever."""

import asyncio
from collections import defaultdict
from datetime import UTC, timedelta
from pathlib import Path

import msgspec
import pytest

from bot import delivery
from bot.app import App, build
from bot.delivery import Result, deliver_due
from bot.settings import Settings
from handlers.chat import Say
from storage import outbox
from storage.schema import Transaction
from tests.talks.conftest import Hands


class Paper:
    """A channel that notes what it was given; it can be out of order for some chats."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.broken: dict[str, Result | Exception] = {}
        self.hanging: set[str] = set()
        self.tries: defaultdict[str, int] = defaultdict(int)

    async def send(self, address: str, say: Say) -> Result:
        """Note it, or fail as told."""
        self.tries[address] += 1
        if address in self.hanging:
            await asyncio.Event().wait()
        trouble = self.broken.get(address, Result.SENT)
        if isinstance(trouble, Exception):
            raise trouble
        if trouble is Result.SENT:
            self.sent.append((address, say.text))
        return trouble


async def write(app: App, *messages: tuple[str, str]) -> None:
    """Let messages wait in the outbox."""

    def add(tx: Transaction) -> None:
        now = app.now().astimezone(UTC).replace(tzinfo=None)
        for where, text in messages:
            outbox.add(tx, "paper", where, None, msgspec.json.encode(Say(text)).decode(), now)

    await app.database.run(add)


def waiting(tx: Transaction) -> int:
    """How many messages wait."""
    return int(tx.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one())


def change(tx: Transaction, how: str) -> None:
    """Change the database itself."""
    tx.exec_driver_sql(how)


@pytest.fixture
def paper() -> Paper:
    """A channel."""
    return Paper()


async def test_a_chat_keeps_its_order_and_chats_take_turns(app: App, paper: Paper) -> None:
    """A chat with many messages doesn't hold up another; what was sent is deleted."""
    await write(app, ("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"))
    assert await deliver_due(app, {"paper": paper}) == 4
    assert [text for where, text in paper.sent if where == "a"] == ["1", "2", "3"]
    assert paper.sent.index(("b", "1")) < paper.sent.index(("a", "2"))
    assert await app.database.read(waiting) == 0


@pytest.mark.parametrize("trouble", [Result.LATER, OSError("unreachable")])
async def test_a_chat_in_trouble_waits_longer_each_time_and_alone(
    app: App, paper: Paper, clock: Hands, trouble: Result | Exception
) -> None:
    """Others are served; its own later messages don't overtake; it goes on when the trouble is over."""
    await write(app, ("a", "1"), ("a", "2"), ("b", "1"))
    paper.broken["a"] = trouble
    await deliver_due(app, {"paper": paper})
    assert paper.sent == [("b", "1")]
    clock.now += delivery.pause(0) - timedelta(seconds=1)
    await deliver_due(app, {"paper": paper})
    assert paper.tries["a"] == 1
    clock.now += timedelta(seconds=2)
    del paper.broken["a"]
    await deliver_due(app, {"paper": paper})
    assert paper.sent[1:] == [("a", "1"), ("a", "2")]


async def test_after_a_week_it_is_given_up(
    app: App, paper: Paper, clock: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    """A platform that stays away holds nothing for ever, and giving up is said without the address."""
    await write(app, ("secret-address", "1"))
    paper.broken["secret-address"] = Result.LATER
    clock.now += delivery.GIVE_UP
    await deliver_due(app, {"paper": paper})
    assert await app.database.read(waiting) == 0
    said = "".join(capsys.readouterr())
    assert "given up" in said
    assert "secret-address" not in said


async def test_a_gone_chat_is_not_tried_again(app: App, paper: Paper) -> None:
    """Who blocked the bot gets nothing more of this message."""
    await write(app, ("a", "1"))
    paper.broken["a"] = Result.NEVER
    await deliver_due(app, {"paper": paper})
    assert paper.tries["a"] == 1
    assert await app.database.read(waiting) == 0


def test_pauses_double_up_to_an_hour() -> None:
    """Trying harder never helps a platform."""
    pauses = [delivery.pause(attempts) for attempts in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[1] == 2 * pauses[0]
    assert pauses[-1] == timedelta(hours=1)


async def test_a_chat_that_hangs_holds_up_nobody(app: App, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes for others while one message hangs goes out at once; the one that hangs is tried again later."""
    monkeypatch.setattr(delivery, "PATIENCE", 1.0)
    monkeypatch.setattr(delivery, "LOOK", 0.05)
    paper.hanging.add("a")
    await write(app, ("a", "1"), ("b", "1"), ("b", "2"))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        delivering = group.create_task(deliver_due(app, {"paper": paper}))
        await asyncio.sleep(0.3)
        await write(app, ("c", "1"))
        await asyncio.sleep(0.4)
        assert paper.sent == [("b", "1"), ("b", "2"), ("c", "1")]
        assert not delivering.done()
    assert paper.tries["a"] == 1
    assert await app.database.read(waiting) == 1


async def test_what_was_sent_is_not_sent_again_while_it_cannot_be_noted(
    sqlite_url: str, tmp_path: Path, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that takes no note of one message: it is sent once, others go on, and it is noted when that works."""
    monkeypatch.setattr(delivery, "NOTE_AGAIN", 0.05)
    monkeypatch.setattr(delivery, "LOOK", 0.05)
    async with build(Settings(data=tmp_path, database=sqlite_url), serving=True) as app:
        await write(app, ("a", "1"), ("b", "1"), ("b", "2"))
        when = "BEFORE DELETE ON outbox WHEN old.address = 'a' BEGIN SELECT RAISE(ABORT, 'not now'); END"
        await app.database.run(change, f"CREATE TRIGGER kept {when}")
        async with asyncio.TaskGroup() as group:
            group.create_task(deliver_due(app, {"paper": paper}))
            await asyncio.sleep(0.4)
            assert sorted(paper.sent) == [("a", "1"), ("b", "1"), ("b", "2")]
            await app.database.run(change, "DROP TRIGGER kept")
        assert paper.tries["a"] == 1
        assert await app.database.read(waiting) == 0
