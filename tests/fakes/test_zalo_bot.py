"""The fake Zalo Bot Platform keeps the platform's rules, and a client that isn't ours understands it."""

import logging
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from zalo_bot import Bot, Update  # type: ignore[import-untyped]  # the package has annotations but no py.typed
from zalo_bot.error import (  # type: ignore[import-untyped]  # as above
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    ZaloError,
)

from tests.fakes import zalo_bot_people as people
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_faults import ON_REQUESTS, ZALO_FAULTS
from tests.fakes.zalo_listener import Listener

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

SECRET = "a-secret-of-16-c"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as fake:
        fake.longest = 0.05
        yield fake


@pytest.fixture
async def foreign(zalo: FakeZaloBot) -> AsyncIterator[Bot]:
    async with Bot(zalo.token, zalo.url) as bot:
        yield bot


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


# A client that isn't ours: python-zalo-bot


async def test_the_foreign_client_knows_who_it_is(foreign: Bot) -> None:
    """Its getMe, which it calls when it starts, reads every field of the bot's account."""
    me = await foreign.get_me()
    assert (me.id, me.display_name, me.account_type) == ("1459232241454765289", "Bot La Chan", "BASIC")
    assert me.can_join_groups is False


@pytest.mark.parametrize("kind", people.KINDS)
async def test_the_foreign_client_reads_all_that_people_send(zalo: FakeZaloBot, foreign: Bot, kind: str) -> None:
    """Each kind of update is an object to it, with sender, chat, number and date; pictures stand in photo_url."""
    lan = zalo.person("Lan")
    payload = people.KINDS[kind]()
    await zalo.sends(lan, payload)
    update = await foreign.get_update(timeout=1)
    message = update.message
    assert (message.chat.id, message.chat.type, update.effective_user.display_name) == (lan.id, "PRIVATE", "Lan")
    assert len(message.message_id) == 20
    assert abs(message.date.timestamp() - time.time()) < 60
    assert (message.text, message.sticker) == (payload["message"].get("text"), payload["message"].get("sticker"))
    assert message.photo_url == payload["message"].get("photo_url")


async def test_the_foreign_client_reads_a_webhook_payload_and_a_group(zalo: FakeZaloBot) -> None:
    """What is inside the envelope is an update to it, also when it comes from a group."""
    async with Listener() as listener:
        zalo.listen(listener.url, SECRET)
        await zalo.says(zalo.person("Lan"), "hello", zalo.group("8A"))
    update = Update.de_json(listener.payloads[0]["result"])
    assert (update.message.text, update.message.chat.type) == ("hello", "GROUP")


async def test_the_foreign_client_sends_and_reads_the_answers(zalo: FakeZaloBot, foreign: Bot) -> None:
    """Its text, picture, sticker and typing arrive, in form bodies, and it reads number and date of each."""
    lan = zalo.person("Lan")
    sent = await foreign.send_message(lan.id, "hello")
    await foreign.send_photo(lan.id, "a caption", "https://photo.example.vn/1.jpg")
    await foreign.send_sticker(lan.id, "24f4")
    assert await foreign.send_chat_action(lan.id, "typing") is True
    assert [shown.kind for shown in lan.screen] == ["text", "photo", "sticker", "typing"]
    assert sent.message_id == lan.screen[0].message_id
    assert {call.way for call in zalo.calls} == {"POST form", "POST query"}


async def test_the_foreign_client_reads_the_webhook_calls(zalo: FakeZaloBot, foreign: Bot) -> None:
    """Setting, looking at and deleting a webhook; its public methods call asyncio.run, so their insides are called."""
    assert await foreign._set_webhook_async("https://bot.example.vn/hook", SECRET)
    info = await foreign._get_webhook_info_async()
    assert (info.url, info.updated_at > 1.7e12) == ("https://bot.example.vn/hook", True)
    assert await foreign._delete_webhook_async()
    with pytest.raises(InvalidToken):  # it takes any 404 for that; the platform says 404 when none is set
        await foreign._get_webhook_info_async()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, BadRequest),
        (401, InvalidToken),
        (403, Forbidden),
        (404, InvalidToken),
        (408, NetworkError),
        (429, NetworkError),
    ],
)
async def test_the_foreign_client_tells_the_errors_apart(
    zalo: FakeZaloBot, foreign: Bot, code: int, error: type[ZaloError]
) -> None:
    """Each documented number is an exception of its own kind to it, with our description."""
    lan = zalo.person("Lan")
    lan.refusal = code
    with pytest.raises(error):
        await foreign.send_message(lan.id, "hello")


async def test_the_foreign_client_takes_an_idle_poll_for_an_error(foreign: Bot) -> None:
    """A defect of its own that we don't bend to: 408 is how the platform says that nothing came."""
    with pytest.raises(NetworkError, match="408"):
        await foreign.get_update(timeout=1)


@pytest.mark.parametrize("name", ON_REQUESTS)
async def test_the_foreign_client_meets_every_fault(
    zalo: FakeZaloBot, foreign: Bot, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong is an error to it, and the message arrived exactly when the table says so."""
    caplog.set_level(logging.CRITICAL)
    lan, fault = zalo.person("Lan"), ZALO_FAULTS[name]
    foreign._request[1]._client.timeout = 0.7
    async with zalo.suffering(fault):
        if name == "slow":
            await foreign.send_message(lan.id, "hello")
        else:
            with pytest.raises((ZaloError, TypeError, AttributeError)):
                await foreign.send_message(lan.id, "hello")
    assert lan.texts == (["hello"] if fault.effect else [])
    await foreign.send_message(lan.id, "again")
    assert lan.texts[-1] == "again"
