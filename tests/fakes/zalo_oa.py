"""A Zalo Official Account with OAuth v4 and OpenAPI v3 on loopback, over real HTTP. In a test:

    async with FakeZaloOA() as oa:             # oa.url serves both hosts; oa.tokens.access, oa.tokens.refresh
        oa.listen(f"{server}/zalo/oa/webhook")
        lan = oa.person("Lan")
        await oa.says(lan, "hello")            # posted with its signature
        await oa.presses(lan, "Continue")      # by the button's title; comes back as a text
        lan.texts, lan.screen                  # what stands in the chat from the account
        oa.refuses(-32, times=3)               # the next three sends
        await oa.forward(49 * 3600)            # moves the clock; failed webhook calls that are due come again

As a process: `python -m tests.fakes.zalo_oa --port 0` prints its address; see tests/fakes/zalo_control.py.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from aiohttp import web

from tests.fakes import zalo_oa_events as events
from tests.fakes import zalo_oa_rules as rules
from tests.fakes.zalo_control import control, options, serve
from tests.fakes.zalo_hooks import Delivered, Event
from tests.fakes.zalo_oa_events import Payload
from tests.fakes.zalo_oa_people import Person, Shown
from tests.fakes.zalo_oa_rules import Refused
from tests.fakes.zalo_oa_tokens import Answer, Tokens
from tests.fakes.zalo_wire import Given, Wire

DELAYS = (30.0, 300.0, 900.0, 1800.0, 3600.0)  # seconds until each next try of a webhook call


class FakeZaloOA(Wire):
    """The server. `rate`: requests a minute that are taken; `quota`: charged messages that are left.

    `prefixed`: whether the signature's header starts with `mac=`; both are met. `encode` spells the body.
    `echoes`: whether our own sends come back as oa_send_text. `template_type`: see `rules.message`.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port, DELAYS)
        self.id = "388613280878808645"
        self.app_id = "4318627349123456789"
        self.key = "key-of-the-account"  # LACHAN_ZALO_OA_SECRET
        self.tokens = Tokens(self.clock, self.app_id, "secret-of-the-app")
        self.rate = 4000
        self.quota: int | None = None
        self.prefixed = True
        self.echoes = True
        self.template_type: bool | None = None
        self.encode: Callable[[Payload], bytes] = events.compact
        self.people: dict[str, Person] = {}
        self._refusals: deque[int] = deque()
        self._minute: deque[float] = deque()
        self._echoing: set[asyncio.Task[Delivered | None]] = set()

    # People

    def person(self, name: str) -> Person:
        """Somebody new, who hasn't written yet."""
        person = Person(name)
        self.people[person.id] = person
        return person

    def known(self, chat: str) -> Person:
        """Somebody by their id."""
        return self.people[chat]

    async def says(self, who: Person, words: str) -> Delivered | None:
        """Somebody writes; what the webhook made of it."""
        return await self.sends(who, "user_send_text", {"text": words})

    async def sends_kind(self, who: Person, kind: str) -> Delivered | None:
        """Somebody sends one of `events.KINDS`, or follows or unfollows, by the event's name."""
        if kind in events.KINDS:
            return await self.sends(who, kind, events.KINDS[kind])
        return await self.follows(who, follows=kind == "follow")

    async def sends(self, who: Person, name: str, message: Payload) -> Delivered | None:
        """Somebody sends a message."""
        who.wrote = self.clock.now
        message = {"msg_id": events.new_id()} | message
        return await self.emit(events.sent({"id": who.id}, self.id, name, message), who.id)

    async def presses(self, who: Person, title: str) -> Delivered | None:
        """Somebody presses a button of the last message that has it."""
        buttons = [button for shown in reversed(who.screen) for button in shown.buttons if button.title == title]
        assert buttons, f"no button {title!r}"
        return await self.says(who, buttons[0].payload) if buttons[0].query else None

    async def follows(self, who: Person, *, follows: bool = True) -> Delivered | None:
        """Somebody follows the account, or no longer does."""
        if follows:
            who.wrote = self.clock.now
        return await self.emit(events.presence(self.id, who.id, follows=follows), who.id)

    async def sees(self, who: Person) -> None:
        """All that was sent is received and seen; in these events the account is the sender."""
        for shown in who.screen:
            message = {"msg_id": shown.message_id, "delivery_time": str(self.clock.ms)}
            await self.emit(events.sent({"id": self.id}, who.id, "user_received_message", message), who.id)
        seen = {"msg_ids": [shown.message_id for shown in who.screen]}
        await self.emit(events.sent({"id": self.id}, who.id, "user_seen_message", seen), who.id)

    async def operator(self, who: Person, words: str, admin: str = "2468") -> Delivered | None:
        """A human writes for the account, in its own manager."""
        shown = Shown(words, message_id=events.new_id())
        who.screen.append(shown)
        return await self._echo(who, shown, admin_id=admin)

    async def many(self, count: int, words: str, who: list[Person]) -> None:
        """So many messages, in turn from these people; each ends in its number."""
        for number in range(count):
            await self.says(who[number % len(who)], f"{words} {number}")

    async def emit(self, payload: Payload, chat: str = "") -> Delivered | None:
        """Any event whatever, dated now."""
        dated = {"app_id": self.app_id, "user_id_by_app": f"9{chat[1:]}", "timestamp": str(self.clock.ms)}
        return await super().emit(dated | payload, chat)

    async def bring(self, payload: Payload, chat: str) -> Delivered | None:
        """Post an event with its signature."""
        return await self.hook.give(self.signed(payload, chat))

    def signed(self, payload: Payload, chat: str = "") -> Event:
        """An event as it travels, so that a test may change it."""
        body = self.encode(payload)
        mac = events.signature(self.app_id, body, payload["timestamp"], self.key)
        return Event(body, {"X-ZEvent-Signature": f"mac={mac}" if self.prefixed else mac}, chat)

    def listen(self, url: str, secret: str = "") -> None:
        """Where events go to; switches a disabled webhook on again."""
        self.hook.url, self.hook.disabled = url, False
        self.key = secret or self.key

    def refuses(self, code: int, times: int = 1) -> None:
        """The next sends are refused with this code."""
        self._refusals.extend([code] * times)

    async def forward(self, seconds: float) -> list[Delivered]:
        """Move the clock on, and try again what is due."""
        self.clock.forward(seconds)
        return await self.hook.retry()

    async def settled(self) -> None:
        """Wait until all echoes have gone out."""
        while self._echoing:
            await asyncio.gather(*self._echoing)

    def chat_of(self, given: Given) -> str:
        """Whom a request is for, if anybody."""
        recipient = given.get("recipient")
        return str(recipient.get("user_id", "")) if isinstance(recipient, dict) else ""

    # HTTP

    def routes(self) -> list[web.RouteDef]:
        """Both hosts in one, and the tests' own route."""
        return [
            web.post("/v4/oa/access_token", self._access_token),
            web.post("/v3.0/oa/message/cs", self._cs),
            web.post("/v2.0/oa/message", self._shut),
            web.get("/v2.0/oa/getoa", self._getoa),
            *control(self),
        ]

    async def __aexit__(self, *problem: object) -> None:
        await self.settled()
        await super().__aexit__(*problem)

    async def _access_token(self, request: web.Request) -> web.StreamResponse:
        async def work(given: Given) -> web.Response:
            return web.json_response(self.tokens.answer(request.headers.get("secret_key", ""), given))

        return await self.answered(request, "access_token", work)

    async def _cs(self, request: web.Request) -> web.StreamResponse:
        return await self._openapi(request, "cs", self._send)

    async def _getoa(self, request: web.Request) -> web.StreamResponse:
        return await self._openapi(request, "getoa", self._info)

    async def _shut(self, request: web.Request) -> web.StreamResponse:
        def shut(_: Given) -> Answer:
            raise Refused(-240)

        return await self._openapi(request, "v2", shut)

    async def _openapi(self, request: web.Request, name: str, does: Callable[[Given], Answer]) -> web.StreamResponse:
        async def work(given: Given) -> web.Response:
            try:
                self._allowed(request)
                data = does(given)
                body: Answer = {"error": 0, "message": "Success", "data": data}
            except Refused as refused:
                body = {"error": refused.code, "message": rules.ERRORS[refused.code][1]}
            left = str(max(self.rate - len(self._minute), 0))
            return web.json_response(body, headers={"X-RateLimit-Limit": str(self.rate), "X-RateLimit-Remain": left})

        try:
            return await self.answered(request, name, work)
        except ValueError:
            return web.json_response({"error": -201, "message": rules.ERRORS[-201][1]})

    def _allowed(self, request: web.Request) -> None:
        now = self.clock.now
        while self._minute and self._minute[0] <= now - 60:
            self._minute.popleft()
        if len(self._minute) >= self.rate:
            raise Refused(-32)
        self._minute.append(now)
        if code := self.tokens.refusal_of(request.headers.get("access_token", "")):
            raise Refused(code)

    def _info(self, _: Given) -> Answer:
        return {
            "oa_id": self.id,
            "name": "La Chan",
            "description": "",
            "is_verified": True,
            "num_follower": len(self.people),
        }

    def _send(self, given: Given) -> Answer:
        if self._refusals:
            raise Refused(self._refusals.popleft())
        text, buttons = rules.message(given, self.template_type)
        person = self._recipient(given)
        free = self._free(person)
        shown = Shown(text, buttons, events.new_id(), free)
        person.screen.append(shown)
        if self.echoes:
            self._echo_later(person, shown)
        data = {"message_id": shown.message_id, "user_id": person.id, "sent_time": str(self.clock.ms)}
        return data | ({"quota": {"quota_type": "reply"}} if free else {})

    def _recipient(self, given: Given) -> Person:
        person = self.people.get(self.chat_of(given))
        if person is None:
            raise Refused(-213)
        if person.refusal:
            raise Refused(person.refusal)
        return person

    def _free(self, person: Person) -> bool:
        if person.wrote is None:
            raise Refused(-232)
        since = self.clock.now - person.wrote
        if since >= rules.OPEN:
            raise Refused(-230)
        if since < rules.FREE:
            return True
        if self.quota is not None:
            if self.quota <= 0:
                raise Refused(-211)
            self.quota -= 1
        return False

    async def _echo(self, person: Person, shown: Shown, **sender: str) -> Delivered | None:
        message = {"msg_id": shown.message_id, "text": shown.text}
        return await self.emit(events.sent({"id": self.id} | sender, person.id, "oa_send_text", message), person.id)

    def _echo_later(self, person: Person, shown: Shown) -> None:
        # The sender has its answer before the echo comes; `settled` waits for it, so it can't die unseen.
        task = asyncio.get_running_loop().create_task(self._echo(person, shown))
        self._echoing.add(task)
        task.add_done_callback(self._echoing.discard)


async def main() -> None:
    """Run as a process; its keys and first pair of tokens follow the address, as JSON in one line."""
    chosen = options(__doc__).parse_args()
    async with FakeZaloOA(chosen.port) as oa:
        oa.listen(chosen.webhook, chosen.secret)
        await serve(oa, json.dumps(keys(oa)))


def keys(oa: FakeZaloOA) -> dict[str, str]:
    """What a bot must be given, by the names of its settings."""
    return {
        "LACHAN_ZALO_OA_APP_ID": oa.app_id,
        "LACHAN_ZALO_OA_APP_SECRET": oa.tokens.app_secret,
        "LACHAN_ZALO_OA_SECRET": oa.key,
        "LACHAN_ZALO_OA_ACCESS_TOKEN": oa.tokens.access,
        "LACHAN_ZALO_OA_REFRESH_TOKEN": oa.tokens.refresh,
        "LACHAN_ZALO_OA_API": oa.url,
        "LACHAN_ZALO_OA_OAUTH": oa.url,
    }


if __name__ == "__main__":
    asyncio.run(main())
