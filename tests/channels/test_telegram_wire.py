"""Telegram's updates as neutral messages."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Decoded, Ignored, Membership, Presence
from bot.channels.telegram import wire
from handlers.chat import Incoming, Kind, Thing

CHAT: dict[str, Any] = {"id": 4567, "type": "private", "first_name": "An"}
GROUP: dict[str, Any] = {"id": -100, "type": "supergroup", "title": "Lớp 8A"}
AN: dict[str, Any] = {"id": 4567, "is_bot": False, "first_name": "An", "language_code": "vi"}
BASE: dict[str, Any] = {"message_id": 12, "from": AN, "chat": CHAT, "date": 1_790_000_000}
ORIGIN = {"type": "hidden_user", "sender_user_name": "Ai đó", "date": 1}


def update(number: int = 700, **what: Any) -> dict[str, Any]:
    """One update."""
    return {"update_id": number, **what}


def message(**fields: Any) -> dict[str, Any]:
    """One with a message of An's."""
    return update(message={**BASE, **fields})


def text(said: str) -> Incoming:
    """What An typed, as it should come out."""
    return Incoming("telegram", "4567", "700", Kind.TEXT, said)


def other(thing: Thing, said: str = "") -> Incoming:
    """What An sent that is no text."""
    return Incoming("telegram", "4567", "700", Kind.OTHER, said, thing=thing)


def tap(action: str, tapped: str | None = None) -> Incoming:
    """What An tapped."""
    return Incoming("telegram", "4567", "700", Kind.TAP, action=action, tapped=tapped)


TAP = {"id": "99", "from": AN, "chat_instance": "1", "data": "menu", "message": {**BASE, "text": "…"}}
HIDDEN = {"chat": CHAT, "message_id": 12, "date": 0}
ROWS: tuple[tuple[str, dict[str, Any], Decoded], ...] = (
    ("a typed text", message(text="chào bạn"), text("chào bạn")),
    ("a command", message(text="/menu", entities=[{"type": "bot_command", "offset": 0, "length": 5}]), text("/menu")),
    ("the first press on Start", message(text="/start"), text("/start")),
    ("a link to a card", message(text="/start card-luat-pcmt"), tap("open:card:luat-pcmt")),
    ("a link to a track", message(text="/start track-hs"), tap("open:track:hs")),
    ("a link to a school", message(text="/start school-abc_1"), tap("open:school:abc_1")),
    ("a link that nobody knows", message(text="/start ../../etc"), tap("start")),
    ("an answer to one of our messages", message(text="ừ", reply_to_message={**BASE, "text": "hỏi"}), text("ừ")),
    ("a text with a preview and unknown fields", message(text="x", link_preview_options={}, new_in_2030=[1]), text("x")),
    ("a sticker", message(sticker={"file_id": "x", "emoji": "👍"}), other(Thing.STICKER)),
    ("a moving picture, which has a document too", message(animation={}, document={}), other(Thing.ANIMATION)),
    ("a voice message", message(voice={"duration": 3}), other(Thing.VOICE)),
    ("music", message(audio={"duration": 3}, caption="nghe đi"), other(Thing.MUSIC, "nghe đi")),
    ("a photo with words under it", message(photo=[{"file_id": "x"}], caption="bạn em ngất"), other(Thing.PHOTO, "bạn em ngất")),
    ("a video", message(video={}), other(Thing.VIDEO)),
    ("a round video", message(video_note={}), other(Thing.VIDEO)),
    ("a file", message(document={"file_name": "a.pdf"}), other(Thing.DOCUMENT)),
    ("somebody's number", message(contact={"phone_number": "+84"}), other(Thing.CONTACT)),
    ("a place", message(location={"latitude": 1, "longitude": 2}), other(Thing.LOCATION)),
    ("a known place, which has a location too", message(venue={}, location={}), other(Thing.LOCATION)),
    ("a poll", message(poll={"id": "1"}), other(Thing.POLL)),
    ("dice", message(dice={"value": 3}), other(Thing.SOMETHING)),
    ("what will be thought of next year", message(hologram={"id": 1}), other(Thing.SOMETHING)),
    ("a forwarded text", message(text="tin đồn", forward_origin=ORIGIN), other(Thing.FORWARD, "tin đồn")),
    ("forwarded from where nobody knows", message(text="x", forward_origin={"type": "new"}), other(Thing.FORWARD, "x")),
    ("a text that was changed", update(edited_message={**BASE, "text": "sửa"}), other(Thing.EDITED, "sửa")),
    ("a tap", update(callback_query=TAP), tap("menu", "12 99")),
    ("a tap on what must stay", update(callback_query={**TAP, "data": "!lines"}), tap("lines", "!12 99")),
    ("a tap on a message too old to be told", update(callback_query={**TAP, "message": HIDDEN}), tap("menu", "12 99")),
    ("a tap on a message from inline mode", update(callback_query={**TAP, "message": None}), Ignored("foreign")),
    ("a tap on a game", update(callback_query={**TAP, "data": None}), Ignored("foreign")),
    ("a bot that writes", message(**{"text": "x", "from": {**AN, "is_bot": True}}), Ignored("bot")),
    ("a pinned message", message(pinned_message={**BASE, "text": "x"}), Ignored("note")),
    ("messages are to vanish", message(message_auto_delete_timer_changed={"message_auto_delete_time": 1}), Ignored("note")),
    ("a bot may write", message(write_access_allowed={}), Ignored("note")),
    ("another background", message(chat_background_set={"type": {}}), Ignored("note")),
    ("a message in a group", update(message={**BASE, "chat": GROUP, "text": "hi"}), Membership("telegram", "-100", Presence.GROUP)),
    ("a tap in a group", update(callback_query={**TAP, "message": {**BASE, "chat": GROUP}}), Membership("telegram", "-100", Presence.GROUP)),
    ("put into a group", update(my_chat_member={"chat": GROUP, "new_chat_member": {"status": "member"}}), Membership("telegram", "-100", Presence.GROUP)),
    ("thrown out of a group", update(my_chat_member={"chat": GROUP, "new_chat_member": {"status": "kicked"}}), Ignored("group")),
    ("blocked", update(my_chat_member={"chat": CHAT, "new_chat_member": {"status": "kicked"}}), Membership("telegram", "4567", Presence.CLOSED)),
    ("unblocked", update(my_chat_member={"chat": CHAT, "new_chat_member": {"status": "member"}}), Membership("telegram", "4567", Presence.OPEN)),
    ("a kind of update that we didn't ask for", update(message_reaction={"chat": CHAT}), Ignored("foreign")),
    ("an update with nothing in it", update(), Ignored("foreign")),
    ("an update without a number", {"message": {**BASE, "text": "x"}}, Ignored("undecodable")),
    ("a message without a chat", update(message={"message_id": 1}), Ignored("undecodable")),
    ("a number where a text belongs", message(text=5), Ignored("undecodable")),
)  # fmt: skip
by_label = pytest.mark.parametrize(("raw", "meant"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])


