"""The real app on both databases, as the conversations have it; a channel on paper; the proxies of a deployment."""

import pytest

from bot import backlog, delivery, reach
from tests.bot.fronts import missing
from tests.bot.paper import Paper
from tests.talks.conftest import app, clock

__all__ = ["app", "clock"]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of seconds take hundredths here."""
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(backlog, "NOTE_AGAIN", 0.05)
    monkeypatch.setattr(reach, "FIRST", 0.05)
    monkeypatch.setattr(reach, "MENDED_AFTER", 0.1)


@pytest.fixture
def paper() -> Paper:
    """A channel."""
    return Paper()


@pytest.fixture(scope="module")
def proxies_are_here() -> None:
    """Without them nothing is proven; `make check` takes a skipped test for a failed one."""
    if missing():
        pytest.skip(f"not installed: {missing()}")
