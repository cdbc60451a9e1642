"""Telegram's habits: one live message, an answer to every tap, a kind word for whatever comes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest
from pydantic import SecretStr

from bot.app import App
from storage.schema import Transaction
from tests.channels.running import Running, running
from tests.fakes.faults import FAULTS, FROM_NOW_ON
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Person
from tests.fakes.telegram_things import THINGS

Act = Callable[[], object]


@dataclass
class Talk:
    """An on Telegram, and what came of what they did."""

    fake: Telegram
    server: Running
    an: Person

    async def after(self, act: Act) -> list[str]:
        """Do something, wait until all is answered, and read what came or changed."""
        act()
        await self.fake.settled()
        await self.server.calm("telegram")
        return [message.text for message in self.an.news()]

    def buttons(self) -> list[str]:
        """The buttons under the newest message."""
        return [label for label, _data in self.an.heard[-1].buttons]


@pytest.fixture
async def talk(fake: Telegram, server: Running) -> Talk:
    """An has pressed Start."""
    said = Talk(fake, server, fake.person(4711))
    await said.after(said.an.start)
    return said


def rows(tx: Transaction, table: str) -> int:
    """How many rows a table has."""
    return int(tx.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


async def test_a_tap_changes_the_message_it_stands_in(talk: Talk) -> None:
    """A whole lesson leaves one message behind, and each tap stops turning."""
    for label in ("Bỏ qua", "Học", "Nói “không” sao cho nhẹ", "Tiếp", "Tiếp", "Quay lại"):
        assert len(await talk.after(partial(talk.an.tap, label))) == 1
    assert len(talk.an.heard) == 1
    assert talk.an.heard[0].text.startswith("2/7 · Bốn bước")
    assert talk.an.heard[0].bold[0] == "2/7 · Bốn bước"
    assert not talk.an.turning


async def test_what_is_typed_is_answered_under_it(talk: Talk) -> None:
    """A new message, which is the live one from now on; a tap above it is answered below."""
    first = talk.an.heard[0]
    await talk.after(lambda: talk.an.write("/hoc"))
    assert len(talk.an.heard) == 2
    await talk.after(lambda: talk.an.tap("Bỏ qua", first))
    assert [message.number for message in talk.an.heard] == sorted(message.number for message in talk.an.heard)
    assert len(talk.an.heard) == 3
    assert first.text.startswith("Chào bạn")


async def test_an_edit_that_would_change_nothing_is_not_sent(talk: Talk) -> None:
    """A second tap on the same button is answered, and Telegram isn't asked to change nothing."""
    await talk.after(lambda: talk.an.tap("Bỏ qua"))
    menu = talk.an.heard[0]
    await talk.after(lambda: talk.an.tap_data("menu", menu.number))
    assert not talk.an.turning
    assert [call.said for call in talk.fake.record.calls if call.status != 200 and call.method != "getUpdates"] == []


async def test_the_refusal_of_such_an_edit_is_swallowed(fake: Telegram, talk: Talk) -> None:
    """Should what the message says not be known, it is asked for, "not modified" is heard, and that is that."""
    await talk.after(lambda: talk.an.tap("Bỏ qua"))
    live = talk.server.boxes["telegram"].channel._live  # type: ignore[attr-defined] # what is known of messages
    live.update({chat: replace(one, shown=b"") for chat, one in live.items()})
    await talk.after(lambda: talk.an.tap_data("menu", talk.an.heard[0].number))
    assert any("not modified" in call.said for call in fake.record.calls)
    assert len(talk.an.heard) == 1


async def test_after_a_restart_an_old_button_is_answered_in_sight(talk: Talk) -> None:
    """Which message stands last isn't known any more: nothing is rewritten far above."""
    first = talk.an.heard[0]
    await talk.after(lambda: talk.an.write("/hoc"))
    talk.server.boxes["telegram"].channel._live.clear()  # type: ignore[attr-defined] # as after a restart
    before = first.text
    await talk.after(lambda: talk.an.tap("Bỏ qua", first))
    assert len(talk.an.heard) == 3
    assert first.text == before


