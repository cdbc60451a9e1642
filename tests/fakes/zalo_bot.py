"""A Zalo Bot Platform on loopback, over real HTTP. In a test:

    async with FakeZaloBot() as zalo:          # zalo.url, zalo.token
        lan = zalo.person("Lan")
        await zalo.says(lan, "hello")          # queued for getUpdates, or posted to the webhook
        lan.texts                              # what stands in the chat from the bot
        zalo.calls.named("sendMessage")        # every request, with its time
        async with zalo.suffering(ZALO_FAULTS["dropped"]): ...

As a process: `python -m tests.fakes.zalo_bot --port 0` prints its address; see tests/fakes/zalo_control.py.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes import zalo_bot_people as people
from tests.fakes import zalo_bot_rules as rules
from tests.fakes.zalo_bot_people import Chat, Payload, Shown
from tests.fakes.zalo_bot_rules import Refused
from tests.fakes.zalo_control import control, options, serve
from tests.fakes.zalo_hooks import Delivered, Event
from tests.fakes.zalo_wire import Given, Wire

TOKEN = "12345689:abc-xyz"  # a made-up one, in the platform's shape
Method = Callable[[Given], Awaitable[Any]]


class FakeZaloBot(Wire):
    """The server. `quota`: messages it still takes; `longest`: seconds that getUpdates waits at most.

    `wrapped`: whether the webhook's payload stands in `{"ok": true, "result": ...}`; both forms are met.
    `errors_in_body`: errors come with HTTP status 200, so that only `ok` tells.
    `hosts`: where a public origin really is, as `{"https://bot.example.vn": "http://127.0.0.1:8080"}`.
    """

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        super().__init__(port)
        self.token = token
        self.quota: int | None = None
        self.longest = 30.0
        self.wrapped = True
        self.errors_in_body = False
        self.hosts: dict[str, str] = {}
        self.webhook: dict[str, str] | None = None  # url, secret_token, updated_at
        self.chats: dict[str, Chat] = {}
        self._updates: deque[Payload] = deque()
        self._came = asyncio.Condition()
        self._methods: dict[str, Method] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendSticker": self._send_sticker,
            "sendChatAction": self._send_chat_action,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }

    # People

    def person(self, name: str) -> Chat:
        """Somebody whom the bot can write to."""
        return self._chat(Chat(name))

    def group(self, name: str) -> Chat:
        """A group that the bot is in."""
        return self._chat(Chat(name, kind="GROUP"))

    async def says(self, who: Chat, words: str, group: Chat | None = None) -> Delivered | None:
        """Somebody writes; what the webhook made of it."""
        return await self.sends(who, people.text(words), group)

    async def sends_kind(self, who: Chat, kind: str) -> Delivered | None:
        """Somebody sends one of `people.KINDS`, by its sentence."""
        return await self.sends(who, people.KINDS[kind]())

    async def sends(self, who: Chat, payload: Payload, group: Chat | None = None) -> Delivered | None:
        """Somebody sends something: a payload without its envelope."""
        whole = people.message(group or who, who, self.clock.ms, **payload["message"])
        return await self.emit({"event_name": payload["event_name"], "message": whole}, (group or who).id)

    async def bring(self, update: Payload, chat: str) -> Delivered | None:
        """Post an update to the webhook, or queue it for getUpdates."""
        if self.webhook is not None:
            return await self.hook.give(self._event(update, chat))
        self._updates.append(update)
        async with self._came:
            self._came.notify()
        return None

    async def many(self, count: int, words: str, who: list[Chat]) -> None:
        """So many messages wait, in turn from these people; each ends in its number."""
        for number in range(count):
            await self.says(who[number % len(who)], f"{words} {number}")

    @property
    def waiting(self) -> int:
        """Updates that nobody has fetched."""
        return len(self._updates)

    def chat_of(self, given: Given) -> str:
        """Whom a request is for, if anybody."""
        return str(given.get("chat_id", ""))

    # HTTP

    def routes(self) -> list[web.RouteDef]:
        """The platform's one route, and the tests' own."""
        return [web.route("*", "/bot{token}/{method}", self._handle), *control(self)]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]

        async def work(given: Given) -> web.Response:
            try:
                return web.json_response({"ok": True, "result": await self._run(request, method, given)})
            except Refused as refused:
                return self._refusal(refused)

        try:
            return await self.answered(request, method, work)
        except ValueError:
            return self._refusal(Refused(400, "the body can't be read"))

    async def _run(self, request: web.Request, method: str, given: Given) -> Any:
        if request.match_info["token"] != self.token:
            raise Refused(401)
        if method not in self._methods or request.method not in {"GET", "POST"}:
            raise Refused(404)
        return await self._methods[method](given)

    def _refusal(self, refused: Refused) -> web.Response:
        body = {"ok": False, "error_code": refused.code, "description": refused.description}
        return web.json_response(body, status=200 if self.errors_in_body else refused.code)

    # Methods

    async def _get_me(self, _: Given) -> Payload:
        return {
            "id": "1459232241454765289",
            "account_name": "bot.lachan",
            "account_type": "BASIC",
            "can_join_groups": False,
            "display_name": "Bot La Chan",
        }

    async def _get_updates(self, given: Given) -> Payload:
        if self.webhook is not None:
            raise Refused(400, "getUpdates isn't available while a webhook is set")
        try:
            patience = min(float(given.get("timeout") or 30), self.longest)
        except (TypeError, ValueError) as wrong:
            raise Refused(400, "timeout must be a number") from wrong
        ends = time.monotonic() + patience
        async with self._came:
            while not self._updates:
                left = ends - time.monotonic()
                try:
                    async with asyncio.timeout(max(left, 0)):
                        await self._came.wait()
                except TimeoutError:
                    raise Refused(408) from None
        return self._updates.popleft()

    async def _send_message(self, given: Given) -> Payload:
        chat, text = self._addressed(given), rules.required(given, "text")
        mode, styles = rules.parse_mode(given), rules.styles(given, text)
        read = people.shown_as(text, mode)
        return self._show(chat, Shown("text", read, text, mode, styles=styles, message_id=people.hex_id()))

    async def _send_photo(self, given: Given) -> Payload:
        chat, url = self._addressed(given), rules.public(rules.required(given, "photo"), "http")
        caption = rules.required(given, "caption") if given.get("caption") else ""
        mode = rules.parse_mode(given)
        read = people.shown_as(caption, mode)
        return self._show(chat, Shown("photo", read, caption, mode, url, message_id=people.hex_id()))

    async def _send_sticker(self, given: Given) -> Payload:
        chat, name = self._addressed(given), rules.required(given, "sticker")
        return self._show(chat, Shown("sticker", raw=name, message_id=people.hex_id()))

    async def _send_chat_action(self, given: Given) -> bool:
        chat = self._addressed(given)
        if given.get("action") != "typing":
            raise Refused(400, "action is unknown")
        chat.screen.append(Shown("typing"))
        return True

    async def _set_webhook(self, given: Given) -> Payload:
        url, secret = rules.public(rules.required(given, "url")), rules.secret(given)
        self.listen(url, secret)
        return {"url": url, "updated_at": self.clock.ms}

    async def _delete_webhook(self, _: Given) -> Payload:
        self.webhook, self.hook.url = None, ""
        return {"url": "", "updated_at": self.clock.ms}

    async def _get_webhook_info(self, _: Given) -> Payload:
        if self.webhook is None:
            raise Refused(404)
        return {"url": self.webhook["url"], "updated_at": int(self.webhook["updated_at"])}

    # Shared

    def known(self, chat: str) -> Chat:
        """A chat by its id."""
        return self.chats[chat]

    def listen(self, url: str, secret: str = "") -> None:
        """Set a webhook without the platform's rules: loopback and http are taken too."""
        self.webhook = {"url": url, "secret_token": secret, "updated_at": str(self.clock.ms)}
        origin = next((origin for origin in self.hosts if url.startswith(f"{origin}/")), "")
        self.hook.url = self.hosts[origin] + url.removeprefix(origin) if origin else url

    def _event(self, update: Payload, chat: str) -> Event:
        assert self.webhook is not None
        body = {"ok": True, "result": update} if self.wrapped else update
        return Event(
            json.dumps(body, ensure_ascii=False).encode(),
            {"X-Bot-Api-Secret-Token": self.webhook["secret_token"]},
            chat,
        )

    def _chat(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def _addressed(self, given: Given) -> Chat:
        chat = self.chats.get(self.chat_of(given))
        if chat is None:
            raise Refused(400, "chat_id is unknown")  # which number the platform gives isn't published
        if chat.refusal:
            raise Refused(chat.refusal)
        if self.quota is not None and self.quota <= 0:
            raise Refused(429)
        return chat

    def _show(self, chat: Chat, shown: Shown) -> Payload:
        chat.screen.append(shown)
        if self.quota is not None:
            self.quota -= 1
        return {"message_id": shown.message_id, "date": self.clock.ms}


async def main() -> None:
    """Run as a process."""
    parser = options(__doc__)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--host", action="append", default=[], help="https://public.example=http://127.0.0.1:8080")
    parser.add_argument("--bare", action="store_true", help="payloads without their envelope")
    chosen = parser.parse_args()
    async with FakeZaloBot(chosen.token, chosen.port) as zalo:
        zalo.wrapped = not chosen.bare
        zalo.hosts = dict(row.split("=", 1) for row in chosen.host)
        if chosen.webhook:
            zalo.listen(chosen.webhook, chosen.secret)
        await serve(zalo)


if __name__ == "__main__":
    asyncio.run(main())
