"""Whose turn it is: whatever comes in whatever order, a chat stays in order and nothing gets lost."""

from collections import defaultdict

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.parcels import HOLD, Parcel, Queue
from handlers.chat import Document, Say

CHATS = st.sampled_from("abcde")
KINDS = st.sampled_from(("screen", "urgent", "cry", "document", "by itself"))


def _parcel(number: int, kind: str) -> Parcel:
    document = Document("a", "b") if kind == "document" else None
    say = Say("help" if kind == "cry" else str(number), urgent=kind in ("urgent", "cry"), document=document)
    return Parcel((say,), (number,), by_itself=kind == "by itself")


def _number(parcel: Parcel) -> int:
    return parcel.rows[0]


class Waiting(RuleBasedStateMachine):
    """Parcels come, chats are worked for, some are told to wait, some are forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.now = 0.0
        self.count = 0
        self.put_in: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.ended: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.folded: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.forgot: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.under_way: dict[str, tuple[Parcel, ...]] = {}

    @rule(chat=CHATS, kind=KINDS)
    def comes(self, chat: str, kind: str) -> None:
        self.count += 1
        parcel = _parcel(self.count, kind)
        dropped = self.queue.put(chat, parcel)
        assert all(one.screen or one.says == parcel.says for one in dropped)
        self.folded[chat].extend(dropped)
        self.put_in[chat].append(parcel)

    @rule()
    def its_turn(self) -> None:
        chat = self.queue.next(self.now)
        if chat is None:
            return
        assert chat not in self.under_way, "a chat is worked for by one at a time"
        sending, dropped = self.queue.take(chat, self.now)
        assert all(parcel.screen for parcel in dropped)
        assert not dropped or _number(sending[-1]) > _number(dropped[-1]), "something later takes its place"
        self.ended[chat].extend(dropped)
        self.under_way[chat] = sending

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), wait=st.sampled_from((0.0, 5.0)), firm=st.booleans())
    def sent(self, data: st.DataObject, wait: float, firm: bool) -> None:
        chat = data.draw(st.sampled_from(sorted(self.under_way)))
        parcels = self.under_way.pop(chat)
        done = data.draw(st.integers(0, len(parcels)))
        self.ended[chat].extend(parcels[:done])
        self.queue.done(chat, parcels[done:], self.now + wait if wait else 0.0, firm=firm)

    @rule(seconds=st.floats(0.1, 10))
    def time_goes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def is_there_again(self) -> None:
        self.queue.resume()

    @rule(chat=CHATS)
    def forgotten(self, chat: str) -> None:
        self.forgot[chat].extend(self.queue.forget(chat))

    @invariant()
    def held_is_what_waits(self) -> None:
        ended = sum(
            len(some) for where in (self.ended, self.folded, self.forgot, self.under_way) for some in where.values()
        )
        assert self.queue.held == self.count - ended

    def teardown(self) -> None:
        """In the end everything comes out, each parcel once, and what wasn't folded in the order of its coming."""
        for busy, left in self.under_way.items():
            self.queue.done(busy, left)
        self.now += 1000
        while (chat := self.queue.next(self.now)) is not None:
            sending, dropped = self.queue.take(chat, self.now)
            self.ended[chat].extend((*dropped, *sending))
            self.queue.done(chat)
        for whose, parcels in self.put_in.items():
            out = (*self.ended[whose], *self.folded[whose], *self.forgot[whose])
            assert sorted(map(_number, out)) == sorted(map(_number, parcels))
            lasting = [_number(parcel) for parcel in self.ended[whose] if not parcel.screen]
            assert lasting == sorted(lasting)
        assert self.queue.held == 0
        assert not self.queue._lines, "a chat for which nothing waits is forgotten"


Waiting.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_waiting = Waiting.TestCase


def _paused(*, firm: bool) -> Queue:
    """A queue whose only chat waits a hundred seconds with one screen."""
    queue = Queue()
    queue.put("a", _parcel(1, "document"))
    assert queue.next(0.0) == "a"
    left, _dropped = queue.take("a", 0.0)
    queue.done("a", left, 100.0, firm=firm)
    return queue


@pytest.mark.parametrize("firm", [True, False])
def test_help_waits_for_no_guess_but_for_what_the_platform_asked(firm: bool) -> None:
    """Our own pause after failures ends with a call for help; one that was asked for doesn't."""
    queue = _paused(firm=firm)
    queue.put("a", _parcel(2, "screen"))
    assert queue.next(1.0) is None
    queue.put("a", _parcel(3, "urgent"))
    assert queue.next(1.0) == (None if firm else "a")


@pytest.mark.parametrize("firm", [True, False])
def test_when_the_platform_is_there_again_nobody_waits_on(firm: bool) -> None:
    """The pauses were guesses about the platform."""
    queue = _paused(firm=firm)
    queue.resume()
    assert queue.next(1.0) == (None if firm else "a")
    assert queue.next(100.0) == ("a" if firm else None)


def test_many_who_call_for_help_starve_nobody() -> None:
    """A hundred urgent chats and one that isn't: it has its turn among the first four."""
    queue = Queue()
    queue.put("quiet", _parcel(1, "screen"))
    for number in range(100):
        queue.put(f"loud {number}", _parcel(number + 2, "urgent"))
    assert "quiet" in [queue.next(0.0) for _turn in range(4)]


def test_private_answers_go_after_half_an_hour() -> None:
    """They rest in memory only as long as that; what is in the outbox stays."""
    queue = Queue()
    queue.put("a", Parcel((Say("private", urgent=True),), since=0.0))
    queue.put("b", _parcel(1, "urgent"))
    assert queue.outlived(HOLD - 1) == ()
    assert [parcel.says[0].text for parcel in queue.outlived(HOLD)] == ["private"]
    assert queue.held == 1
