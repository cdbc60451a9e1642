"""What is nobody else's business can't be passed on by a slip of the thumb; everything else can."""

from functools import partial

from pydantic import SecretStr

from bot.app import App
from tests.channels.running import running
from tests.channels.test_telegram import Talk, talk
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_chats import Message

__all__ = ["talk"]


async def _newest(talk: Talk, label: str) -> Message:
    """What stands last after a tap."""
    assert await talk.after(partial(talk.an.tap, label))
    return talk.an.heard[-1]


async def test_my_data_is_guarded_and_what_comes_after_it_is_not(talk: Talk) -> None:
    """Telegram guards a message from its beginning or never, so neither is written over the other."""
    menu = await _newest(talk, "Dưới 16")
    menu = await _newest(talk, "Bỏ qua")
    mine = await _newest(talk, "Dữ liệu của tôi")
    assert mine.number > menu.number
    assert mine.guarded
    home = await _newest(talk, "Trang chính")
    assert home.number > mine.number
    assert not home.guarded


async def test_a_code_is_guarded_and_edited_in_its_place(talk: Talk) -> None:
    """Asked for at once, or again; a guarded screen takes a guarded one's place."""
    await talk.after(lambda: talk.an.write("/lienket"))
    code = talk.an.heard[-1]
    assert code.guarded
    for label in ("Mình gõ xong rồi", "Lấy mã mới"):
        looked = await _newest(talk, label)
        assert (looked.number, looked.guarded) == (code.number, True)


async def test_devices_are_guarded(talk: Talk) -> None:
    """Where somebody else talks with us is nobody's business either."""
    await talk.after(lambda: talk.an.tap("Dưới 16"))
    await talk.after(lambda: talk.an.tap_data("link:devices", talk.an.heard[-1].number))
    assert talk.an.heard[-1].guarded


async def test_after_a_restart_nothing_personal_is_written_into_an_open_message(app: App, fake: Telegram) -> None:
    """The server has forgotten which messages are guarded: then it says it anew."""
    given = {"telegram_token": SecretStr(fake.token), "telegram_api": fake.url}
    async with running(app, **given) as server:
        before = Talk(fake, server, fake.person(7))
        await before.after(before.an.start)
        menu = await _newest(before, "Bỏ qua")
    async with running(app, **given) as server:
        after = Talk(fake, server, before.an)
        await after.after(lambda: after.an.tap_data("link", menu.number))
        assert not menu.guarded
        assert "Mã của bạn" not in menu.text
        assert after.an.heard[-1].guarded
