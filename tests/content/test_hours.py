"""When a help line answers."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from storage.library.helplines import HelpLine, Hours, Span

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = Hours(HANOI, (Span(7, time(22), time(6)),))
AFTERNOONS = Hours(HANOI, tuple(Span(day, time(13), time(20, 30)) for day in (3, 4, 5, 6, 7)))


def at(text: str) -> datetime:
    """A time in the province; 2026-11-25 is a Wednesday, 2026-11-29 a Sunday."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("hours", "now", "open_now"),
    [
        (AFTERNOONS, "2026-11-25T13:00", True),
        (AFTERNOONS, "2026-11-25T12:59", False),
        (AFTERNOONS, "2026-11-25T20:29:59", True),
        (AFTERNOONS, "2026-11-25T20:30", False),
        (AFTERNOONS, "2026-11-24T15:00", False),
        (NIGHT, "2026-11-29T22:00", True),
        (NIGHT, "2026-11-29T05:00", False),
        (NIGHT, "2026-11-30T05:59", True),
        (NIGHT, "2026-11-30T06:00", False),
        (NIGHT, "2026-11-30T23:00", False),
        (Hours(HANOI), "2026-11-30T03:00", True),
    ],
)
def test_a_line_answers_in_its_hours(hours: Hours, now: str, open_now: bool) -> None:
    """The first minute belongs to the hours, the last doesn't; a night goes on into the next day."""
    line = HelpLine("nghe", "096.306.1414", "Nghe", "Khi cần.", hours, free=True, emergency=False)
    assert line.open_at(at(now)) is open_now


def test_the_hours_are_those_of_the_province() -> None:
    """A server in another timezone gives the same answer: 06:00 in London is 13:00 in Hà Nội."""
    assert AFTERNOONS.open_at(datetime(2026, 11, 25, 6, tzinfo=UTC))
    assert not AFTERNOONS.open_at(datetime(2026, 11, 25, 14, tzinfo=UTC))


def test_a_time_without_timezone_is_refused() -> None:
    """A naive time would be read in the server's timezone by mistake, so it is refused."""
    with pytest.raises(ValueError, match="timezone"):
        Hours(HANOI).open_at(datetime(2026, 11, 25, 6))  # noqa: DTZ001 -- a naive time is what is refused here


def test_what_is_dialled_has_digits_only() -> None:
    """Dots and spaces help reading; the phone gets digits."""
    line = HelpLine("c04", "0769.04 04-04", "C04", "Khi biết.", Hours(HANOI), free=False, emergency=False)
    assert line.dial == "0769040404"
