"""People who learn over a platform while the server dies and comes back, and keep an account of what they did."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from random import Random

from storage.library import Lesson, Library
from tests.fakes.faults import FAULTS
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Person
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_hooks import Delivered
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person as Follower

Buttons = list[tuple[str, str]]  # labels, and the actions behind them
LAST = {"/menu": "Bạn muốn làm gì?", "/hoc": "Bạn muốn xem bài nào?"}
"""What may be typed at the end, and how its answer begins."""
PATIENCE = 3.0  # seconds to wait for a question: longer, somebody loses interest


@dataclass
class Account:
    """What was done and is to be kept: messages, the furthest screen of each lesson, questions that were answered."""

    messages: int = 0
    screens: dict[str, int] = field(default_factory=dict)
    answered: int = 0


@dataclass
class Chatter:
    """Somebody. `send` hands a typed text over and comes back when the platform's word is that it arrived, or will."""

    channel: str
    address: str
    send: Callable[[str], Awaitable[None]]
    tap: Callable[[str], Awaitable[None]] | None  # None: there are no buttons
    last: Callable[[], str]
    buttons: Callable[[], Buttons]
    lessons: list[Lesson]
    chance: Random
    account: Account = field(default_factory=Account)
    ended: str = ""

    async def live(self, stop: asyncio.Event) -> None:
        """Learn until told to stop, then open a last screen."""
        await self._open(self.chance.choice(self.lessons))
        practise = self.chance.random()
        while not stop.is_set():
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))
            if self.tap is not None and practise > self.chance.random():
                practise = 0.0  # once: an older question that is shown again can't be taken for a new one
                await self._practise()
            await self.chance.choice((self._browse, self._learn))()
        self.ended = self.chance.choice(sorted(LAST))
        await self._say(self.ended)

    async def _say(self, text: str) -> None:
        self.account.messages += 1
        await self.send(text)

    async def _tap(self, action: str) -> None:
        assert self.tap is not None
        self.account.messages += 1
        await self.tap(action)

    async def _browse(self) -> None:
        await self._say(self.chance.choice(("/menu", "/hoc", "/tinhhuong", "/dulieu")))

    async def _learn(self) -> None:
        lesson = self.chance.choice(self.lessons)
        if self.tap is None:
            return await self._open(lesson)
        screen = self.chance.randrange(len(lesson.screens))
        self._saw(lesson, screen + 1)
        return await self._tap(f"card:{lesson.id}:{screen}")

    async def _open(self, lesson: Lesson) -> None:
        """By typing its title."""
        self._saw(lesson, 1)
        await self._say(lesson.title)

    def _saw(self, lesson: Lesson, screens: int) -> None:
        self.account.screens[lesson.id] = max(screens, self.account.screens.get(lesson.id, 0))

    async def _practise(self) -> None:
        """Answer each question once, when it is seen for the first time."""
        answered: set[str] = set()
        await self._tap("quiz")
        while choices := await self._asked(answered):
            chosen = self.chance.choice(choices)
            answered.add(_question(chosen))
            self.account.answered += 1
            await self._tap(chosen)

    async def _asked(self, answered: set[str]) -> list[str]:
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = [action for _label, action in self.buttons() if action.startswith("quiz:a:")]
                    if found and _question(found[0]) not in answered:
                        return found
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return []


def _question(action: str) -> str:
    return action.split(":")[2]


@dataclass(frozen=True, slots=True)
class Ground:
    """A platform with its people. `suffers`: it is in trouble with what is sent, for as long as that is entered."""

    people: tuple[Chatter, ...]
    suffers: Callable[[str], AbstractAsyncContextManager[None]]
    waiting: Callable[[], bool]  # whether something wasn't handed over yet


def _open_lessons(library: Library) -> list[Lesson]:
    return [lesson for lesson in library.lessons.values() if not lesson.private]


def on_telegram(fake: Telegram, library: Library, seeds: Iterable[int]) -> Ground:
    """They tap the newest message, with whatever its button may be."""

    def chatter(seed: int) -> Chatter:
        who = fake.person(7000 + seed)

        async def send(text: str) -> None:
            who.write(text)

        async def tap(action: str) -> None:
            who.tap_data(action, _newest(who))

        last, buttons = lambda: _standing(who)[0], lambda: _standing(who)[1]
        return Chatter("telegram", str(7000 + seed), send, tap, last, buttons, _open_lessons(library), Random(seed))

    sending = frozenset({"sendMessage", "editMessageText"})
    return Ground(
        tuple(map(chatter, seeds)),
        lambda name: fake.suffers(FAULTS[name].but(methods=sending, times=30)),
        lambda: bool(fake.world.updates.waiting),
    )


def _newest(who: Person) -> int:
    return who.heard[-1].number if who.heard else 1


def _standing(who: Person) -> tuple[str, Buttons]:
    """What came or changed last."""
    heard = max(who.heard, key=lambda one: one.turn, default=None)
    return (heard.text, list(heard.buttons)) if heard else ("", [])


def on_zalo_bot(fake: FakeZaloBot, library: Library, seeds: Iterable[int]) -> Ground:
    """They type titles and commands; the platform brings each message until it hears 200."""

    def chatter(seed: int) -> Chatter:
        who = fake.person(f"An {seed}")

        async def send(text: str) -> None:
            await _brought(fake, await fake.says(who, text))

        last = lambda: who.texts[-1] if who.texts else ""  # noqa: E731 - one of a row of such
        return Chatter("zalo_bot", who.id, send, None, last, list, _open_lessons(library), Random(seed))

    fault = frozenset({"sendMessage"})
    return Ground(
        tuple(map(chatter, seeds)),
        lambda name: fake.suffering(ZALO_FAULTS[name].but(methods=fault, times=30)),
        lambda: False,
    )


def on_zalo_oa(fake: FakeZaloOA, library: Library, seeds: Iterable[int]) -> Ground:
    """They press buttons, which is like typing what is behind them."""

    def chatter(seed: int) -> Chatter:
        who = fake.person(f"An {seed}")

        async def send(text: str) -> None:
            await _brought(fake, await fake.says(who, text))

        async def tap(action: str) -> None:
            await send(f"#{action}")

        last = lambda: who.texts[-1] if who.texts else ""  # noqa: E731 - one of a row of such
        return Chatter(
            "zalo_oa", who.id, send, tap, last, lambda: _pressable(who), _open_lessons(library), Random(seed)
        )

    return Ground(
        tuple(map(chatter, seeds)),
        lambda name: fake.suffering(ZALO_FAULTS[name].but(methods=frozenset({"cs"}), times=30)),
        lambda: False,
    )


def _pressable(who: Follower) -> Buttons:
    buttons = who.screen[-1].buttons if who.screen else ()
    return [(one.title, one.payload.removeprefix("#")) for one in buttons if one.query]


async def _brought(fake: FakeZaloBot | FakeZaloOA, done: Delivered | None) -> None:
    """Bring the same again until it is taken, as a platform does."""
    assert done is not None
    while done.status != 200:
        assert done.status in (0, 503), done
        await asyncio.sleep(0.05)
        again = await fake.hook.deliver(done.event)
        assert again is not None
        done = again
