"""A channel on paper: it notes what it was given, and is out of order for some chats as it is told."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from bot.channels.channel import SENT, Capabilities, Decoded, Fetched, Headers, Ignored, Outcome
from handlers.chat import Say


@dataclass
class Paper:
    """Satisfies the protocol of channels; `broken`: what becomes of messages to a chat, in turn or always."""

    name: str = "paper"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(text=1000, a_second=1000))
    sent: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    broken: dict[str, Outcome | Exception] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    tries: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def verify(self, headers: Headers, body: bytes) -> bool:
        return True

    def decode(self, body: bytes) -> Decoded:
        return Ignored("foreign")

    async def send(self, address: str, say: Say, tapped: str | None = None) -> Outcome:
        self.tries[address] += 1
        if address in self.hanging:
            await asyncio.Event().wait()
        trouble = self.broken.get(address, self.broken.get("*", SENT))
        if isinstance(trouble, Exception):
            raise trouble
        if trouble == SENT:
            self.sent.append((address, say.text))
        return trouble

    async def acknowledge(self, tapped: str, passing: str = "") -> None:
        self.acknowledged.append((tapped, passing))

    async def leave(self, address: str, say: Say) -> None:
        self.left.append(address)

    async def prepare(self) -> Outcome:
        return SENT

    async def keep_fresh(self) -> Outcome:
        return SENT

    async def fetch(self, offset: int) -> Fetched:
        return Fetched(SENT)

    async def close(self) -> None:
        pass

    def to(self, address: str) -> list[str]:
        """What one chat got."""
        return [text for where, text in self.sent if where == address]
