"""What every platform that is sent to must keep to: how long an address may be, and when something happened."""

import json
from collections.abc import Callable, Mapping

import pytest

from bot.channels.channel import Decoded, Ignored, Membership
from bot.channels.telegram import wire as telegram
from bot.channels.zalo_bot import wire as zalo_bot
from bot.channels.zalo_oa import wire as zalo_oa
from bot.platforms import PLATFORMS
from handlers.chat import Incoming
from storage.schema import LONGEST_ADDRESS
from storage.tables import metadata
from tests.channels import test_telegram_wire, test_zalo_bot, test_zalo_oa

WHEN = 1795489200
MOST = "9" * LONGEST_ADDRESS


def _telegram(address: str) -> Decoded:
    chat = {"id": int(address), "type": "private"}
    return telegram.decode(json.dumps(test_telegram_wire.message(text="x", chat=chat)).encode())


def _zalo_bot(address: str) -> Decoded:
    chat = {"id": address, "chat_type": "PRIVATE"}
    return zalo_bot.decode(json.dumps(test_zalo_bot.payload(text="x", chat=chat)).encode())


def _zalo_oa(address: str) -> Decoded:
    event = test_zalo_oa.said("x") | {"sender": {"id": address}}
    return zalo_oa.decode(test_zalo_oa.US, json.dumps(event).encode())


SAID: Mapping[str, Callable[[str], Decoded]] = {"telegram": _telegram, "zalo_bot": _zalo_bot, "zalo_oa": _zalo_oa}


@pytest.mark.parametrize("name", [platform.name for platform in PLATFORMS])
def test_no_address_is_longer_than_its_column(name: str) -> None:
    """As long as can be kept is let in; a sign more, or a thousand, is no message: it would break in the database."""
    found = SAID[name](MOST)
    assert isinstance(found, Incoming)
    assert found.address == MOST
    for longer in (MOST + "9", MOST * 20):
        assert SAID[name](longer) == Ignored("undecodable")


def test_every_column_of_addresses_is_as_long_as_that() -> None:
    """One number: whoever makes a column narrower learns it here."""
    columns = [column for table in metadata.tables.values() for column in table.columns if "address" in column.key]
    assert {getattr(column.type, "length", None) for column in columns} == {LONGEST_ADDRESS}
    assert len(columns) >= 5


def test_a_group_of_telegrams_keeps_to_it_too() -> None:
    """Leaving a group takes its number as well."""
    change = {"chat": {"id": int("-" + MOST), "type": "group"}, "new_chat_member": {"status": "member"}}
    body = json.dumps(test_telegram_wire.update(my_chat_member=change)).encode()
    assert telegram.decode(body) == Ignored("undecodable")


def _at(found: Decoded) -> float:
    assert isinstance(found, Incoming | Membership)
    return found.at


def test_telegram_tells_when_something_happened() -> None:
    """Words and blocking, in seconds; a tap comes without: the date beside it is the message's."""
    said = test_telegram_wire.message(text="x", date=WHEN)
    blocked = {"chat": test_telegram_wire.CHAT, "date": WHEN, "new_chat_member": {"status": "kicked"}}
    tap = test_telegram_wire.update(callback_query=test_telegram_wire.TAP)
    found = [telegram.numbered(raw) for raw in (said, test_telegram_wire.update(my_chat_member=blocked), tap)]
    assert [_at(one[1]) for one in found if one] == [WHEN, WHEN, 0.0]


def test_zalo_tells_when_something_happened() -> None:
    """Words, following and unfollowing, in milliseconds; what is no such time counts as untold."""
    follows = [test_zalo_oa.event(name, **test_zalo_oa.FOLLOW) for name in ("follow", "unfollow")]
    for event in (test_zalo_oa.said("x"), *follows):
        assert _at(test_zalo_oa.decoded(event)) == WHEN
        assert _at(test_zalo_oa.decoded(event | {"timestamp": "soon"})) == 0.0