@by_label
def test_an_update_is_what_it_says(raw: dict[str, Any], meant: Decoded) -> None:
    """Captured payloads, the same by webhook and by asking."""
    assert wire.decode(json.dumps(raw).encode()) == meant
    if "update_id" in raw:
        assert wire.numbered(raw) == (700, meant)


@given(st.binary(max_size=300))
def test_random_bytes_are_noted_and_nothing_else(body: bytes) -> None:
    """Whatever calls the address: no error, and no message out of nothing."""
    assert isinstance(wire.decode(body), Ignored)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data(), which=st.sampled_from(ROWS), junk=_JSON)
def test_mutated_payloads_never_raise(
    data: st.DataObject, which: tuple[str, dict[str, Any], Decoded], junk: object
) -> None:
    """Any value of a real payload replaced by anything: still a decision."""
    raw = json.loads(json.dumps(which[1]))
    here: Any = raw
    while isinstance(here, dict) and here:
        key = data.draw(st.sampled_from(sorted(here)))
        if not isinstance(here[key], dict) or data.draw(st.booleans()):
            here[key] = junk
            break
        here = here[key]
    assert isinstance(wire.decode(msgspec.json.encode(raw)), Decoded)
    numbered = wire.numbered(raw)
    assert numbered is None or isinstance(numbered[1], Decoded)


HALF = "\ud800"
FORGED = update(callback_query={**TAP, "data": f"link:take:{HALF}"})


@pytest.mark.parametrize("raw", [message(text=HALF), message(photo=[], caption=HALF), FORGED])
def test_half_a_character_is_noted(raw: dict[str, Any]) -> None:
    """Forged: it could be kept nowhere. By asking it gets past Python's own reader of JSON, so it is stopped here."""
    assert wire.numbered(raw) == (700, Ignored("undecodable"))
    assert wire.decode(json.dumps(raw).encode()) == Ignored("undecodable")


def test_a_number_without_end_is_noted() -> None:
    """Nothing that is asked for raises, whatever numbers stand in it."""
    for raw in (message(text="x", chat={**CHAT, "id": 10**5000}), message(text="x") | {"update_id": 10**5000}):
        found = wire.numbered(raw)
        assert found is not None
        assert found[1] == Ignored("undecodable")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"update_id":1,"message":' * 5_000, b'"\\ud800"', b"", b"null"])
def test_bombs_are_noted(body: bytes) -> None:
    """Depth, lone surrogates, nothing at all."""
    assert wire.decode(body) == Ignored("undecodable")
