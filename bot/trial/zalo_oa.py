"""Zalo OA, behind one's own https address: signatures, buttons, numbers to call, lengths, echoes, an operator's words.

The access token is used as it is set. It is never renewed: that would spend the server's refresh token.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.channels.channel import SENT, Headers, Ignored, Operator, Outcome, Presence
from bot.channels.zalo_oa import encode, errors, wire
from bot.channels.zalo_oa.client import Answer, Client
from bot.channels.zalo_oa.encode import Part
from bot.channels.zalo_oa.wire import Account
from bot.trial import Stuck, claims, signatures
from bot.trial.hook import Hook
from bot.trial.step import Answered, Answers, Claim, Heard, Screen, Seen, Step, part
from handlers.chat import Button, Call, Say, Thing
from storage.wording import catalogue

_ = catalogue("cli")

ACTION = "trial:1"


@dataclass(slots=True)
class ZaloOALine:
    """The OA's chat with the person. `token`: an access token; `address`: where Zalo brings events to."""

    client: Client
    token: str
    account: Account
    hook: Hook
    now: Callable[[], datetime]
    address: str
    chat: str = ""
    kind: str = "zalo-oa"
    ours: tuple[str, ...] = (wire.MARK + ACTION, ACTION)

    async def begin(self, say: Screen) -> str:
        """Which OA it is; from now on events are taken. What only Zalo's console shows is asked for first."""
        say(_("At developers.zalo.me the webhook must be {address}.", address=self.address))
        say(
            _(
                "There, events and resending are on, the filter for # is off; they come to port {port}.",
                port=self.hook.port,
            )
        )
        answer = await self.client.account(self.token)
        outcome = errors.outcome(answer, self.now())
        if errors.is_stale(answer):
            raise Stuck(_("The access token has run out or isn't whole. Set a fresh LACHAN_ZALO_OA_ACCESS_TOKEN."))
        if outcome != SENT:
            raise Stuck(_("Zalo doesn't take the app, or isn't reached ({code}).", code=outcome.code))
        self.account = replace(self.account, oa=str(part(answer.data, "data", "oa_id") or ""))
        await self.hook.open()
        return str(part(answer.data, "data", "name") or "OA")

    async def hear(self) -> AsyncIterator[Heard | Outcome]:
        """All events, signed or not: whether they are is one of the things that are tried."""
        while True:
            headers, body = await self.hook.came.get()
            signed = wire.is_signed(self.account, headers, body, self.now())
            yield Heard(
                signatures.read(body), wire.decode(self.account, body), self._shapes(headers, body), signed=signed
            )

    def advice(self) -> str:
        """There is only one."""
        return _("Choose an hour in which few people write.")

    def sender(self, payload: Any) -> str:
        """Whose doing an event is; of what the OA sent, to whom."""
        if str(part(payload, "event_name") or "").startswith("oa_send"):
            return str(part(payload, "recipient", "id") or "")
        return str(part(payload, "sender", "id") or part(payload, "follower", "id") or "")

    async def close(self) -> None:
        """Listen no more."""
        await self.hook.close()
        await self.client.close()

    def steps(self, code: str) -> tuple[Step, ...]:
        """The table."""
        sent = (self._press(), self._dial(), claims.longest(self._text), self._echo())
        return (_hello(code), *_things(), *sent, _operator(code), *_doors())

    def _shapes(self, headers: Headers, body: bytes) -> dict[str, str]:
        shown = headers.get(signatures.HEADER, "")
        return {signatures.HEADER: signatures.shape(shown, self.account, body)}

    def _press(self) -> Step:
        return Step(
            "a press on a button",
            lambda: _("Tap the button under the message that has just come."),
            (
                replace(
                    claims.taken(
                        "buttons are taken without template_type",
                        lambda: _("A button is taken without template_type."),
                    ),
                    instead=_with_type,
                ),
                claims.taps(ACTION),
                Claim("a reply isn't charged", lambda: _("A reply isn't charged."), _free),
            ),
            does=self._button,
        )

    def _dial(self) -> Step:
        return Step(
            "a short number on a phone button",
            lambda: _("Tap the button 111 of the last message, and don't call. Does the dial pad open? (c/k)"),
            (
                claims.taken("a button for 111 is taken", lambda: _("A button that calls 111 is taken.")),
                claims.answered("it opens the dial pad", lambda: _("It opens the dial pad."), yes=True),
            ),
            does=self._call,
            hears=None,
            asks=True,
        )

    def _echo(self) -> Step:
        return Step(
            "the echo of what we send",
            lambda: _("Nothing to do: the bot sends a message and waits for its echo."),
            (
                Claim(
                    "our own messages come back and are ignored",
                    lambda: _("What the bot sends comes back, and is known as its own."),
                    lambda seen: seen.heard and isinstance(seen.heard.decoded, Ignored),
                ),
            ),
            does=self._word,
            hears=lambda heard: part(heard.payload, "event_name") == "oa_send_text",
        )

    async def _button(self) -> Answers:
        """As the bot sends it; only where that is refused, with the field that some write."""
        message = encode.parts(Say(_("A trial."), (Button(_("Tap here"), ACTION),)))[-1].message()
        first = await self._carry(message)
        if not errors.is_unfit(first.outcome):
            return (first,)
        message["attachment"]["payload"]["template_type"] = "button"
        return first, await self._carry(message)

    async def _call(self) -> Answers:
        say = Say(_("A trial."), calls=(Call("111", "111"),))
        return (await self._carry(encode.parts(say)[-1].message()),)

    async def _text(self, text: str) -> Answered:
        return await self._carry(Part(text).message())

    async def _word(self) -> Answers:
        return (await self._carry(Part(_("A trial.")).message()),)

    async def _carry(self, message: dict[str, Any]) -> Answered:
        answer: Answer = await self.client.send(self.token, self.chat, message)
        return Answered("message/cs", errors.outcome(answer, self.now()), answer.data)


