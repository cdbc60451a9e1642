"""How a platform stands is seen in the metrics from the start, and in the logs when it changes."""

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import delivery as delivering
from bot import platforms, reach
from bot.app import App
from bot.channels.channel import SENT, UNREACHED, Fetched, Outcome, Result
from bot.delivery import Delivery
from bot.letterbox import Letterbox
from bot.parcels import Parcel
from handlers.chat import Say
from tests.bot.paper import Paper

BROKEN = Outcome(Result.BROKEN, code="401")
Logged = list[MutableMapping[str, Any]]


class Platform(Paper):
    """One that says of itself how it fares."""

    stands: Outcome = SENT

    async def prepare(self) -> Outcome:
        return self.stands

    async def fetch(self, offset: int) -> Fetched:
        await asyncio.sleep(0.01)
        return Fetched(self.stands)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logged]:
    """What is logged; pauses of seconds take hundredths."""
    monkeypatch.setattr(platforms, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(platforms, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr("bot.polling.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bot.polling.LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(delivering, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(reach, "FIRST", 0.01)
    monkeypatch.setattr(reach, "MENDED_AFTER", 0.02)
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def box(app: App) -> Letterbox:
    """A platform that is asked for messages; nothing is under way yet."""
    channel = Platform()
    return Letterbox(app, channel, Delivery(app, channel), polls=True)


def shown(app: App) -> float | None:
    """What the metrics say."""
    return app.metrics.registry.get_sample_value("lachan_reached", {"channel": "paper"})


def events(logged: Logged) -> list[tuple[str, str]]:
    """Which lines there are, and with which code."""
    return [(line["event"], line.get("code", "")) for line in logged]


async def tended(box: Letterbox, stands: Outcome, seconds: float = 0.3) -> None:
    """Let the platform fare so for a while, with many tries."""
    assert isinstance(box.channel, Platform)
    box.channel.stands = stands
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await platforms.tend(box)


async def test_a_platform_shows_before_anything_was_tried(app: App, box: Letterbox) -> None:
    """As not reached: whoever is woken by a 0 isn't blind until the first message."""
    assert shown(app) == 0


async def test_a_platform_that_is_away_from_the_start_shows_and_is_told_once(
    app: App, box: Letterbox, logged: Logged
) -> None:
    """Nothing was sent; after many tries one line. Then it comes, and that is told too."""
    await tended(box, UNREACHED)
    assert (shown(app), events(logged)) == (0, [("channel unreachable", "unreachable")])
    await tended(box, SENT)
    assert (shown(app), events(logged)[1:]) == (1, [("channel reached again", "")])


async def test_a_platform_that_works_is_no_news(app: App, box: Letterbox, logged: Logged) -> None:
    """A server where nothing breaks logs nothing."""
    await tended(box, SENT)
    assert (shown(app), events(logged)) == (1, [])


async def test_a_refused_token_is_told_once_by_whichever_way(app: App, box: Letterbox, logged: Logged) -> None:
    """Asking and sending are both refused, many times: one line."""
    assert isinstance(box.channel, Platform)
    box.channel.broken["*"] = BROKEN
    async with asyncio.TaskGroup() as group:
        working = group.create_task(box.delivery.run())
        box.delivery.put("a", Parcel((Say("1"),)))
        await tended(box, BROKEN)
        assert box.channel.tries["a"] > 2
        working.cancel()
    assert (shown(app), events(logged)) == (0, [("channel refused", "401")])


async def test_a_platform_that_only_gives_is_not_reached(app: App, box: Letterbox, logged: Logged) -> None:
    """Its messages come, ours don't arrive: asking well doesn't hide it."""
    assert isinstance(box.channel, Platform)
    box.channel.broken["*"] = UNREACHED
    async with asyncio.TaskGroup() as group:
        working = group.create_task(box.delivery.run())
        box.delivery.put("a", Parcel((Say("1"),)))
        await tended(box, SENT)
        gone = shown(app), events(logged)
        box.channel.broken.clear()
        await tended(box, SENT)
        working.cancel()
    assert gone == (0, [("channel unreachable", "unreachable")])
    assert (shown(app), events(logged)[1:]) == (1, [("channel reached again", "")])


async def test_a_platform_that_only_takes_is_not_reached(app: App, box: Letterbox, logged: Logged) -> None:
    """Ours arrive, but another program asks with the same token: nobody is heard."""
    conflict = Outcome(Result.LATER, code="409")
    async with asyncio.TaskGroup() as group:
        working = group.create_task(box.delivery.run())
        box.delivery.put("a", Parcel((Say("1"),)))
        await tended(box, conflict)
        working.cancel()
    assert isinstance(box.channel, Platform)
    assert box.channel.to("a") == ["1"]
    assert (shown(app), events(logged)) == (0, [("channel unreachable", "409")])
