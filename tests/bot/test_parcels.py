"""Whose turn it is: whatever comes in whatever order, a chat stays in order and nothing gets lost."""

from collections import defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.parcels import Parcel, Queue
from handlers.chat import Document, Say

CHATS = st.sampled_from("abcde")
KINDS = st.sampled_from(("screen", "urgent", "document", "by itself"))


def _parcel(number: int, kind: str) -> Parcel:
    document = Document("a", "b") if kind == "document" else None
    say = Say(str(number), urgent=kind == "urgent", document=document)
    return Parcel((say,), (number,), by_itself=kind == "by itself")


def _number(parcel: Parcel) -> int:
    return int(parcel.says[0].text)


class Waiting(RuleBasedStateMachine):
    """Parcels come, chats are worked for, some are told to wait, some are forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.now = 0.0
        self.count = 0
        self.put_in: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.ended: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.forgot: defaultdict[str, list[Parcel]] = defaultdict(list)
        self.under_way: dict[str, tuple[Parcel, ...]] = {}

    @rule(chat=CHATS, kind=KINDS)
    def comes(self, chat: str, kind: str) -> None:
        self.count += 1
        parcel = _parcel(self.count, kind)
        self.queue.put(chat, parcel)
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
    @rule(data=st.data(), wait=st.sampled_from((0.0, 5.0)))
    def sent(self, data: st.DataObject, wait: float) -> None:
        chat = data.draw(st.sampled_from(sorted(self.under_way)))
        parcels = self.under_way.pop(chat)
        done = data.draw(st.integers(0, len(parcels)))
        self.ended[chat].extend(parcels[:done])
        self.queue.done(chat, parcels[done:], self.now + wait if wait else 0.0)

    @rule(seconds=st.floats(0.1, 10))
    def time_goes(self, seconds: float) -> None:
        self.now += seconds

    @rule(chat=CHATS)
    def forgotten(self, chat: str) -> None:
        self.forgot[chat].extend(self.queue.forget(chat))

    @invariant()
    def held_is_what_waits(self) -> None:
        ended = sum(len(some) for where in (self.ended, self.forgot, self.under_way) for some in where.values())
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
            assert sorted(map(_number, (*self.ended[whose], *self.forgot[whose]))) == sorted(map(_number, parcels))
            lasting = [_number(parcel) for parcel in self.ended[whose] if not parcel.screen]
            assert lasting == sorted(lasting)
        assert self.queue.held == 0
        assert not self.queue._lines, "a chat for which nothing waits is forgotten"


Waiting.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_waiting = Waiting.TestCase
