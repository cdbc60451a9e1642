"""A message in several pieces that broke off goes on where it stopped, on every channel that is sent to."""

import pytest

from bot.channels import halfway
from bot.channels.channel import SENT, UNREACHED, Outcome
from bot.channels.halfway import Halfway

PIECES = ("one", "two", "three")


class Line:
    """A way out that breaks at some pieces."""

    def __init__(self, *broken: str) -> None:
        self.broken = list(broken)
        self.sent: list[str] = []

    async def __call__(self, piece: str) -> Outcome:
        """Carry a piece, or break once at it for each time it was named."""
        if piece in self.broken:
            self.broken.remove(piece)
            return UNREACHED
        self.sent.append(piece)
        return SENT


async def test_it_goes_on_where_it_stopped_however_often_it_breaks() -> None:
    """No piece comes twice, also where the first try after a break fails at once."""
    places, line = Halfway(), Line("three", "three")
    outcomes = [await places.carry("a", PIECES, line) for _ in range(3)]
    assert outcomes == [UNREACHED, UNREACHED, SENT]
    assert line.sent == list(PIECES)


async def test_another_message_and_another_chat_begin_at_the_beginning() -> None:
    """What broke off is one chat's, and one text's."""
    places, line = Halfway(), Line("two")
    await places.carry("a", PIECES, line)
    line.sent.clear()
    await places.carry("b", PIECES, line)
    await places.carry("a", ("one", "else"), line)
    assert line.sent == [*PIECES, "one", "else"]


async def test_a_message_that_arrived_is_sent_whole_the_next_time() -> None:
    """The same screen may be asked for again."""
    places, line = Halfway(), Line("two")
    for _ in range(3):
        await places.carry("a", PIECES, line)
    assert line.sent == [*PIECES, *PIECES]


async def test_after_ten_minutes_it_is_sent_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The beginning is out of sight by then: half a message would be a riddle."""
    monkeypatch.setattr(halfway, "GOES_ON", 0.0)
    places, line = Halfway(), Line("two")
    await places.carry("a", PIECES, line)
    await places.carry("a", PIECES, line)
    assert line.sent == ["one", *PIECES]
