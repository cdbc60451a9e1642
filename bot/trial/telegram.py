"""Telegram, by polling: what stickers and the like look like, edits, guarded messages, numbers to call, lengths."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.channel import SENT, Outcome, Presence, Result
from bot.channels.telegram import encode, errors, wire
from bot.channels.texts import utf16
from bot.trial import Stuck, claims
from bot.trial.step import Answered, Answers, Claim, Heard, Screen, Seen, Step, part
from handlers.chat import Button, Incoming, Thing
from storage.wording import catalogue

if TYPE_CHECKING:
    from bot.channels.telegram.client import Answer, Client

_ = catalogue("cli")

ACTION = "trial:1"
PAUSE = 2.0  # seconds until Telegram is asked again after it didn't answer
WIDE = "\U0001f642"  # one sign, two units of UTF-16


@dataclass(slots=True)
class TelegramLine:
    """The bot's chat with the person."""

    client: "Client"
    chat: str = ""
    kind: str = "telegram"
    ours: tuple[str, ...] = (ACTION, "/start")
    _offset: int = 0

    async def begin(self, say: Screen) -> str:
        """Who we are; from now on messages are asked for."""
        me, hook = await self.client.me(), await self.client.webhook()
        failed = next((one.outcome for one in (me, hook) if one.outcome != SENT), None)
        if failed is None:
            claims.moved(say, hook.result.url)
            failed = (await self.client.listen_here()).outcome
        if failed != SENT:
            raise Stuck(_("Telegram doesn't take the token, or isn't reached ({code}).", code=failed.code))
        return f"@{me.result.username}"

    async def hear(self) -> AsyncIterator[Heard | Outcome]:
        """All updates, each as it came."""
        while True:
            answer = await self.client.updates(self._offset, wire.KINDS)
            if answer.outcome != SENT:
                yield answer.outcome
                await asyncio.sleep(answer.outcome.wait or PAUSE)
                continue
            for raw in answer.result:
                number, decoded = wire.numbered(raw) or (self._offset, None)
                self._offset = max(self._offset, number + 1)
                if decoded is not None:
                    yield Heard(raw, decoded)

    def advice(self) -> str:
        """Bots cost nothing."""
        return claims.own_bot()

    def sender(self, payload: Any) -> str:
        """Who wrote, tapped or blocked."""
        found = (part(payload, kind, "from", "id") for kind in wire.KINDS)
        return next((str(who) for who in found if who is not None), "")

    async def close(self) -> None:
        """Let go of connections. What came stays confirmed: it was for the trial."""
        await self.client.close()

    def steps(self, code: str) -> tuple[Step, ...]:
        """The table."""
        return (_hello(code), *_things(), *self._sent(), *_doors())

    def _sent(self) -> tuple[Step, ...]:
        return self._press(), self._same(), self._guard(), self._dial(), self._longest()

    def _press(self) -> Step:
        return Step(
            "a press on a button",
            lambda: _("Tap the button under the message that has just come."),
            (
                claims.taken("a button is taken", lambda: _("A button is taken.")),
                claims.taps(ACTION),
                claims.taken("a tap can be answered", lambda: _("A tap can be answered."), 1),
            ),
            does=self._button,
            after=self._tapped,
        )

    def _same(self) -> Step:
        return Step(
            "an edit that changes nothing",
            lambda: _("Nothing to do: the bot edits a message without changing it."),
            (Claim("is refused as not modified", lambda: _("Telegram says that nothing changed."), _unchanged),),
            does=self._edited_twice,
            hears=None,
        )

    def _guard(self) -> Step:
        return Step(
            "a guarded message",
            lambda: _("Hold your finger on the last message. Can it be forwarded? (c/k)"),
            (
                claims.taken("a guarded message is taken", lambda: _("A guarded message is taken.")),
                claims.answered("can't be forwarded", lambda: _("It can't be forwarded."), yes=False),
            ),
            does=self._guarded,
            hears=None,
            asks=True,
        )

    def _dial(self) -> Step:
        return Step(
            "numbers to call in a text",
            lambda: _("Tap the numbers 111 and 115 in the last message, and don't call. Do both offer to? (c/k)"),
            (claims.answered("short numbers can be tapped", lambda: _("Short numbers can be tapped."), yes=True),),
            does=self._numbers,
            hears=None,
            asks=True,
        )

    def _longest(self) -> Step:
        return Step(
            "the longest text",
            lambda: _("Nothing to do: the bot sends very long messages."),
            (
                claims.taken("4096 units of UTF-16 are taken", lambda: _("A text of 4,096 units is taken.")),
                claims.refused("4098 are refused", lambda: _("Two more are refused: we count alike."), 1),
            ),
            does=self._long,
            hears=None,
        )

    async def _button(self) -> Answers:
        rows = ((Button(_("Tap here"), ACTION),),)
        return (_told("sendMessage", await self.client.send(self.chat, _("A trial."), rows, guarded=False)),)

    async def _tapped(self, heard: Heard) -> Answers:
        tapped = heard.decoded.tapped if isinstance(heard.decoded, Incoming) else None
        if tapped is None:
            return ()
        answer = await self.client.answer_tap(tapped.partition(" ")[2], "")
        return (_told("answerCallbackQuery", answer),)

    async def _edited_twice(self) -> Answers:
        from bot.channels.telegram.client import number

        sent = await self.client.send(self.chat, _("A trial."), (), guarded=False)
        place = number(sent)
        if place is None:
            return (_told("sendMessage", sent),)
        answer = await self.client.edit(self.chat, place, _("A trial."), ())
        return _told("sendMessage", sent), _told("editMessageText", answer)

    async def _guarded(self) -> Answers:
        return (_told("sendMessage", await self.client.send(self.chat, _("A trial."), (), guarded=True)),)

    async def _numbers(self) -> Answers:
        text = "☎ 111\n☎ 115"
        return (_told("sendMessage", await self.client.send(self.chat, text, (), guarded=False)),)

    async def _long(self) -> Answers:
        full = encode.ABLE.text // utf16(WIDE)
        just = await self.client.send(self.chat, WIDE * full, (), guarded=False)
        over = await self.client.send(self.chat, WIDE * (full + 1), (), guarded=False)
        return _told("sendMessage", just), _told("sendMessage", over)


