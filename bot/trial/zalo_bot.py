"""Zalo Bot, by polling or behind one's own https address: the shape of payloads, pictures, styles, lengths, groups."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.channels.channel import SENT, Outcome, Presence
from bot.channels.zalo_bot import errors, wire
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import LISTEN, Answer
from bot.channels.zalo_bot.encode import Piece
from bot.trial import Stuck, claims
from bot.trial.hook import Hook
from bot.trial.step import Answered, Answers, Claim, Heard, Screen, Seen, Step, part
from handlers.chat import Thing
from storage.wording import catalogue

_ = catalogue("cli")

QUIET = LISTEN * 2.0  # seconds in which Zalo must have said that nothing came
PAUSE = 2.0  # seconds until Zalo is asked again after it didn't answer


@dataclass(slots=True)
class ZaloBotLine:
    """The bot's chat with the person. `hook`: where messages are brought to; None: they are asked for."""

    bot: ZaloBot
    hook: Hook | None = None
    chat: str = ""
    kind: str = "zalo-bot"
    ours: tuple[str, ...] = ()
    _registered: bool = False
    idle: asyncio.Event = field(default_factory=asyncio.Event)  # set once Zalo has said that nothing came

    async def begin(self, say: Screen) -> str:
        """Who we are; from now on messages come one way or the other."""
        found = await self.bot.check()
        if found.outcome != SENT:
            raise Stuck(_("Zalo doesn't take the token, or isn't reached ({code}).", code=found.outcome.code))
        if self.hook is not None:
            await self.hook.open()
        claims.moved(say, found.webhook)
        ready = await self.bot.prepare()
        if ready != SENT:
            raise Stuck(_("Zalo doesn't take how the trial wants to listen ({code}).", code=ready.code))
        self._registered = self.hook is not None
        return found.name

    async def hear(self) -> AsyncIterator[Heard | Outcome]:
        """All messages, each as it came."""
        while self.hook is not None:
            headers, body = await self.hook.came.get()
            yield Heard(_read(body), wire.decode(body), signed=self.bot.verify(headers, body))
        while True:
            answer = await self.bot.client.updates()
            if answer.outcome == SENT:
                yield Heard(_read(answer.result), wire.decode(answer.result))
            elif answer.outcome.code == errors.IDLE:
                self.idle.set()
            else:
                yield answer.outcome
                await asyncio.sleep(answer.outcome.wait or PAUSE)

    def advice(self) -> str:
        """Bots cost nothing."""
        return claims.own_bot()

    def sender(self, payload: Any) -> str:
        """Who wrote."""
        return str(part(_update(payload), "message", "from", "id") or "")

    async def close(self) -> None:
        """Listen no more; what the trial registered is taken away."""
        if self.hook is not None:
            await self.hook.close()
        if self._registered:
            await self.bot.client.listen_here()
        await self.bot.close()

    def steps(self, code: str) -> tuple[Step, ...]:
        """The table."""
        return (self._hello(code), *_things(), *self._sent(), _group(), *self._silence(), _watched())

    def _hello(self, code: str) -> Step:
        way = self._brought() if self.hook is not None else self._fetched()
        return Step(
            "a typed text",
            lambda: _("On the phone: open the bot and send exactly: {code}", code=code),
            (
                claims.text(),
                Claim("the message has a number", lambda: _("Each message has a number of its own."), _numbered),
                Claim("its date is in milliseconds", lambda: _("Its time is told in milliseconds."), _dated),
                *way,
            ),
        )

    def _brought(self) -> tuple[Claim, ...]:
        return (
            Claim(
                "the payload stands in ok and result",
                lambda: _("What is brought stands in an envelope (ok, result)."),
                lambda seen: seen.heard and part(seen.heard.payload, "result") is not None,
                lambda _seen: "bare",
            ),
            Claim(
                "the secret comes along",
                lambda: _("The secret comes along in the header we look at."),
                lambda seen: seen.heard and seen.heard.signed,
            ),
        )

    def _fetched(self) -> tuple[Claim, ...]:
        return (
            Claim(
                "getUpdates gives one object",
                lambda: _("Asked, Zalo gives one message, not a list."),
                lambda seen: seen.heard and isinstance(seen.heard.payload, dict),
                lambda _seen: "list",
            ),
        )

    def _sent(self) -> tuple[Step, ...]:
        return (
            Step(
                "bold by text_styles",
                lambda: _("Look at the last message. Does its second word stand in bold? (c/k)"),
                (
                    claims.taken("text_styles are taken", lambda: _("A message with a bold place is taken.")),
                    claims.answered("text_styles are shown", lambda: _("The bold place is seen."), yes=True),
                ),
                does=self._bold,
                hears=None,
                asks=True,
            ),
            claims.longest(self._text),
        )

    def _silence(self) -> tuple[Step, ...]:
        if self.hook is not None:
            return ()
        return (
            Step(
                "nothing comes",
                lambda: _("Nothing to do: send nothing for about 15 seconds."),
                (
                    Claim(
                        "when nothing comes, the code is 408",
                        lambda: _("When nothing comes, Zalo says 408."),
                        lambda _seen: self.idle.is_set(),
                    ),
                ),
                does=self._quiet,
                hears=None,
            ),
        )

    async def _quiet(self) -> Answers:
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET):
                await self.idle.wait()
        return ()

    async def _bold(self) -> Answers:
        return (await self._carry(Piece("Lachan LACHAN lachan", ((7, 6),))),)

    async def _text(self, text: str) -> Answered:
        return await self._carry(Piece(text))

    async def _carry(self, piece: Piece) -> Answered:
        answer: Answer = await self.bot.client.send(self.chat, piece)
        return Answered("sendMessage", answer.outcome, _read(answer.result))


