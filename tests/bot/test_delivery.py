"""The outbox reaches its channel: in order, in turn, again after a failure, and not for ever."""

from collections import defaultdict
from datetime import UTC, timedelta

import msgspec
import pytest

from bot import delivery
from bot.app import App
from bot.delivery import Result, deliver_due
from handlers.chat import Say
from storage import outbox
from storage.schema import Transaction
from tests.talks.conftest import Hands


class Paper:
    """A channel that notes what it was given; it can be out of order for some chats."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.broken: dict[str, Result | Exception] = {}
        self.tries: defaultdict[str, int] = defaultdict(int)

    async def send(self, address: str, say: Say) -> Result:
        """Note it, or fail as told."""
        self.tries[address] += 1
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