def _hello(code: str) -> Step:
    return Step(
        "a typed text",
        lambda: _("On the phone: open the OA and send exactly: {code}", code=code),
        (
            claims.text(),
            Claim(
                "the signature begins with mac=",
                lambda: _("The signature begins with mac=."),
                lambda seen: seen.heard and _shape(seen).startswith("mac="),
                _shape,
            ),
            Claim(
                "the signature is plain SHA-256 over app, body, time, key",
                lambda: _("The signature is made as documented (SHA-256)."),
                lambda seen: seen.heard and seen.heard.signed,
                _shape,
            ),
            Claim("its time is a text in milliseconds", lambda: _("Its time is told in milliseconds."), _timed),
            claims.has(
                "the message has a number", lambda: _("Each message has a number of its own."), "message", "msg_id"
            ),
        ),
    )


def _things() -> tuple[Step, ...]:
    return (
        Step("a sticker", lambda: _("Send a sticker."), (claims.reads(Thing.STICKER),)),
        Step("a picture", lambda: _("Send any picture."), (claims.reads(Thing.PHOTO),)),
        Step("a voice message", lambda: _("Send a voice message of one second."), (claims.reads(Thing.VOICE),)),
        Step("a location", lambda: _("Send a location."), (claims.reads(Thing.LOCATION),)),
        Step("a contact", lambda: _("Send somebody's contact from the address book."), (claims.reads(Thing.CONTACT),)),
    )


def _operator(code: str) -> Step:
    return Step(
        "an operator's words",
        lambda: _("At oa.zalo.me, as the OA, answer this chat with: {code}", code=code),
        (
            Claim(
                "an operator's words tell who wrote them",
                lambda: _("A human's answer is told from the bot's."),
                lambda seen: seen.heard and isinstance(seen.heard.decoded, Operator),
            ),
        ),
        hears=lambda heard: part(heard.payload, "message", "text") == code,
    )


def _doors() -> tuple[Step, ...]:
    started = Claim(
        "following is a first word",
        lambda: _("The bot is told."),
        lambda seen: seen.heard and seen.meaning.get("action") == "start",
    )
    return (
        Step("unfollowing", lambda: _("Stop following the OA."), (claims.presence(Presence.CLOSED),)),
        Step("following", lambda: _("Follow the OA again."), (started,)),
    )


def _with_type(seen: Seen) -> str:
    """How it went without and with the field."""
    return ", template_type=button: ".join(one.outcome.code or "ok" for one in seen.answers)


def _shape(seen: Seen) -> str:
    return seen.heard.headers.get(signatures.HEADER, "") if seen.heard else ""


def _timed(seen: Seen) -> bool | None:
    stamp = part(seen.heard.payload, "timestamp") if seen.heard else None
    return seen.heard and isinstance(stamp, str) and len(stamp) == 13 and stamp.isdigit()


def _free(seen: Seen) -> bool | None:
    if not seen.answers or seen.answers[-1].outcome != SENT:
        return None
    kind: object = part(seen.answers[-1].body, "data", "quota", "quota_type")
    return kind == "reply"
