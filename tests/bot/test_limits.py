"""Too fast is refused, patient is not, and what is held is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from bot import limits
from bot.limits import Limit


@given(st.lists(st.floats(0, 2, allow_nan=False), max_size=200))
def test_never_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    """However the messages come, those allowed stay under burst + rate x time."""
    limit, now, allowed = Limit(5, 30), 0.0, 0
    for pause in pauses:
        now += pause
        allowed += limit.take("an", now) == 0
    assert allowed <= 30 + 5 * now + 1e-6


def test_who_waits_as_told_is_allowed() -> None:
    """The pause that is answered is long enough, and not longer than needed."""
    limit = Limit(5, 1)
    assert limit.take("an", 0) == 0
    wait = limit.take("an", 0)
    assert 0 < wait <= 0.2
    assert limit.take("an", wait + 1e-9) == 0


@given(st.integers(1, 50), st.lists(st.floats(0, 5, allow_nan=False), max_size=200))
def test_no_minute_admits_more_than_was_set(most: int, pauses: list[float]) -> None:
    """Wherever a minute begins, and however those who come are spread."""
    limit, now, allowed = Limit.a_minute(most), 0.0, list[float]()
    for pause in pauses:
        now += pause
        if limit.take("a school", now) == 0:
            allowed.append(now)
    for first, then in zip(allowed, allowed[most:], strict=False):
        assert then - first >= 60 - 1e-6


def test_a_repeated_message_is_given_back() -> None:
    """It doesn't count, and giving back never exceeds the burst."""
    limit = Limit(1, 1)
    limit.take("an", 0)
    limit.give_back("an")
    limit.give_back("an")
    assert limit.take("an", 0) == 0
    assert limit.take("an", 0) > 0


def test_what_is_held_is_bounded() -> None:
    """A flood of sessions fills no memory."""
    limit = Limit(1, 1)
    for number in range(limits.MOST + 10):
        limit.take(str(number), 0)
    assert len(limit._buckets) == limits.MOST
