"""People who come to a real server over a platform, and what of them and of us must be told nowhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from tests.fakes import zalo_bot_people
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Person
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_bot_people import Chat
from tests.fakes.zalo_oa import FakeZaloOA, keys
from tests.fakes.zalo_oa_people import Person as Follower
from tests.privacy.searching import Secret
from tests.servers import Server

QUIET = 0.7  # seconds in which nothing was sent, nor written down
_ids = count(7_351_904_462)


class Visitors(Protocol):
    """A platform's people. Each is `who` for the others; what they do is handed over at once, and answered later."""

    taps: bool  # whether there are buttons; else a label is typed

    def come(self) -> Any:
        """Somebody new."""
        ...

    async def write(self, who: Any, text: str) -> None:
        """Type."""
        ...

    async def tap(self, who: Any, action: str) -> None:
        """Tap a button that has this action."""
        ...

    async def show(self, who: Any, words: str) -> None:
        """Send a picture with words under it."""
        ...

    def ids(self, who: Any) -> list[Secret]:
        """What the platform calls them, in every form."""
        ...

    def heard(self, who: Any) -> str:
        """All that they read so far."""
        ...

    def sent(self) -> int:
        """How often the platform was asked for anything."""
        ...


@dataclass
class OnTelegram:
    """Numbers for people."""

    fake: Telegram
    taps: bool = True

    def come(self) -> Person:
        return self.fake.person(next(_ids))

    async def write(self, who: Person, text: str) -> None:
        who.write(text)

    async def tap(self, who: Person, action: str) -> None:
        who.tap_data(action, who.heard[-1].number if who.heard else 1)

    async def show(self, who: Person, words: str) -> None:
        who.send("photo", words)

    def ids(self, who: Person) -> list[Secret]:
        return [str(who.chat.id), who.chat.id.to_bytes(5, "big")]

    def heard(self, who: Person) -> str:
        return "\n".join(message.text for message in who.heard)

    def sent(self) -> int:
        return len(self.fake.record)


@dataclass
class OnZaloBot:
    """No buttons, hexadecimal names."""

    fake: FakeZaloBot
    taps: bool = False

    def come(self) -> Chat:
        return self.fake.person("An Nguyen z7q")

    async def write(self, who: Chat, text: str) -> None:
        await self.fake.says(who, text)

    async def tap(self, who: Chat, action: str) -> None:
        raise NotImplementedError

    async def show(self, who: Chat, words: str) -> None:
        await self.fake.sends(who, zalo_bot_people.image("https://photo.example.vn/1.jpg", words))

    def ids(self, who: Chat) -> list[Secret]:
        return [who.id, bytes.fromhex(who.id), who.name]

    def heard(self, who: Chat) -> str:
        return "\n".join(who.texts)

    def sent(self) -> int:
        return len(self.fake.calls)


@dataclass
class OnZaloOA:
    """Buttons whose press is a text, long numbers for people."""

    fake: FakeZaloOA
    taps: bool = True
    delivered: list[int] = field(default_factory=list)

    def come(self) -> Follower:
        return self.fake.person("An")

    async def write(self, who: Follower, text: str) -> None:
        await self.fake.says(who, text)

    async def tap(self, who: Follower, action: str) -> None:
        await self.fake.says(who, f"#{action}")

    async def show(self, who: Follower, words: str) -> None:
        await self.fake.sends(who, "user_send_image", {"text": words, "attachments": [{"type": "image"}]})

    def ids(self, who: Follower) -> list[Secret]:
        return [who.id, int(who.id).to_bytes(8, "big")]

    def heard(self, who: Follower) -> str:
        return "\n".join(who.texts)

    def sent(self) -> int:
        return len(self.fake.calls)


@asynccontextmanager
async def telegram(server: Server) -> AsyncIterator[Visitors]:
    async with Telegram(light=True) as fake:
        server.settings |= {"LACHAN_TELEGRAM_TOKEN": fake.token, "LACHAN_TELEGRAM_API": fake.url}
        await asyncio.to_thread(server.start)
        yield OnTelegram(fake)


@asynccontextmanager
async def zalo_bot(server: Server) -> AsyncIterator[Visitors]:
    async with FakeZaloBot() as fake:
        server.settings |= {"LACHAN_ZALO_BOT_TOKEN": fake.token, "LACHAN_ZALO_BOT_API": fake.url}
        await asyncio.to_thread(server.start)
        yield OnZaloBot(fake)


@asynccontextmanager
async def zalo_oa(server: Server) -> AsyncIterator[Visitors]:
    async with FakeZaloOA() as fake:
        server.settings |= keys(fake)
        await asyncio.to_thread(server.start)
        fake.listen(f"{server.url}/zalo/oa/webhook")
        yield OnZaloOA(fake)


COMING: Mapping[str, Callable[[Server], AbstractAsyncContextManager[Visitors]]] = {
    "telegram": telegram,
    "zalo_bot": zalo_bot,
    "zalo_oa": zalo_oa,
}
"""How each platform comes to a server, which is started with it."""


async def calm(visitors: Visitors, seconds: float = 20) -> None:
    """Wait until all was answered: nothing has been sent for a while."""
    begun = last = time.monotonic()
    known = visitors.sent()
    while time.monotonic() - last < QUIET:
        assert time.monotonic() - begun < seconds, "it doesn't come to rest"
        await asyncio.sleep(0.02)
        if visitors.sent() != known:
            known, last = visitors.sent(), time.monotonic()
