"""The fake Telegram's rules: limits as telegram.constants has them, and refusals as they are worded."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram.constants import (
    BotCommandLimit,
    BotDescriptionLimit,
    BulkRequestLimit,
    CallbackQueryLimit,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    MessageLimit,
    PollingLimit,
)

from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Person

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

LIFE, OLD = 100.0, 48 * 3600.0  # seconds
FACE = "\U0001f642"  # two UTF-16 units
Ask = Any


class Clock:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.time = 1_795_500_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    """The time the fake is told."""
    return Clock()


@pytest.fixture
async def fake(clock: Clock) -> AsyncIterator[Telegram]:
    """A Telegram that takes what it takes, whatever others think of it."""
    async with Telegram(light=True, now=clock) as opened:
        yield opened


@pytest.fixture
def an(fake: Telegram) -> Person:
    """Somebody who wrote to the bot."""
    person = fake.person(1)
    person.write("/start")
    return person


@pytest.fixture
async def ask(fake: Telegram) -> AsyncIterator[Ask]:
    """Asks for a method by JSON; the whole answer."""
    async with aiohttp.ClientSession() as http:

        async def asking(method: str, **params: Any) -> dict[str, Any]:
            async with http.post(f"{fake.url}/bot{fake.token}/{method}", json=params) as answer:
                said: dict[str, Any] = await answer.json()
                assert answer.status == said.get("error_code", 200)
                return said

        yield asking


def buttons(rows: int, a_row: int, data: str = "go") -> dict[str, Any]:
    """A keyboard."""
    return {"inline_keyboard": [[{"text": "Go", "callback_data": data}] * a_row for _ in range(rows)]}


TEXT, CAPTION = int(MessageLimit.MAX_TEXT_LENGTH), int(MessageLimit.CAPTION_LENGTH)
DATA = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
A_ROW, IN_ALL = int(InlineKeyboardMarkupLimit.BUTTONS_PER_ROW), int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
TO_ONE = {"chat_id": 1, "text": "Hello"}


@pytest.mark.parametrize(
    ("method", "fits", "over"),
    [
        ("sendMessage", {"text": "a" * TEXT}, {"text": "a" * (TEXT + 1)}),
        ("sendMessage", {"text": FACE * (TEXT // 2)}, {"text": FACE * (TEXT // 2) + "a"}),
        (
            "sendMessage",
            {"text": f"<b>{'&amp;' * TEXT}</b>", "parse_mode": "HTML"},
            {"text": f"<b>{'&amp;' * TEXT}a</b>", "parse_mode": "HTML"},
        ),
        ("sendMessage", {"text": "  a "}, {"text": " \n "}),
        ("sendMessage", {"reply_markup": buttons(1, 1, "d" * DATA)}, {"reply_markup": buttons(1, 1, "d" * (DATA + 1))}),
        ("sendMessage", {"reply_markup": buttons(1, 1, "\u00e9" * 32)}, {"reply_markup": buttons(1, 1, "\u00e9" * 33)}),
        ("sendMessage", {"reply_markup": buttons(1, 1, "d")}, {"reply_markup": buttons(1, 1, "")}),
        ("sendMessage", {"reply_markup": buttons(1, A_ROW)}, {"reply_markup": buttons(1, A_ROW + 1)}),
        ("sendMessage", {"reply_markup": buttons(IN_ALL, 1)}, {"reply_markup": buttons(IN_ALL + 1, 1)}),
    ],
)
async def test_a_message_at_its_limits(
    an: Person, ask: Ask, method: str, fits: dict[str, Any], over: dict[str, Any]
) -> None:
    """What telegram.constants allows is taken to the last unit, and one more is refused with nothing sent."""
    assert (await ask(method, **TO_ONE | fits))["ok"]
    assert (await ask(method, **TO_ONE | over))["error_code"] == 400
    assert len(an.heard) == 1


@pytest.mark.parametrize(
    ("method", "name", "most"),
    [
        ("setMyDescription", "description", int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH)),
        ("setMyShortDescription", "short_description", int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)),
    ],
)
async def test_a_description_at_its_limit(ask: Ask, method: str, name: str, most: int) -> None:
    """A description may be as long as telegram.constants says, and no longer."""
    assert (await ask(method, **{name: "a" * most}))["ok"]
    assert (await ask(method, **{name: "a" * (most + 1)}))["error_code"] == 400


@pytest.mark.parametrize(
    ("command", "description", "taken"),
    [
        ("a" * int(BotCommandLimit.MAX_COMMAND), "d" * int(BotCommandLimit.MAX_DESCRIPTION), True),
        ("a" * (int(BotCommandLimit.MAX_COMMAND) + 1), "d", False),
        ("menu", "d" * (int(BotCommandLimit.MAX_DESCRIPTION) + 1), False),
        ("menu", "", False),
        ("Menu", "d", False),
        ("tr\u1ee3", "d", False),
    ],
)
async def test_a_command_at_its_limits(ask: Ask, command: str, description: str, taken: bool) -> None:
    """Commands are small Latin letters, figures and underscores, within the limits of telegram.constants."""
    one = {"command": command, "description": description}
    assert (await ask("setMyCommands", commands=[one]))["ok"] is taken
    assert (await ask("getMyCommands"))["result"] == ([one] if taken else [])


async def test_captions_and_toasts_at_their_limits(an: Person, ask: Ask, fake: Telegram) -> None:
    """A caption has 1024 units and a toast 200."""
    photo = an.send("photo").wire["photo"][0]["file_id"]
    assert (await ask("sendPhoto", chat_id=1, photo=photo, caption="c" * CAPTION))["ok"]
    assert (await ask("sendPhoto", chat_id=1, photo=photo, caption="c" * (CAPTION + 1)))["error_code"] == 400
    most, tap = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH), an.tap_data("go", 1)
    assert (await ask("answerCallbackQuery", callback_query_id=tap.id, text="t" * (most + 1)))["error_code"] == 400
    assert (await ask("answerCallbackQuery", callback_query_id=tap.id, text="t" * most))["ok"]
    assert an.toasts == ["t" * most]


async def test_batches_at_their_limits(fake: Telegram, an: Person, ask: Ask) -> None:
    """A poll brings 100 updates at most, whatever is asked; 100 messages can be deleted at once, but not 101."""
    fake.backlog(300)
    assert len((await ask("getUpdates", limit=1000))["result"]) == int(PollingLimit.MAX_LIMIT)
    assert len((await ask("getUpdates", limit=0))["result"]) == int(PollingLimit.MIN_LIMIT)
    most = int(BulkRequestLimit.MAX_LIMIT)
    assert (await ask("deleteMessages", chat_id=1, message_ids=list(range(most))))["ok"]
    assert (await ask("deleteMessages", chat_id=1, message_ids=list(range(most + 1))))["error_code"] == 400


@pytest.mark.parametrize(
    ("standing", "code", "words"),
    [
        ("block", 403, "Forbidden: bot was blocked by the user"),
        ("vanish", 403, "Forbidden: user is deactivated"),
    ],
)
async def test_who_is_gone(an: Person, ask: Ask, standing: str, code: int, words: str) -> None:
    """Nothing reaches who blocked the bot or left Telegram, and the bot is told so."""
    getattr(an, standing)()
    said = await ask("sendMessage", **TO_ONE)
    assert (said["error_code"], said["description"], an.heard) == (code, words, [])


async def test_who_never_wrote(fake: Telegram, ask: Ask) -> None:
    """The bot can't write first: neither to a stranger nor to somebody who never wrote."""
    fake.person(2)
    for number in (2, 3):
        said = await ask("sendMessage", chat_id=number, text="Hello")
        assert said["description"] == "Bad Request: chat not found"


