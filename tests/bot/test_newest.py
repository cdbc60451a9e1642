"""What is newer than what, chat by chat, and for how long that is known."""

from datetime import UTC, datetime, timedelta

from bot.newest import HOLD, Newest

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
AT = NOW.timestamp()


def test_what_is_older_than_the_newest_is_told() -> None:
    """The same moment isn't older, nor is what tells no time; each chat has its own."""
    newest = Newest()
    newest.note("lan", AT)
    newest.note("lan", AT - 50)
    assert newest.is_older("lan", AT - 1)
    assert not newest.is_older("lan", AT)
    assert not newest.is_older("lan", 0.0)
    assert not newest.is_older("an", 1.0)


def test_what_tells_no_time_takes_no_room() -> None:
    """Nothing could be compared with it."""
    newest = Newest()
    newest.note("lan", 0.0)
    assert len(newest) == 0


def test_room_is_bounded_and_the_longest_silent_goes_first() -> None:
    """However many chats there are."""
    newest = Newest(most=2)
    for address in ("lan", "an", "lan", "binh"):
        newest.note(address, AT)
    assert len(newest) == 2
    assert newest.is_older("lan", AT - 1)
    assert not newest.is_older("an", AT - 1)


def test_after_a_day_it_is_forgotten() -> None:
    """No platform tries that long."""
    newest = Newest()
    newest.note("lan", AT)
    newest.sweep(NOW + HOLD)
    assert len(newest) == 1
    newest.sweep(NOW + HOLD + timedelta(seconds=1))
    assert len(newest) == 0
