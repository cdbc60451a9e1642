"""A question that comes by itself has a menu of its own: a number means what stands last, not what stood before."""

import re
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.app import App
from storage.people import person
from storage.schema import Transaction
from tests.channels.running import Running, running
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_bot_people import Chat


class House:
    """Two phones on a channel without buttons, and what they are told."""

    def __init__(self, fake: FakeZaloBot, server: Running) -> None:
        self.fake = fake
        self.server = server
        self.an, self.lan = fake.person("An"), fake.person("Lan")

    async def says(self, who: Chat, text: str) -> str:
        """Write, and read the last that came to the same phone."""
        seen = len(who.screen)
        await self.fake.says(who, text)
        await self.server.until(lambda: len(who.screen) > seen)
        await self.server.calm("zalo_bot")
        return who.screen[-1].text

    async def asked(self) -> str:
        """An is about to erase everything when Lan agrees to link: what An reads last then."""
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", await self.says(self.an, "/lienket"))
        assert code is not None
        assert "1. " in await self.says(self.lan, code[0])
        mine = await self.says(self.an, "/dulieu")
        erase = re.search(r"(\d+)\. Xóa", mine)
        assert erase is not None
        assert "1. Xóa hết" in await self.says(self.an, erase[1])
        seen = len(self.an.screen)
        await self.says(self.lan, "1")
        await self.server.until(lambda: len(self.an.screen) > seen)
        await self.server.calm("zalo_bot")
        return self.an.screen[-1].text


@pytest.fixture
async def house(app: App) -> AsyncIterator[House]:
    """A Zalo Bot at work."""
    async with FakeZaloBot() as fake:
        fake.longest = 0.05
        async with running(app, zalo_bot_token=SecretStr(fake.token), zalo_bot_api=fake.url) as server:
            yield House(fake, server)


def people(tx: Transaction) -> int:
    """How many are known."""
    return len(tx.execute(person.select()).all())


async def test_a_number_answers_the_question_that_came_last(house: House) -> None:
    """ "1" was "erase everything" a moment before; now it is "that's me", and nothing is erased."""
    assert "1. Đúng là tôi\n2. Không phải" in await house.asked()
    assert "Đã liên kết" in await house.says(house.an, "1")
    assert await house.server.app.database.read(people) == 1


async def test_the_owner_can_say_no(house: House) -> None:
    """ "2" denies, as the screen says: who typed a code that they saw gets nothing."""
    await house.asked()
    await house.says(house.an, "2")
    assert await house.server.app.database.read(people) == 2
    assert "liên kết" in house.lan.screen[-1].text.lower()
