"""Every channel as its contract sees it: what reaches a person of a message, and what their taps come back as.

What is shown went through the channel's own encoding and through the platform's rules, as its fake has them: what the
platform would refuse raises.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.app import App
from bot.channels import terminal, webchat
from bot.channels.channel import Capabilities
from bot.channels.shown import shown
from bot.channels.telegram import client as telegram_client
from bot.channels.telegram import encode as on_telegram
from bot.channels.telegram import wire as telegram
from bot.channels.zalo_bot import encode as on_zalo_bot
from bot.channels.zalo_bot import wire as zalo_bot
from bot.channels.zalo_oa import encode as on_zalo_oa
from bot.channels.zalo_oa import wire as zalo_oa
from bot.turns import Answered
from handlers.chat import Say
from tests.fakes import zalo_bot_rules, zalo_oa_rules
from tests.fakes.telegram_checks import objections
from tests.fakes.telegram_methods import METHODS
from tests.fakes.telegram_people import person
from tests.fakes.telegram_record import Call
from tests.fakes.telegram_wire import Params, Upload
from tests.fakes.telegram_world import World

AN = 4567
ACCOUNT = zalo_oa.Account("360846524940903967", "key-of-the-account")


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as a person has it: its text, buttons with what a tap on each sends, and what else can be read."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    beside: str = ""  # a file's content, labels of what is dialled


@dataclass(frozen=True, slots=True)
class Subject:
    """A channel. `seen` of a message; `tapped`, `typed`: what a tap, or something typed, is decoded to."""

    seen: Callable[[Say], tuple[Seen, ...]]
    tapped: Callable[[App, str], object]
    typed: Callable[[App, str], object]
    able: Capabilities | None = None  # of those that are sent to


def _on_telegram(say: Say) -> tuple[Seen, ...]:
    world = World()
    person(world, AN).start()
    board = telegram_client._keyboard(on_telegram.rows(say))
    under = {"reply_markup": board.model_dump_json(exclude_none=True)} if board else {}
    if say.document is not None:
        file = Upload(say.document.name, say.document.content.encode())
        return (_taken(world, "sendDocument", {"caption": on_telegram.caption(say), "document": file} | under),)
    *before, last = on_telegram.pieces(say)
    given = [{"text": text} for text in before] + [{"text": last} | under]
    return tuple(_taken(world, "sendMessage", one) for one in given)


def _taken(world: World, method: str, given: dict[str, Any]) -> Seen:
    """By Telegram's rules; what aiogram or teremok have against it is an error too."""
    params = Params({"chat_id": str(AN), "parse_mode": "HTML"} | given)
    wire: dict[str, Any] = METHODS[method](world, params)
    found = objections(Call(0.0, method, params, str(AN)))
    assert not found, found
    message = world.chats[AN].messages[wire["message_id"]]
    return Seen(message.text, message.buttons, message.content.decode())


def _telegram_update(**what: Any) -> object:
    chat = {"id": AN, "type": "private"}
    sent = {"message_id": 12, "chat": chat, "from": {"id": AN, "is_bot": False}}
    tap = {"callback_query": {"id": "99", "message": sent, **what}}
    update = {"update_id": 700} | (tap if "data" in what else {"message": sent | what})
    return telegram.decode(json.dumps(update).encode())


def _on_zalo_bot(say: Say) -> tuple[Seen, ...]:
    return tuple(map(_zalo_bot_takes, on_zalo_bot.pieces(say)))


def _zalo_bot_takes(piece: on_zalo_bot.Piece) -> Seen:
    styles = [{"start": start, "len": length, "st": ["b"]} for start, length in piece.bold]
    text = zalo_bot_rules.required({"text": piece.text}, "text")
    zalo_bot_rules.styles({"text_styles": styles}, text)
    return Seen(text)


def _zalo_bot_text(_app: App, text: str) -> object:
    message = {"chat": {"id": "6ede9afa", "chat_type": "PRIVATE"}, "message_id": "2d75", "text": text}
    return zalo_bot.decode(json.dumps({"event_name": "message.text.received", "message": message}).encode())


def _on_zalo_oa(say: Say) -> tuple[Seen, ...]:
    return tuple(map(_zalo_oa_takes, on_zalo_oa.parts(say)))


def _zalo_oa_takes(part: on_zalo_oa.Part) -> Seen:
    for plain in part.plain() if part.buttons else ():
        zalo_oa_rules.message({"message": plain.message()}, None)
    text, buttons = zalo_oa_rules.message({"message": part.message()}, None)
    dialled = "\n".join(one.title for one in buttons if not one.query)
    return Seen(text, tuple((one.title, one.payload) for one in buttons if one.query), dialled)


def _zalo_oa_text(_app: App, text: str) -> object:
    event = {"event_name": "user_send_text", "sender": {"id": "1"}, "message": {"text": text, "msg_id": "96d3"}}
    return zalo_oa.decode(ACCOUNT, json.dumps(event).encode())


def _on_the_page(say: Say) -> tuple[Seen, ...]:
    got = json.loads(msgspec.json.encode(shown(say)))
    calls = "\n".join(one["label"] for one in got["calls"])
    file = (got["document"] or {}).get("content", "")
    buttons = tuple((one["label"], one["action"]) for one in got["buttons"])
    return (Seen(got["text"], buttons, f"{calls}\n{file}"),)


def _page_sends(app: App, **what: str) -> object:
    web = webchat.web_chat(app)
    body = json.dumps({"id": str(uuid.uuid4()), **what}).encode()
    return webchat.decode(web, web.tokens.new(app.now().date()), msgspec.json.decode(body, type=webchat.Sent))


def _at_the_terminal(say: Say) -> tuple[Seen, ...]:
    return (Seen(terminal.encode(Answered((say,)))),)


def _no_tap(_app: App, _payload: str) -> object:
    raise AssertionError("there is nothing to tap")


SUBJECTS: Mapping[str, Subject] = {
    "telegram": Subject(
        _on_telegram,
        lambda _app, payload: _telegram_update(data=payload),
        lambda _app, text: _telegram_update(text=text),
        on_telegram.ABLE,
    ),
    "zalo_bot": Subject(_on_zalo_bot, _no_tap, _zalo_bot_text, on_zalo_bot.ABLE),
    "zalo_oa": Subject(_on_zalo_oa, _zalo_oa_text, _zalo_oa_text, on_zalo_oa.ABLE),
    "web": Subject(
        _on_the_page,
        lambda app, payload: _page_sends(app, action=payload),
        lambda app, text: _page_sends(app, text=text),
    ),
    "terminal": Subject(_at_the_terminal, _no_tap, lambda _app, text: terminal.decode("an", text)),
}
