"""Where a human writes for an account, the bot holds its tongue, but never its first aid."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.app import App
from bot.channels.channel import Operator
from bot.delivery import Delivery
from bot.letterbox import Letterbox
from handlers.chat import Incoming, Kind
from storage.library.lexicon import fold
from tests.bot.paper import Paper

LAN = "lan"
SILENCE = 600.0


class Desk:
    """A letterbox whose clock stands still until it is moved."""

    def __init__(self, app: App, paper: Paper) -> None:
        self.hands = [100.0]
        self.paper = paper
        app = replace(app, ticks=lambda: self.hands[0])
        self.delivery = Delivery(app, paper)
        self.box = Letterbox(app, paper, self.delivery, silence=SILENCE)
        self._said = 0

    async def human(self) -> None:
        """Somebody answers for the account."""
        await self.box.accept(Operator("paper", LAN))

    async def hears(self, text: str = "", tap: str = "") -> bool:
        """Whether the bot answers."""
        self._said += 1
        before = len(self.paper.sent)
        kind = Kind.TAP if tap else Kind.TEXT
        await self.box.accept(Incoming("paper", LAN, str(self._said), kind, text=text, action=tap))
        async with asyncio.timeout(5):
            while not self.delivery.is_calm:  # noqa: ASYNC110 - the delivery works beside us
                await asyncio.sleep(0.005)
        return len(self.paper.sent) > before


@pytest.fixture
async def desk(app: App) -> AsyncIterator[Desk]:
    """With a delivery at work."""
    made = Desk(app, Paper())
    async with asyncio.TaskGroup() as group:
        working = group.create_task(made.delivery.run())
        yield made
        working.cancel()


async def test_what_is_meant_for_the_human_is_left_to_the_human(desk: Desk) -> None:
    """Until the silence is over; then the bot answers again."""
    await desk.human()
    assert not await desk.hears("cảm ơn anh, mai em qua")
    assert not await desk.hears("1")
    desk.hands[0] += SILENCE
    assert await desk.hears("cảm ơn anh, mai em qua")


@pytest.mark.parametrize("text", ["bạn em gọi không dậy", "tôi muốn chết", "em bị ép hút", "115", "sơ cứu", "giúp gấp"])
async def test_danger_is_answered_all_the_same(desk: Desk, text: str) -> None:
    """First aid, crisis, help lines: a human may be away for an hour."""
    await desk.human()
    assert await desk.hears(text)


async def test_the_ways_on_from_first_aid_are_answered_too(desk: Desk) -> None:
    """A number, a label or a button on a screen that the bot has just shown."""
    await desk.human()
    assert await desk.hears("bạn em gọi không dậy")
    assert await desk.hears("2")
    assert await desk.hears(fold("Sơ cứu"))
    assert await desk.hears(tap="need")


async def test_a_button_is_never_dead(desk: Desk) -> None:
    """Whoever taps talks to the bot, also where what follows is no help."""
    await desk.human()
    assert await desk.hears(tap="learn")
