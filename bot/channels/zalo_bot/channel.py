"""Zalo Bot as a channel: text only, one chat with one person, menus that are answered by typing."""

import asyncio
import secrets
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from bot.channels.channel import SENT, Capabilities, Decoded, Fetched, Headers, Ignored, Outcome, Result
from bot.channels.halfway import Halfway
from bot.channels.zalo_bot import encode, errors, wire
from bot.channels.zalo_bot.encode import Piece
from handlers.chat import Say

if TYPE_CHECKING:
    from bot.channels.zalo_bot.client import Answer, Client

SECRET = range(8, 257)  # how long Zalo wants the webhook's secret
MOST_GROUPS = 1000  # groups that were told
GOODBYE = 1.0  # seconds for telling a group: a webhook waits for it
SPELL = 1.0  # seconds from one question for messages to the next, at least, where nothing came


@dataclass(frozen=True, slots=True)
class Check:
    """How the bot stands with Zalo: its name, and where its messages are brought to, empty: they are asked for."""

    outcome: Outcome
    name: str = ""
    webhook: str = ""


class _Told(msgspec.Struct):
    account_name: Any = ""
    url: Any = ""


@dataclass(slots=True)
class ZaloBot:
    """The bot. `secret`: what Zalo's webhook must show; `address`: where it is called, empty: it is asked."""

    client: "Client"
    secret: str = field(default="", repr=False)
    address: str = ""
    name: str = wire.NAME
    capabilities: Capabilities = encode.ABLE
    _halfway: Halfway = field(default_factory=Halfway, repr=False)
    _groups: OrderedDict[str, None] = field(default_factory=OrderedDict, repr=False)
    _given: tuple[int, Decoded] | None = field(default=None, repr=False)

    def verify(self, headers: Headers, body: bytes) -> bool:  # noqa: ARG002 - Zalo Bot signs nothing
        """Whether the secret we gave Zalo came along; without one nobody is let in."""
        shown = headers.get("x-bot-api-secret-token", "").encode("utf-8", "surrogatepass")
        return bool(self.secret) and secrets.compare_digest(shown, self.secret.encode())

    def decode(self, body: bytes) -> Decoded:
        """One message."""
        return wire.decode(body)

    async def send(self, address: str, say: Say, tapped: str | None = None) -> Outcome:  # noqa: ARG002 - no taps here
        """Send piece by piece."""
        return await self._halfway.carry(address, encode.pieces(say), partial(self._carry, address))

    async def acknowledge(self, tapped: str, passing: str = "") -> None:
        """There is nothing to tap."""

    async def leave(self, address: str, say: Say) -> None:
        """Tell a group once that this is for two. Zalo has no call that leaves it, and each message is paid for."""
        if address in self._groups:
            return
        self._groups[address] = None
        if len(self._groups) > MOST_GROUPS:
            self._groups.popitem(last=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.client.send(address, encode.pieces(say)[0])

    async def prepare(self) -> Outcome:
        """Set how we listen. Asking is refused while Zalo has an address to call."""
        if not self.address:
            answer = await self.client.listen_here()
            return SENT if answer.outcome.code == "404" else answer.outcome  # there was none
        if len(self.secret) not in SECRET:
            return Outcome(Result.BROKEN, reached=False, code="secret")
        return (await self.client.listen_at(self.address, self.secret)).outcome

    async def keep_fresh(self) -> Outcome:
        """Nothing of ours runs out there."""
        return SENT

    async def fetch(self, offset: int) -> Fetched:
        """Ask for the next message. Zalo numbers none and forgets what it gave, so it is numbered and held here until
        `offset` has passed it."""
        if self._given is None or self._given[0] < offset:
            started = asyncio.get_running_loop().time()
            answer = await self.client.updates()
            if answer.outcome != SENT and answer.outcome.code != errors.IDLE:
                return Fetched(answer.outcome)
            self._given = (offset, wire.decode(answer.result)) if answer.result.startswith(b"{") else None
            if self._given is None or isinstance(self._given[1], Ignored):
                await _spell(started)
        # Nothing is confirmed to Zalo, so waiting for a private answer to arrive would save nothing: more.
        return Fetched(SENT, (self._given,) if self._given else (), more=True)

    async def check(self) -> Check:
        """Ask Zalo who we are and where it brings messages to."""
        me = await self.client.me()
        if me.outcome != SENT:
            return Check(me.outcome)
        webhook = await self.client.webhook()
        known = webhook.outcome == SENT or webhook.outcome.code == "404"
        return Check(SENT if known else webhook.outcome, _told(me).account_name, _told(webhook).url)

    async def close(self) -> None:
        """Let go of connections."""
        await self.client.close()

    async def _carry(self, address: str, piece: Piece) -> Outcome:
        """One piece; should Zalo not like its bold places after all, without them."""
        answer = await self.client.send(address, piece)
        if piece.bold and answer.outcome.code == "400":
            answer = await self.client.send(address, Piece(piece.text))
        return answer.outcome


async def _spell(started: float) -> None:
    """Wait a moment where the answer came at once: it would be asked for again without end."""
    passed = asyncio.get_running_loop().time() - started
    await asyncio.sleep(max(0.0, SPELL - passed))


def _told(answer: "Answer") -> _Told:
    """What Zalo told, as far as it is text."""
    try:
        told = msgspec.json.decode(answer.result or b"{}", type=_Told)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Told()
    name, url = (one if isinstance(one, str) else "" for one in (told.account_name, told.url))
    return _Told(name, url)