async def test_who_comes_back(an: Person, ask: Ask) -> None:
    """Who unblocked the bot is reached again."""
    an.block()
    an.unblock()
    assert (await ask("sendMessage", **TO_ONE))["ok"]


async def test_edits_that_are_refused(an: Person, ask: Ask, clock: Clock) -> None:
    """An edit that changes nothing, one of a message that is gone and one of the person's own message are refused."""
    number = (await ask("sendMessage", **TO_ONE, reply_markup=buttons(1, 1)))["result"]["message_id"]
    same = await ask("editMessageText", **TO_ONE, message_id=number, reply_markup=buttons(1, 1))
    assert same["description"].startswith("Bad Request: message is not modified: specified new message content")
    own = await ask("editMessageText", chat_id=1, message_id=an.screen[0].number, text="x")
    assert own["description"] == "Bad Request: message can't be edited"
    assert (await ask("deleteMessage", chat_id=1, message_id=number))["ok"]
    for method in ("editMessageText", "editMessageReplyMarkup"):
        gone = await ask(method, **TO_ONE, message_id=number)
        assert gone["description"] == "Bad Request: message to edit not found"
    again = await ask("deleteMessage", chat_id=1, message_id=number)
    assert again["description"] == "Bad Request: message to delete not found"


async def test_a_message_is_deleted_for_two_days(an: Person, ask: Ask, clock: Clock) -> None:
    """What people typed can be deleted for 48 hours, then it stays."""
    early, late = an.write("one").number, an.write("two").number
    clock.time += OLD - 1
    assert (await ask("deleteMessage", chat_id=1, message_id=early))["ok"]
    clock.time += 1
    said = await ask("deleteMessage", chat_id=1, message_id=late)
    assert said["description"] == "Bad Request: message can't be deleted for everyone"


