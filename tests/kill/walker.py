"""Somebody who walks through lessons, stories and practice, and keeps an account of what they did."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import aiohttp

from storage.library import Library
from storage.library.lessons import PRIVATE_TRACK
from tests.servers import Caller, Got

T = TypeVar("T")
PATIENCE = 1_000  # tries of one message: a minute at least
Shown = dict[str, Any]
"""One message as the page gets it."""


@dataclass
class Account:
    """What was done, by the walker's own count: from what it was answered, not from what the server says later."""

    screens: dict[str, int] = field(default_factory=dict)  # lesson -> screens seen
    stories: dict[str, bool] = field(default_factory=dict)  # scenario -> played to an end
    answered: Counter[str] = field(default_factory=Counter)  # question -> answers
    right: Counter[str] = field(default_factory=Counter)


class Walker:
    """One session. Each message is sent with the same id until it is answered."""

    def __init__(self, caller: Caller, library: Library, seed: int) -> None:
        self.caller = caller
        self.account = Account()
        self.kept: list[tuple[dict[str, str], bytes]] = []  # durable messages and their answers, byte for byte
        self.standing: Shown = {}
        self.resent = 0
        self.token = ""
        self.library = library
        self._chance = Random(seed)
        self._questions = {one.text: one for one in library.questions.values()}
        self._in_private = False
        self._stop = asyncio.Event()

    async def walk(self, stop: asyncio.Event) -> None:
        """Begin, then do one thing after the other; the last one may stay unfinished."""
        self._stop = stop
        self.token = await self._unfailing(self.caller.begin)
        for action in ("start", "age:18+", "track:hs"):
            self._stand((await self.say(action=action))[-1])
        pastimes = (self._read, self._play, self._practise, self._practise, self._look_for_help, self._ask_again)
        while not stop.is_set():
            await self._chance.choice(pastimes)()

    async def say(self, **what: str) -> list[Shown]:
        """Send a message until it is answered, now and then twice at once."""
        message = {"id": str(UUID(int=self._chance.getrandbits(128), version=4)), **what}
        if self._chance.random() < 0.15:
            one, other = await asyncio.gather(self._answered(message), self._answered(message))
            assert one.body == other.body, "a double tap got two answers"
        else:
            one = await self._answered(message)
        answer = json.loads(one.body)
        self._in_private = answer["private"]
        if not answer["private"]:
            self.kept.append((message, one.body))
        messages: list[Shown] = answer["messages"]
        return messages

    async def again(self, message: dict[str, str]) -> bytes:
        """What a message is answered that was sent before."""
        return (await self._answered(message)).body

    async def _answered(self, message: dict[str, str]) -> Got:
        for _try in range(PATIENCE):
            got = await self._unfailing(lambda: self.caller.send(self.token, message))
            if got.status == 200:
                return got
            assert got.status in (429, 503), got
            await asyncio.sleep(float(got.headers.get("retry-after", "1")))
        raise AssertionError("it is refused again and again")

    async def _unfailing(self, ask: Callable[[], Awaitable[T]]) -> T:
        for _try in range(PATIENCE):
            try:
                return await ask()
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.resent += 1
                await asyncio.sleep(0.05)
        raise AssertionError("nobody answers any more")

    async def _read(self) -> None:
        """Read a lesson, perhaps not to its end."""
        lesson = self._chance.choice([one for one in self.library.lessons.values() if not one.private])
        for screen in range(self._chance.randint(1, len(lesson.screens))):
            self._stand((await self.say(action=f"card:{lesson.id}:{screen}"))[0])
            self.account.screens[lesson.id] = max(screen + 1, self.account.screens.get(lesson.id, 0))

    async def _play(self) -> None:
        """Be in a story, choosing at random."""
        story = self._chance.choice([one for one in self.library.scenarios.values() if not one.private])
        messages = await self.say(action=f"scene:{story.id}")
        while True:
            self._stand(messages[-1])
            ways = [one["action"] for one in messages[-1]["buttons"] if one["action"].count(":") == 3]
            done = self.account.stories.get(story.id, False) or not ways
            self.account.stories[story.id] = done
            if not ways or self._stop.is_set():
                return
            messages = await self.say(action=self._chance.choice(ways))

    async def _practise(self) -> None:
        """Answer questions, by a tap or by typing the number or the letter."""
        cards = {one.card for one in self.library.questions.values() if PRIVATE_TRACK not in one.tracks}
        open_cards = sorted(card for card in cards if not self.library.lessons[card].private)
        messages = await self.say(action=self._chance.choice(["quiz", f"quiz:start:{self._chance.choice(open_cards)}"]))
        while not self._stop.is_set():
            asked = messages[-1]
            self._stand(asked)
            choices = [one for one in asked["buttons"] if one["action"].startswith("quiz:a:")]
            if not choices:
                return
            messages = await self._choose(asked, choices)
        self._stand(messages[-1])

    async def _choose(self, asked: Shown, choices: list[dict[str, str]]) -> list[Shown]:
        number = self._chance.randrange(len(choices))
        typed = self._chance.choice(["", str(number + 1), f"{'abcdef'[number]})"])
        messages = await (self.say(text=typed) if typed else self.say(action=choices[number]["action"]))
        if len(messages) == 1:  # after a restart a bare "1" shows the question again; an answer comes with its reason
            assert typed, "a tap that answered nothing"
            assert messages[0]["body"] == asked["body"]
            return messages
        question = self._questions[asked["body"]]
        self.account.answered[question.id] += 1
        chosen = next(option for option in question.options if option.text == choices[number]["label"])
        self.account.right[question.id] += chosen.right
        return messages

    async def _look_for_help(self) -> None:
        """A private detour: the durable conversation stands where it stood."""
        for action in self._chance.sample(["help", "lines", "need", "aid:co-giat"], 2):
            await self.say(action=action)

    async def _ask_again(self) -> None:
        """Send a message once more that was answered long ago."""
        message, answer = self._chance.choice(self.kept)
        assert await self.again(message) == answer, "asked again, answered otherwise"

    def _stand(self, message: Shown) -> None:
        self.standing = {key: message[key] for key in ("title", "body", "step")}
