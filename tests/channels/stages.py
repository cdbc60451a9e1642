"""The platforms as stages of a conversation: what their people see, read back into text and buttons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.channels.running import Running
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_chats import Message
from tests.fakes.telegram_people import Person
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_bot_people import Chat
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person as Follower
from tests.talks.player import Heard
from tests.talks.reading import read


@dataclass
class OnTelegram:
    """Buttons under messages; a tap is made on the newest message that has the button."""

    fake: Telegram
    server: Running
    people: dict[str, Person] = field(default_factory=dict)

    async def type(self, who: str, text: str) -> list[Heard]:
        person = self._person(who)
        person.write(text)
        return await self._heard(person)

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        person = self._person(who)
        person.tap(tapped)
        return await self._heard(person)

    def _person(self, who: str) -> Person:
        return self.people.setdefault(who, self.fake.person(len(self.people) + 1))

    async def _heard(self, person: Person) -> list[Heard]:
        await self.fake.settled(20)
        await self.server.calm("telegram")
        return [_from_telegram(message) for message in person.news()]


def _from_telegram(message: Message) -> Heard:
    text = "\n\n".join(part for part in (message.text, message.content.decode()) if part)
    return Heard(text, tuple((label, label) for label, _data in message.buttons))


@dataclass
class OnZaloBot:
    """No buttons: a tap is the number typed."""

    fake: FakeZaloBot
    server: Running
    people: dict[str, Chat] = field(default_factory=dict)

    async def type(self, who: str, text: str) -> list[Heard]:
        person = self.people.setdefault(who, self.fake.person(who))
        seen = len(person.screen)
        await self.fake.says(person, text)
        await self.server.until(lambda: len(person.screen) > seen)  # every message is answered
        await self.server.calm("zalo_bot")
        return _numbered([shown.text for shown in person.screen[seen:] if shown.kind == "text"])

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        return await self.type(who, tapped)


@dataclass
class OnZaloOA:
    """Up to five buttons, which are pressed; longer menus are numbered."""

    fake: FakeZaloOA
    server: Running
    people: dict[str, Follower] = field(default_factory=dict)

    async def type(self, who: str, text: str) -> list[Heard]:
        person = self.people.setdefault(who, self.fake.person(who))
        seen = len(person.screen)
        await self.fake.says(person, text)
        return await self._heard(person, seen)

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        if tapped.isdigit():
            return await self.type(who, tapped)
        person = self.people[who]
        seen = len(person.screen)
        await self.fake.presses(person, tapped)
        return await self._heard(person, seen)

    async def _heard(self, person: Follower, seen: int) -> list[Heard]:
        await self.server.calm("zalo_oa")
        await self.fake.settled()
        fresh = person.screen[seen:]
        if fresh and any(button.query for button in fresh[-1].buttons):
            *before, last = fresh
            shown = tuple((button.title, button.title) for button in last.buttons if button.query)
            return [*_numbered([one.text for one in before]), Heard(last.text, shown)]
        return _numbered([one.text for one in fresh])


def _numbered(texts: Sequence[str]) -> list[Heard]:
    """The numbered lines at a text's end are its buttons."""
    return [read(text) for text in texts]
