"""On platforms an account's own id is kept: that is said where people look, and nothing else of the account is kept."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.app import App
from bot.channels.channel import Decoded
from bot.channels.telegram import wire as telegram
from bot.channels.zalo_bot import wire as zalo_bot
from bot.channels.zalo_oa import wire as zalo_oa
from bot.platforms import PLATFORMS
from handlers.channels import channel_name
from handlers.chat import Incoming
from storage.wording import catalogue
from tests.channels import test_telegram_wire, test_zalo_bot, test_zalo_oa
from tests.privacy.people import CANARY
from tests.privacy.phones import Phone, linked

_ = catalogue("bot")
NAMES = [platform.name for platform in PLATFORMS]


def _said(*names: str) -> str:
    """The line for these channels."""
    told = ", ".join(map(channel_name, names))
    return _("- To answer on {channels}, I keep your account's id there: no name, but it leads to you.", channels=told)


@pytest.mark.parametrize("name", NAMES)
async def test_my_data_says_that_an_accounts_id_is_kept(app: App, name: str) -> None:
    """On the platform itself, and on a page that is linked with it; a page alone has no account."""
    account, page = Phone(app, "4711", name), Phone(app, "a page")
    for phone in (account, page):
        await phone.tap("age:u16")
    assert _said(name) in await account.tap("me")
    alone = await page.tap("me")
    assert channel_name(name) not in alone
    await linked(account, page)
    assert _said(name) in await page.tap("me")
    assert "4711" not in await page.tap("me")


WHO = {"first_name": CANARY, "last_name": CANARY, "username": CANARY, "language_code": CANARY, "display_name": CANARY}
AN: Mapping[str, Any] = {"id": 4567, "is_bot": False, **WHO}
CARD = {"phone_number": CANARY, "vcard": CANARY, "user_id": 7, **WHO}
CHAT = {**test_telegram_wire.CHAT, **WHO, "photo": {"small_file_id": CANARY}}


def _telegram() -> list[Decoded]:
    said = {**test_telegram_wire.BASE, "from": AN, "chat": CHAT}
    tap = {**test_telegram_wire.TAP, "from": AN, "message": said}
    updates: list[dict[str, Any]] = [{"message": {**said, "contact": CARD}}, {"message": {**said, "text": "x"}}]
    updates += [{"callback_query": tap}, {"edited_message": {**said, "text": "x"}}]
    return [telegram.decode(json.dumps({"update_id": 1, **update}).encode()) for update in updates]


def _zalo_bot() -> list[Decoded]:
    return [zalo_bot.decode(json.dumps(test_zalo_bot.payload(text="x", sender={"id": "x", **WHO})).encode())]


def _zalo_oa() -> list[Decoded]:
    card = test_zalo_oa.attached("link", description=json.dumps(CARD), thumbnail=CANARY)
    said = test_zalo_oa.said(None, "business_card", **card) | {"user_id_by_app": CANARY}
    return [test_zalo_oa.decoded(said | {"sender": {"id": test_zalo_oa.LAN, **WHO}})]


DECODED = {telegram.NAME: _telegram, zalo_bot.NAME: _zalo_bot, zalo_oa.NAME: _zalo_oa}


@pytest.mark.parametrize("name", NAMES)
def test_a_platforms_words_about_a_person_are_not_kept(name: str) -> None:
    """Name, user name, picture, language, a contact card's number: no decoder lets any of it in."""
    for found in DECODED[name]():
        assert isinstance(found, Incoming)
        assert CANARY not in repr(found)
