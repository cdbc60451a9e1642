"""The yardstick: a bare aiogram bot with 31 commands and no storage, the last of which is asked for.

A process of its own. `python -m tests.bench.bare inside SECONDS` hands updates straight to the dispatcher and answers
through a transport that returns at once; it prints the sample as JSON. `python -m tests.bench.bare serve` is a webhook
that answers in the HTTP response, or by a call to a server that is named after `serve`; it prints its port.
"""

import asyncio
import sys
import time
from typing import Any

import msgspec
import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.bench.figures import Sample

COMMANDS = 31
PATH = "/hook"
WARM_UP = 0.5  # seconds
_CHAT = {"id": 5, "type": "private", "first_name": "An"}
_PERSON = {"id": 5, "is_bot": False, "first_name": "An", "language_code": "vi"}
_BOT = {"id": 1, "is_bot": True, "first_name": "Bot"}
_MESSAGE = {"message_id": 2, "date": 1_700_000_000, "chat": _CHAT}
_SENT = msgspec.json.encode({"ok": True, "result": {**_MESSAGE, "from": _BOT, "text": "Here you are."}}).decode()


def update(number: int) -> bytes:
    """The last command, as Telegram sends it."""
    entity = {"type": "bot_command", "offset": 0, "length": len(f"/c{COMMANDS - 1}")}
    message = {**_MESSAGE, "from": _PERSON, "text": f"/c{COMMANDS - 1}", "entities": [entity]}
    return msgspec.json.encode({"update_id": number, "message": message})


class Instant(AiohttpSession):
    """Writes the request and reads the answer as aiogram does, but nothing travels."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own signature
    ) -> TelegramType:
        """Answer at once."""
        self.build_form_data(bot, method)
        result: Any = self.check_response(bot=bot, method=method, status_code=200, content=_SENT).result
        answered: TelegramType = result
        return answered


async def send(message: Message) -> None:
    """Answer with a request of its own."""
    await message.answer("Here you are.")


async def give_back(message: Message) -> SendMessage:
    """Answer in the HTTP response."""
    return message.answer("Here you are.")


def dispatcher(handler: Any) -> Dispatcher:
    """A bot of 31 commands."""
    found = Dispatcher()
    for number in range(COMMANDS):
        found.message.register(handler, Command(f"c{number}"))
    return found


async def updates(seconds: float) -> Sample:
    """As many updates as fit, one after the other: nothing in them waits."""
    bot, bare = Bot("1:bare", session=Instant()), dispatcher(send)
    count = 0
    begun, end, cpu = time.perf_counter(), time.perf_counter() + seconds, time.process_time()
    while time.perf_counter() < end:
        await bare.feed_raw_update(bot, msgspec.json.decode(update(count)))
        count += 1
    return Sample(count, time.perf_counter() - begun, time.process_time() - cpu)


async def measure(seconds: float) -> None:
    """Measure once."""
    await updates(WARM_UP)
    sys.stdout.write(msgspec.json.encode(await updates(seconds)).decode())


async def serve(api: str = "") -> None:
    """Serve the webhook until killed; `api` is where answers are sent to."""
    hook = web.Application()
    session = AiohttpSession(api=TelegramAPIServer.from_base(api)) if api else Instant()
    bot, handler = Bot("1:bare", session=session), send if api else give_back
    SimpleRequestHandler(dispatcher(handler), bot, handle_in_background=False).register(hook, path=PATH)
    runner = web.AppRunner(hook, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(measure(float(sys.argv[2])) if sys.argv[1] == "inside" else serve(*sys.argv[2:]))