def _hello(code: str) -> Step:
    return Step(
        "a typed text",
        lambda: _("On the phone: open the bot, press Start, then send exactly: {code}", code=code),
        (claims.text(),),
    )


def _things() -> tuple[Step, ...]:
    return (
        Step("a sticker", lambda: _("Send a sticker."), (claims.reads(Thing.STICKER),)),
        Step("a voice message", lambda: _("Send a voice message of one second."), (claims.reads(Thing.VOICE),)),
        Step(
            "a photo with words",
            lambda: _("Send any picture with a word written under it."),
            (claims.reads(Thing.PHOTO), claims.words_beside()),
        ),
        Step("a contact", lambda: _("Send somebody's contact from the address book."), (claims.reads(Thing.CONTACT),)),
        Step("a location", lambda: _("Send a location."), (claims.reads(Thing.LOCATION),)),
        Step("a forwarded text", lambda: _("Forward any text here."), (claims.reads(Thing.FORWARD),)),
        Step("a changed text", lambda: _("Change the first message you typed."), (claims.reads(Thing.EDITED),)),
    )


def _doors() -> tuple[Step, ...]:
    return (
        Step("the bot is blocked", lambda: _("Block the bot."), (claims.presence(Presence.CLOSED),)),
        Step("the bot is unblocked", lambda: _("Unblock the bot."), (claims.presence(Presence.OPEN),)),
    )


def _unchanged(seen: Seen) -> bool | None:
    if len(seen.answers) < 2 or not seen.answers[1].outcome.reached:
        return None
    return errors.UNCHANGED in seen.answers[1].said.lower() and seen.answers[1].outcome.result is Result.SENT


def _told(call: str, answer: "Answer") -> Answered:
    return Answered(call, answer.outcome, said=answer.said)