async def test_a_tap_is_answered_once_and_in_time(an: Person, ask: Ask, clock: Clock) -> None:
    """A tap that was answered, that is too old or that never was can't be answered."""
    first, second = an.tap_data("go", 1), an.tap_data("go", 1)
    assert (await ask("answerCallbackQuery", callback_query_id=first.id))["ok"]
    assert (await ask("answerCallbackQuery", callback_query_id=first.id))["error_code"] == 400
    clock.time += LIFE
    for query in (second.id, "7"):
        said = await ask("answerCallbackQuery", callback_query_id=query)
        assert said["description"].startswith("Bad Request: query is too old and response timeout expired")
    assert an.turning == [second]


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json"])
async def test_each_way_to_ask(fake: Telegram, an: Person, way: str) -> None:
    """Parameters may come in the address, as a form, in parts, or as JSON, with the method in any case."""
    keyboard = json.dumps(buttons(1, 1))
    flat = {"chat_id": "1", "text": "Hello", "reply_markup": keyboard}
    parts = aiohttp.FormData(flat)
    parts.add_field("file", b"x", filename="x.txt")
    ways: dict[str, dict[str, Any]] = {
        "query": {"params": flat},
        "form": {"data": flat},
        "multipart": {"data": parts},
        "json": {"json": TO_ONE | {"reply_markup": buttons(1, 1)}},
    }
    address = f"{fake.url}/bot{fake.token}/SENDmessage"
    async with aiohttp.ClientSession() as http, http.post(address, **ways[way]) as answer:
        assert answer.status == 200, await answer.text()
    assert [(one.text, one.buttons) for one in an.heard] == [("Hello", (("Go", "go"),))]


@pytest.mark.parametrize(
    ("path", "code"),
    [("bot{token}/sendSmoke", 404), ("bot{token}x/getMe", 401), ("botx/getMe", 404), ("getMe", 404)],
)
async def test_paths_that_lead_nowhere(fake: Telegram, path: str, code: int) -> None:
    """An unknown method, a wrong token and no token are refused as Telegram does."""
    async with aiohttp.ClientSession() as http, http.get(f"{fake.url}/{path.format(token=fake.token)}") as answer:
        assert (answer.status, (await answer.json())["ok"]) == (code, False)
