"""Telegram as a channel: one live message that is edited in place, buttons, and an answer to every tap."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.channel import SENT, Capabilities, Decoded, Fetched, Headers, Outcome, Result
from bot.channels.halfway import Halfway
from bot.channels.telegram import encode, errors, profile, wire
from handlers.chat import Say

if TYPE_CHECKING:
    from bot.channels.telegram.client import Answer, Client

MOST_LIVE = 20_000  # chats whose live message is remembered
BATCH = 100  # updates that Telegram gives at once


@dataclass(frozen=True, slots=True)
class _Live:
    """The message that is edited in place, and a hash of what it says."""

    number: int
    shown: bytes
    guarded: bool = False  # it can't be passed on; that is so from the beginning, or never


@dataclass(slots=True)
class Telegram:
    """The citizens' bot. `secret`: what its webhook must show; `address`: where that is, empty: we ask for updates."""

    client: "Client"
    secret: str = field(default="", repr=False)
    address: str = ""
    name: str = wire.NAME
    capabilities: Capabilities = encode.ABLE
    _live: OrderedDict[str, _Live] = field(default_factory=OrderedDict)
    _halfway: Halfway = field(default_factory=Halfway)
    _dressed: bool = False

    def verify(self, headers: Headers, body: bytes) -> bool:  # noqa: ARG002 - Telegram signs nothing
        """Whether the secret we gave Telegram came along; without one nobody is let in."""
        shown = headers.get("x-telegram-bot-api-secret-token", "")
        return bool(self.secret) and secrets.compare_digest(shown.encode(), self.secret.encode())

    def decode(self, body: bytes) -> Decoded:
        """One update."""
        return wire.decode(body)

    async def send(self, address: str, say: Say, tapped: str | None = None) -> Outcome:
        """Edit the message that was tapped, if it is the live one and the answer fits into it; else send anew. First
        aid is never written over."""
        texts, rows = encode.pieces(encode.unpassed(say) if tapped else say), encode.rows(say)
        if say.document is not None:
            from bot.channels.telegram.client import number

            answer = await self.client.send_document(address, say.document, encode.caption(say), rows)
            return self._lives(address, number(answer), "", answer, guarded=True)
        place = self._editable(address, tapped, guarded=say.personal)
        if place is not None and len(texts) == 1:
            edited = await self._edited(address, place, texts[0], rows)
            if edited is not None:
                return edited
        return await self._anew(address, texts, rows, guarded=say.personal)

    async def acknowledge(self, tapped: str, passing: str = "") -> None:
        """Answer a tap."""
        await self.client.answer_tap(tapped.partition(" ")[2], encode.passing(passing))

    async def leave(self, address: str, say: Say) -> None:
        """Say why, and leave."""
        await self.client.send(address, encode.pieces(say)[0], (), guarded=False)
        await self.client.leave(address)

    async def prepare(self) -> Outcome:
        """Set how we listen."""
        listening = self.client.listen_at(self.address, self.secret, wire.KINDS) if self.address else None
        return (await (listening or self.client.listen_here())).outcome

    async def keep_fresh(self) -> Outcome:
        """The commands and descriptions, where they don't stand yet: people are served all the same."""
        if not self._dressed:
            self._dressed = (await profile.show(self.client)) == SENT
        return SENT

    async def fetch(self, offset: int) -> Fetched:
        """Ask for updates."""
        answer = await self.client.updates(offset, wire.KINDS)
        if answer.outcome != SENT:
            return Fetched(answer.outcome)
        events = tuple(event for raw in answer.result if (event := wire.numbered(raw)) is not None)
        return Fetched(SENT, events, more=len(answer.result) >= BATCH)

    async def close(self) -> None:
        """Let go of connections."""
        await self.client.close()

    def _editable(self, address: str, tapped: str | None, *, guarded: bool) -> int | None:
        """The number of the tapped message, unless it must stay, another one is the live one by now, or only one of
        it and the answer is guarded."""
        number = (tapped or "").partition(" ")[0]
        live = self._live.get(address)
        if not number.isdigit() or live is None or (live.number, live.guarded) != (int(number), guarded):
            return None
        return live.number

    async def _edited(self, address: str, place: int, text: str, rows: tuple[encode.Row, ...]) -> Outcome | None:
        """None when it can't be edited any more."""
        live, digest = self._live.get(address), _digest(text, rows)
        if live is not None and live.shown == digest:
            return SENT  # it says so already
        answer = await self.client.edit(address, place, text, rows)
        if errors.uneditable(answer.said) or answer.outcome.result is Result.REFUSED:
            return None
        if answer.outcome.result is Result.SENT:
            self._remember(address, _Live(place, digest, guarded=live is not None and live.guarded))
        return answer.outcome

    async def _anew(
        self, address: str, texts: tuple[str, ...], rows: tuple[encode.Row, ...], *, guarded: bool
    ) -> Outcome:
        shown = [(text, ()) for text in texts[:-1]] + [(texts[-1], rows)]
        return await self._halfway.carry(address, shown, partial(self._carried, address, guarded=guarded))

    async def _carried(self, address: str, piece: tuple[str, tuple[encode.Row, ...]], *, guarded: bool) -> Outcome:
        """One piece; should Telegram not understand its HTML, as plain text."""
        from bot.channels.telegram.client import number

        answer = await self.client.send(address, *piece, guarded=guarded)
        if answer.outcome.result is Result.REFUSED and errors.UNREADABLE in answer.said.lower():
            answer = await self.client.send(address, encode.bare(piece[0]), piece[1], guarded=guarded, html=False)
        return self._lives(address, number(answer), _digest(*piece), answer, guarded=guarded)

    def _lives(
        self, address: str, number: int | None, digest: bytes | str, answer: "Answer", *, guarded: bool
    ) -> Outcome:
        if number is not None:
            self._remember(address, _Live(number, digest if isinstance(digest, bytes) else b"", guarded))
        return answer.outcome

    def _remember(self, address: str, live: _Live) -> None:
        self._live[address] = live
        self._live.move_to_end(address)
        if len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)


def _digest(text: str, rows: tuple[encode.Row, ...]) -> bytes:
    shown = "\0".join((text, *(f"{one.label}\0{one.action}" for row in rows for one in row)))
    return hashlib.blake2b(shown.encode("utf-8", "surrogatepass"), digest_size=12).digest()
