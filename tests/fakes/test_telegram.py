"""The fake Telegram before judges that aren't ours: aiogram and python-telegram-bot must both read all it says."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiogram
import aiogram.exceptions
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, MenuButtonCommands
from telegram.constants import UpdateType

from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Group, Person
from tests.fakes.telegram_things import ODD, ORIGINS, THINGS, UNDECODABLE

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

ALL = [*UpdateType, *ODD]
NOVEL = {"future_field", "future_note", "future_rating", "hologram", "hologram_shown"}
"""What the fake makes up, so that clients must bear it; whatever else a library doesn't know is a mistake of ours."""
OLD = {"all_members_are_administrators"}
"""What Telegram still says of groups, though it isn't documented any more."""
NEWER = {"can_send_welcome_messages", "date"}
"""Of the Bot API after 10.0, where python-telegram-bot 22.8 stops; and it takes no date of a message that is gone."""


@pytest.fixture
async def fake() -> AsyncIterator[Telegram]:
    """A Telegram that nobody uses yet."""
    async with Telegram() as opened:
        yield opened


@pytest.fixture
async def citizen(fake: Telegram) -> AsyncIterator[aiogram.Bot]:
    """Aiogram's client."""
    async with aiogram.Bot(fake.token, AiohttpSession(api=TelegramAPIServer.from_base(fake.url))) as bot:
        yield bot