def _things() -> tuple[Step, ...]:
    documented = Claim(
        "the field is photo",
        lambda: _("The picture stands in the field `photo`, as documented."),
        lambda seen: seen.heard and part(_update(seen.heard.payload), "message", "photo") is not None,
        lambda seen: ", ".join(sorted(_fields(seen))),
    )
    return (
        Step("a sticker", lambda: _("Send a sticker."), (claims.reads(Thing.STICKER),)),
        Step("a picture", lambda: _("Send any picture."), (claims.reads(Thing.PHOTO), documented)),
        Step("a voice message", lambda: _("Send a voice message of one second."), (claims.reads(Thing.VOICE),)),
        Step("a file", lambda: _("Send any file."), (claims.reads(Thing.HIDDEN),)),
    )


def _watched() -> Step:
    return Step(
        "who reads the chat",
        lambda: _("Ask whoever made the bot: can they read this chat anywhere? (c/k)"),
        (claims.answered("its creator reads the chat", lambda: _("The bot's creator can read it."), yes=True),),
        hears=None,
        asks=True,
    )


def _group() -> Step:
    return Step(
        "a text in a group",
        lambda: _("Put the bot into a group and mention it there with @. If that can't be done: Enter."),
        (claims.presence(Presence.GROUP),),
    )


def _update(payload: Any) -> Any:
    """The update within its envelope; of a list the first."""
    payload = payload[0] if isinstance(payload, list) and payload else payload
    return part(payload, "result") or payload


def _fields(seen: Seen) -> set[str]:
    message = part(_update(seen.heard.payload), "message") if seen.heard else None
    return {name for name in message if isinstance(name, str)} if isinstance(message, dict) else set()


def _numbered(seen: Seen) -> bool | None:
    return seen.heard and bool(part(_update(seen.heard.payload), "message", "message_id"))


def _dated(seen: Seen) -> bool | None:
    date = part(_update(seen.heard.payload), "message", "date") if seen.heard else None
    return seen.heard and isinstance(date, int) and date > 10**11


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