async def test_a_refused_ornament_keeps_nobody_from_being_answered(app: App, fake: Telegram) -> None:
    """Commands and descriptions are tried again later; people are listened to at once."""
    ornaments = frozenset({"setMyCommands", "setMyShortDescription"})
    refusing = FAULTS["too-many"].but(methods=ornaments, times=FROM_NOW_ON)
    async with fake.suffers(refusing), running(app, telegram_token=SecretStr(fake.token), telegram_api=fake.url):
        an = fake.person(1)
        an.write("/menu")
        await fake.until(lambda: an.heard, 10)


async def test_an_old_button_gets_a_toast_and_a_fresh_menu(talk: Talk) -> None:
    """Of an earlier version of the bot, or forged. What the toast says the message needn't."""
    said = await talk.after(lambda: talk.an.tap_data("nonsense:1", talk.an.heard[0].number))
    assert talk.an.toasts == ["Nút đó cũ rồi."]
    assert said == ["Đây là các lựa chọn mới."]
    assert "Học" in talk.buttons()


@pytest.mark.parametrize("restart", [False, True])
async def test_first_aid_is_never_written_over(talk: Talk, restart: bool) -> None:
    """Its steps stay while the numbers are looked at, also when the server has forgotten what they are; after them
    the new message is the one that changes."""
    (steps,) = await talk.after(lambda: talk.an.write("bạn em gọi không dậy"))
    if restart:
        talk.server.boxes["telegram"].channel._live.clear()  # type: ignore[attr-defined] # as after a restart
    aid = talk.an.heard[-1]
    (lines,) = await talk.after(lambda: talk.an.tap("Số gọi giúp đỡ", aid))
    assert aid.text == steps
    assert lines.startswith("Số gọi giúp đỡ")
    count = len(talk.an.heard)
    await talk.after(lambda: talk.an.tap("Trang chính", talk.an.heard[-1]))
    assert len(talk.an.heard) == count
    assert aid.text == steps


async def test_a_message_that_was_deleted_is_no_hindrance(talk: Talk) -> None:
    """The answer comes as a new message."""
    gone = talk.an.heard[0]
    talk.an.clear(gone)
    assert await talk.after(lambda: talk.an.tap_data("menu", gone.number)) == ["Bạn muốn làm gì?"]


NOTES = {"pinned", "timer", "write access"}


@pytest.mark.parametrize("thing", sorted(set(THINGS) - NOTES))
async def test_whatever_is_sent_gets_a_kind_sentence(talk: Talk, thing: str) -> None:
    """Stickers, voices, places and what nobody has thought of yet."""
    (said,) = await talk.after(lambda: talk.an.send(thing))
    assert 10 < len(said) < 400
    assert talk.buttons()


@pytest.mark.parametrize("note", sorted(NOTES))
async def test_what_telegram_itself_notes_in_a_chat_is_no_message(talk: Talk, note: str) -> None:
    """Nobody said anything, so nobody is answered."""
    assert await talk.after(lambda: talk.an.send(note)) == []


@pytest.mark.parametrize("act", ["edit", "forward", "photo"])
async def test_danger_is_heard_in_words_that_came_along(talk: Talk, act: str) -> None:
    """In a changed message, a forwarded one, and under a picture."""
    words = "bạn em co giật, gọi không dậy"
    written = talk.an.write("chào")
    await talk.after(lambda: None)
    acts: dict[str, Act] = {
        "edit": lambda: talk.an.edit(written, words),
        "forward": lambda: talk.an.forward(text=words),
        "photo": lambda: talk.an.send("photo", words),
    }
    (said,) = await talk.after(acts[act])
    assert "115" in said


async def test_a_group_is_left_with_a_word(fake: Telegram, server: Running) -> None:
    """Politely, at once, and nothing of it is kept."""
    lan, group = fake.person(5), fake.group(-7, "supergroup")
    group.add_bot(lan)
    await fake.until(lambda: "leaveChat" in [call.method for call in fake.record.calls])
    assert group.heard
    assert await server.app.database.read(rows, "person") == 0