@pytest.fixture
async def staff(fake: Telegram, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    """The client of python-telegram-bot."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # what it will do in its next version, without a warning
    async with telegram.Bot(fake.token, f"{fake.url}/bot", f"{fake.url}/file/bot") as bot:
        yield bot


def thing(name: str) -> Any:
    return lambda an, group, channel: an.send(name)


def forwarded(origin: str) -> Any:
    return lambda an, group, channel: an.forward(origin)


def odd(kind: str) -> Any:
    return lambda an, group, channel: an.world.updates.emit(kind, ODD[kind])


def tapped(an: Person, group: Group, channel: Group) -> None:
    message = an.world.add(an.chat, {"from": an.world.bot, "text": "Pick"}, by_bot=True)
    message.wire["reply_markup"] = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    an.tap("Go")


DEEDS: dict[str, Any] = {
    "a text": lambda an, group, channel: an.write("Hello https://example.org #one @somebody"),
    "a command": lambda an, group, channel: an.write("/menu now"),
    "a deep link": lambda an, group, channel: an.start("card_7"),
    "a caption": lambda an, group, channel: an.send("photo", "Look"),
    "an edit": lambda an, group, channel: an.edit(an.write("Helo"), "Hello"),
    "a tap": tapped,
    "a tap on what is gone": lambda an, group, channel: an.tap_data("old", 12),
    "blocked": lambda an, group, channel: an.block(),
    "unblocked": lambda an, group, channel: (an.block(), an.unblock()),
    "put into a group": lambda an, group, channel: group.add_bot(an),
    "thrown out of a group": lambda an, group, channel: group.kick_bot(an),
    "talk in a group": lambda an, group, channel: group.write(an, "/menu@shield_bot"),
    "a sticker in a group": lambda an, group, channel: group.send(an, "sticker"),
    "a group that grows": lambda an, group, channel: group.upgrade(an, -1001000000009),
    "put into a channel": lambda an, group, channel: channel.add_bot(an),
    "a channel's post": lambda an, group, channel: channel.post("News"),
    "a channel's change": lambda an, group, channel: channel.edit_post(channel.post("Nws"), "News"),
    **{f"thing: {name}": thing(name) for name in THINGS},
    **{f"forwarded from: {name}": forwarded(name) for name in ORIGINS},
    **{f"odd: {kind}": odd(kind) for kind in ODD},
}
"""All that can happen, each a row."""


def happen(fake: Telegram, deed: str) -> None:
    """Let it happen to a bot that asks for everything."""
    fake.world.updates.allowed = frozenset(ALL)
    an = fake.person(1, username="an_01", last_name="B", is_premium=True)
    DEEDS[deed](an, fake.group(-11), fake.group(-1001000000001, "channel"))
    assert fake.world.updates.waiting


def unknown_to_aiogram(value: Any) -> Iterator[str]:
    """The names of fields, anywhere inside, that aiogram has no place for."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from unknown_to_aiogram(one)
    elif isinstance(value, aiogram.types.TelegramObject):
        yield from value.model_extra or ()
        for _, one in value:
            yield from unknown_to_aiogram(one)


def unknown_to_ptb(value: Any) -> Iterator[str]:
    """The same for python-telegram-bot."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from unknown_to_ptb(one)
    elif isinstance(value, telegram.TelegramObject):
        yield from value.api_kwargs
        names = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
        for name in names:
            yield from unknown_to_ptb(getattr(value, name, None) if not name.startswith("_") else None)


@pytest.mark.parametrize("deed", DEEDS)
async def test_aiogram_reads_every_update(fake: Telegram, citizen: aiogram.Bot, deed: str) -> None:
    """Whatever people do, aiogram reads it, and knows each field but those that are meant to be new."""
    happen(fake, deed)
    updates = await citizen.get_updates(allowed_updates=ALL)
    assert [update.update_id for update in updates] == list(fake.world.updates.waiting)
    assert set(unknown_to_aiogram(updates)) - NOVEL - OLD == set()


@pytest.mark.parametrize("deed", DEEDS)
async def test_ptb_reads_every_update(fake: Telegram, staff: telegram.Bot, deed: str) -> None:
    """Whatever people do, python-telegram-bot reads it, and knows each field but the new and the newer ones."""
    happen(fake, deed)
    updates = await staff.get_updates(allowed_updates=ALL)
    assert [update.update_id for update in updates] == list(fake.world.updates.waiting)
    assert set(unknown_to_ptb(updates)) - NOVEL - OLD - NEWER == set()


@pytest.mark.parametrize("broken", range(len(UNDECODABLE)))
async def test_neither_reads_what_is_undecodable(
    fake: Telegram, citizen: aiogram.Bot, staff: telegram.Bot, broken: int
) -> None:
    """What the fake calls undecodable can be read by neither library, and spoils the whole batch there."""
    fake.world.updates.put(UNDECODABLE[broken])
    fake.person(1).write("Hello")
    with pytest.raises(aiogram.exceptions.ClientDecodeError):
        await citizen.get_updates()
    with pytest.raises((TypeError, AttributeError, KeyError, ValueError)):
        await staff.get_updates()


async def test_an_origin_that_nobody_heard_of(fake: Telegram, citizen: aiogram.Bot, staff: telegram.Bot) -> None:
    """Where the libraries differ, the fake can show it: aiogram refuses a new kind of origin, the other takes it."""
    fake.person(1).forward("unheard")
    assert len(await staff.get_updates()) == 1
    with pytest.raises(aiogram.exceptions.ClientDecodeError):
        await citizen.get_updates()


async def test_aiogram_reads_every_result(fake: Telegram, citizen: aiogram.Bot) -> None:
    """A day with aiogram: each method is called, each result is read, and people see what was sent."""
    an = fake.person(1)
    an.write("Hello")
    keys = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    me = await citizen.me()
    sent = await citizen.send_message(1, "<b>One</b> &amp; two", parse_mode="HTML", reply_markup=keys)
    assert sent.html_text == "<b>One</b> &amp; two"
    edited = await citizen.edit_message_text("Two", chat_id=1, message_id=sent.message_id, reply_markup=keys)
    bare = await citizen.edit_message_reply_markup(chat_id=1, message_id=sent.message_id)
    assert isinstance(edited, aiogram.types.Message)
    assert isinstance(bare, aiogram.types.Message)
    assert (edited.text, bool(edited.edit_date), bare.reply_markup) == ("Two", True, None)
    file = BufferedInputFile(b"all of it", "data.json")
    document = await citizen.send_document(1, file, caption="Yours")
    assert an.documents == [("data.json", b"all of it")]
    photo = await citizen.send_photo(1, BufferedInputFile(b"\x89PNG", "a.png"))
    assert photo.photo is not None
    fetched = await citizen.download(document.document.file_id if document.document else "")
    assert fetched and fetched.read() == b"all of it"  # noqa: PT018 - the first half is for the types only
    await citizen.send_chat_action(1, "typing")
    assert await citizen.delete_message(1, photo.message_id)
    assert await citizen.delete_messages(1, [document.message_id, 999])
    assert [message.text for message in an.heard] == ["Two"]
    assert set(unknown_to_aiogram([me, sent, edited, document, photo])) == set()


async def test_aiogram_sets_its_profile(fake: Telegram, citizen: aiogram.Bot) -> None:
    """Commands, descriptions, menu button and webhook are set by aiogram and read back by it."""
    commands = [BotCommand(command="menu", description="What there is")]
    await citizen.set_my_commands(commands, language_code="vi")
    (kept,) = await citizen.get_my_commands(language_code="vi")
    assert (kept.command, kept.description, await citizen.get_my_commands()) == ("menu", "What there is", [])
    await citizen.set_my_description("Long")
    await citizen.set_my_short_description("Short")
    assert (await citizen.get_my_description(language_code="vi")).description == "Long"
    assert (await citizen.get_my_short_description()).short_description == "Short"
    assert await citizen.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert await citizen.set_webhook("https://example.org/hook", secret_token="s", max_connections=3)
    info = await citizen.get_webhook_info()
    assert (info.url, info.max_connections) == ("https://example.org/hook", 3)
    await citizen.delete_webhook(drop_pending_updates=True)
    assert (await citizen.get_webhook_info()).url == ""


async def test_ptb_reads_every_result(fake: Telegram, staff: telegram.Bot) -> None:
    """The same day with python-telegram-bot."""
    an = fake.person(1)
    an.write("Hello")
    keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Go", callback_data="go")]])
    sent = await staff.send_message(1, "<b>One</b> &amp; two", parse_mode="HTML", reply_markup=keys)
    assert sent.text_html == "<b>One</b> &amp; two"
    tap = an.tap("Go")
    assert await staff.answer_callback_query(tap.id, "Well done")
    assert (an.toasts, an.turning) == (["Well done"], [])
    edited = await staff.edit_message_text("Two", 1, sent.message_id)
    document = await staff.send_document(1, b"all of it", filename="data.json", caption="Yours")
    photo = await staff.send_photo(1, b"\x89PNG")
    assert document.document is not None
    content = await (await staff.get_file(document.document.file_id)).download_as_bytearray()
    assert bytes(content) == b"all of it"
    await staff.send_chat_action(1, "typing")
    assert await staff.delete_message(1, photo.message_id)
    assert await staff.set_my_commands([telegram.BotCommand("menu", "What there is")])
    assert len(await staff.get_my_commands()) == 1
    assert await staff.set_webhook("https://example.org/hook")
    assert (await staff.get_webhook_info()).pending_update_count == 2
    assert set(unknown_to_ptb([edited, document, photo])) == set()


@pytest.mark.parametrize(
    ("does", "error"),
    [
        (lambda bot: bot.send_message(404, "Hello"), aiogram.exceptions.TelegramBadRequest),
        (lambda bot: bot.send_message(2, "Hello"), aiogram.exceptions.TelegramForbiddenError),
        (lambda bot: bot(aiogram.methods.GetChatAdministrators(chat_id=1)), aiogram.exceptions.TelegramNotFound),
    ],
)
async def test_aiogram_reads_refusals(fake: Telegram, citizen: aiogram.Bot, does: Any, error: type[Exception]) -> None:
    """Refusals reach aiogram's callers as its own kinds of errors."""
    bao = fake.person(2)
    bao.write("Hello")
    bao.block()
    with pytest.raises(error):
        await does(citizen)


async def test_a_group_is_left(fake: Telegram, citizen: aiogram.Bot) -> None:
    """A bot that was put into a group leaves it, and can't write there any more."""
    an, group = fake.person(1), fake.group(-1001000000001, "supergroup")
    group.add_bot(an)
    assert await citizen.leave_chat(group.chat.id)
    with pytest.raises(aiogram.exceptions.TelegramForbiddenError, match="not a member of the supergroup"):
        await citizen.send_message(group.chat.id, "Hello")


async def test_both_poll_a_conversation(fake: Telegram, citizen: aiogram.Bot, staff: telegram.Bot) -> None:
    """A held poll answers as soon as somebody writes, and a second poller ends the first's."""

    async def poll_too() -> tuple[telegram.Update, ...]:
        await fake.until(lambda: fake.world.updates.held)
        return await staff.get_updates(timeout=20)

    async def write() -> None:
        await fake.until(lambda: fake.world.updates.held and len(fake.record.of("getUpdates")) == 2)
        fake.person(1).write("Hello")

    polls = (citizen.get_updates(timeout=20), poll_too(), write())
    first, second, _ = await asyncio.gather(*polls, return_exceptions=True)
    assert isinstance(first, aiogram.exceptions.TelegramConflictError)
    assert isinstance(second, tuple)
    assert [update.effective_message and update.effective_message.text for update in second] == ["Hello"]