async def test_who_blocked_us_hears_nothing_more_until_they_unblock(talk: Talk) -> None:
    """It is noted both when Telegram tells and when a message is refused."""
    await talk.after(lambda: talk.an.tap("Dưới 16"))
    read = talk.server.app.database.read
    await talk.after(talk.an.block)
    assert await read(lambda tx: tx.exec_driver_sql("SELECT blocked FROM address").scalar_one())
    await talk.after(talk.an.unblock)
    assert not await read(lambda tx: tx.exec_driver_sql("SELECT blocked FROM address").scalar_one())
    assert await talk.after(lambda: talk.an.write("/menu")) == ["Bạn muốn làm gì?"]
    talk.an.vanish()
    talk.server.boxes["telegram"].delivery.put("4711", _parcel("x"))
    await talk.server.calm("telegram")
    assert await read(lambda tx: tx.exec_driver_sql("SELECT blocked FROM address").scalar_one())


def _parcel(text: str):  # type: ignore[no-untyped-def] # a helper of one test
    from bot.parcels import Parcel
    from handlers.chat import Say

    return Parcel((Say(text),))


async def test_an_export_comes_as_a_file_that_cannot_be_passed_on(talk: Talk) -> None:
    """All that is kept, as JSON."""
    await talk.after(lambda: talk.an.tap("Dưới 16"))
    await talk.after(lambda: talk.an.write("/dulieu"))
    await talk.after(lambda: talk.an.tap("Tải về"))
    ((name, content),) = talk.an.documents
    assert name.endswith(".json")
    assert b'"age": "u16"' in content
    sent = next(call for call in talk.fake.record.calls if call.method == "sendDocument")
    assert sent.params.raw["protect_content"] in ("True", "true", "1")


async def test_commands_and_descriptions_stand_in_vietnamese_and_for_everybody(fake: Telegram, server: Running) -> None:
    """Each command that stands in the menu does something."""
    await fake.until(lambda: len([1 for call in fake.record.calls if call.method == "setMyShortDescription"]) == 2)
    languages = {call.params.raw.get("language_code") for call in fake.record.calls if call.method == "setMyCommands"}
    assert languages == {"vi", None}
    an = fake.person(1)
    from bot.channels.telegram.profile import commands

    for name in commands():
        an.write(f"/{name}")
        await fake.settled()
        await server.calm("telegram")
        (said, *_more) = an.news()
        assert "chưa hiểu" not in said.text


async def test_a_long_text_comes_in_pieces_with_the_buttons_under_the_last(fake: Telegram, talk: Talk) -> None:
    """Nothing is cut off, whatever Telegram counts."""
    from bot.parcels import Parcel
    from handlers.chat import Button, Say

    say = Say("Một câu dài vừa phải 👍🏽. " * 400, (Button("Tiếp", "menu"),), title="Dài")
    await talk.after(lambda: talk.server.boxes["telegram"].delivery.put("4711", Parcel((say,))))
    *before, last = talk.an.heard[1:]
    assert len(before) == 2
    assert not any(message.buttons for message in before)
    assert last.buttons == (("Tiếp", "menu"),)


@pytest.mark.parametrize("secret", ["", "right"])
async def test_a_webhook_brings_messages_too(app: App, fake: Telegram, secret: str) -> None:
    """With a secret of our own or one that was set; the same conversation."""
    settings = {"telegram_token": SecretStr(fake.token), "telegram_api": fake.url, "telegram_mode": "webhook"}
    port = _free_port()
    more = {"public_url": f"http://127.0.0.1:{port}", "telegram_secret": SecretStr(secret), "port": port}
    async with running(app, **settings, **more) as server:
        await fake.until(lambda: "setWebhook" in [call.method for call in fake.record.calls])
        an = fake.person(1)
        an.start()
        await fake.until(lambda: an.heard)
        await server.calm("telegram")
        an.tap("Bỏ qua")
        await fake.until(lambda: an.heard[-1].text == "Bạn muốn làm gì?")


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
