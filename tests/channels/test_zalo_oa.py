"""Zalo OA on the wire: signed events become neutral messages, whatever comes."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Decoded, Ignored, Membership, Operator, Presence
from bot.channels.zalo_oa import encode, wire
from bot.channels.zalo_oa.wire import Account
from handlers.chat import Button, Incoming, Kind, Say, Thing
from tests.fakes import zalo_oa_events as events
from tests.fakes.zalo_oa import FakeZaloOA

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
OA, APP, KEY = "388613280878808645", "360846524940903967", "key-of-the-account"
US = Account(APP, KEY, OA)
LAN = "246845883529197922"


def event(name: str, **more: Any) -> dict[str, Any]:
    """An event as the OpenAPI's pages show it."""
    whole = {"app_id": APP, "user_id_by_app": "552177279717587730", "timestamp": "1795489200000", "event_name": name}
    return whole | {"sender": {"id": LAN}, "recipient": {"id": OA}} | more


def said(text: str | None = "", kind: str = "text", **more: Any) -> dict[str, Any]:
    """Somebody's message."""
    message = {"msg_id": "96d3cdf3af150460909", **({} if text is None else {"text": text})}
    return event(f"user_send_{kind}", message=message | more)


def incoming(text: str = "", **more: Any) -> Incoming:
    """What becomes of it."""
    given: dict[str, Any] = {"kind": Kind.TEXT, "text": text, "watched": True} | more
    return Incoming("zalo_oa", LAN, "96d3cdf3af150460909", **given)


def other(thing: Thing, text: str = "") -> Incoming:
    return incoming(text, kind=Kind.OTHER, thing=thing)


def tap(action: str) -> Incoming:
    return incoming(kind=Kind.TAP, action=action)


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return {"attachments": [{"type": kind, "payload": payload}]}


FOREIGN, UNREADABLE = Ignored("foreign"), Ignored("undecodable")
FROM_OA = {"sender": {"id": OA}, "recipient": {"id": LAN}}
OPERATOR = {"sender": {"id": OA, "admin_id": "2468"}, "recipient": {"id": LAN}}
FOLLOW = {"sender": None, "recipient": None, "oa_id": OA, "follower": {"id": LAN}, "source": "oa_profile"}
PICTURE = attached("image", thumbnail="https://media.example.vn/s.jpg", url="https://media.example.vn/1.jpg")

CAPTURED: dict[str, tuple[Any, Decoded]] = {
    "words": (said("Thuốc lá điện tử có hại không"), incoming("Thuốc lá điện tử có hại không")),
    "an empty text": (said(None), incoming()),
    "numbers where the pages show strings": (
        event("user_send_text", sender={"id": int(LAN)}, recipient={"id": int(OA)}, message={"text": "a", "msg_id": 7}),
        Incoming("zalo_oa", LAN, "7", Kind.TEXT, "a", watched=True),
    ),
    "a press on a button": (said("#card:thuoc-la-dien-tu:2"), tap("card:thuoc-la-dien-tu:2")),
    "a press on a bare route": (said("#menu"), tap("menu")),
    "a press on a button of an older version": (said("#gone:1"), tap("gone:1")),
    "a hashtag that somebody typed": (said("#buon"), incoming("#buon")),
    "a hashtag with words": (said("#menu cho em hỏi"), incoming("#menu cho em hỏi")),
    "a payload longer than any of ours": (said("#card:" + "x" * 64), incoming("#card:" + "x" * 64)),
    "a picture with words": (said("Em gửi ạ", "image", **PICTURE), other(Thing.PHOTO, "Em gửi ạ")),
    "a picture alone": (said(None, "image", **PICTURE), other(Thing.PHOTO)),
    "a sticker": (said(None, "sticker", **attached("sticker", id="46986")), other(Thing.STICKER)),
    "a moving picture": (said(None, "gif", **attached("gif", url="https://a.example.vn/1")), other(Thing.ANIMATION)),
    "a voice": (said(None, "audio", **attached("audio", url="https://media.example.vn/1.aac")), other(Thing.VOICE)),
    "a film": (said(None, "video", **attached("video", description="")), other(Thing.VIDEO)),
    "a file": (said(None, "file", **attached("file", name="1.pdf")), other(Thing.DOCUMENT)),
    "a place": (said(None, "location", **attached("location", coordinates={})), other(Thing.LOCATION)),
    "a contact card": (said(None, "business_card", **attached("link", description="{}")), other(Thing.CONTACT)),
    "a link": (said("https://example.vn", "link"), other(Thing.SOMETHING, "https://example.vn")),
    "somebody unfollows": (event("unfollow", **FOLLOW), Membership("zalo_oa", LAN, Presence.CLOSED, 1795489200.0)),
    "somebody unfollows another OA of the app": (event("unfollow", **FOLLOW | {"oa_id": "1"}), FOREIGN),
    "somebody follows nobody": (event("follow", **FOLLOW | {"follower": None}), UNREADABLE),
    "our own words come back": (event("oa_send_text", **FROM_OA, message={"text": "Chào"}), Ignored("echo")),
    "our own list comes back": (event("oa_send_list", **FROM_OA), Ignored("echo")),
    "a human wrote for the account": (event("oa_send_text", **OPERATOR), Operator("zalo_oa", LAN)),
    "a human sent a picture for the account": (event("oa_send_image", **OPERATOR), Operator("zalo_oa", LAN)),
    "an operator without a chat": (event("oa_send_text", **OPERATOR | {"recipient": {}}), UNREADABLE),
    "another OA's own words": (event("oa_send_text", **FROM_OA | {"sender": {"id": "1", "admin_id": "2"}}), FOREIGN),
    "it was received": (event("user_received_message", **FROM_OA), Ignored("seen")),
    "it was seen": (event("user_seen_message", **FROM_OA, message={"msg_ids": ["a"]}), Ignored("seen")),
    "a message for another OA of the app": (said("x") | {"recipient": {"id": "1"}}, FOREIGN),
    "a message for another app": (said("x") | {"app_id": "1"}, FOREIGN),
    "an event we know nothing of": (event("user_asking_product"), FOREIGN),
    "a message in a group": (event("user_send_group_text", message={"text": "x"}), FOREIGN),
    "a message of nobody": (said("x") | {"sender": None}, UNREADABLE),
    "a message of an impossible address": (said("x") | {"sender": {"id": "a" * 65}}, UNREADABLE),
    "an address with blanks": (said("x") | {"sender": {"id": "a\0b"}}, UNREADABLE),
    "a text that is none": (said("x") | {"message": {"text": ["x"]}}, UNREADABLE),
    "no name of an event": ({"app_id": APP}, UNREADABLE),
    "a list": ([said("x")], UNREADABLE),
}


def decoded(payload: Any, account: Account = US) -> Decoded:
    return wire.decode(account, json.dumps(payload).encode())


@pytest.mark.parametrize("name", CAPTURED)
def test_an_event_becomes_a_neutral_message(name: str) -> None:
    """What Zalo sends -> what the handlers get, or why nothing."""
    payload, expected = CAPTURED[name]
    assert decoded(payload) == expected


@pytest.mark.parametrize("name", events.KINDS)
def test_all_that_the_fake_sends_is_understood(name: str) -> None:
    """Each kind of message that people send is one that is answered, whoever wrote it down."""
    fake = FakeZaloOA()
    payload = events.sent({"id": LAN}, fake.id, name, {"msg_id": "1"} | events.KINDS[name])
    found = decoded(payload, Account(fake.app_id, fake.key, fake.id))
    assert isinstance(found, Incoming)
    assert (found.kind is Kind.TEXT) is (name == "user_send_text")
    assert (found.thing is Thing.SOMETHING) is (name in {"user_send_text", "user_send_link"})


def test_following_is_like_the_start_button() -> None:
    """Who follows gets the welcome; the event has no number, so its own bytes tell it from the next one."""
    first = decoded(event("follow", **FOLLOW))
    again = decoded(event("follow", **FOLLOW))
    later = decoded(event("follow", **FOLLOW) | {"timestamp": "1795489200001"})
    assert isinstance(first, Incoming)
    assert (first.kind, first.action, first.address, first.watched) == (Kind.TAP, "start", LAN, True)
    assert first == again
    assert isinstance(later, Incoming)
    assert later.id != first.id


def test_until_our_number_is_known_every_oa_of_the_app_is_ours() -> None:
    """The OA's number is asked for at the start; before that no message is lost."""
    assert decoded(said("x"), Account(APP, KEY)) == incoming("x")


# The signature


def mac(body: bytes, timestamp: str = "1795489200000", *, app: str = APP, key: str = KEY) -> str:
    return hashlib.sha256(app.encode() + body + timestamp.encode() + key.encode()).hexdigest()


BODY = json.dumps(said("Chào bạn 👋")).encode()
SPACED = json.dumps(said("Chào bạn 👋"), indent=1, ensure_ascii=False).encode()
UNDATED = json.dumps({**said("x"), "timestamp": None}).encode()

SIGNED: dict[str, tuple[bytes, str, bool]] = {
    "with the prefix": (BODY, "mac=" + mac(BODY), True),
    "without the prefix": (BODY, mac(BODY), True),
    "another spelling of the same": (SPACED, "mac=" + mac(SPACED), True),
    "the same, spelled anew on the way": (SPACED, "mac=" + mac(BODY), False),
    "one letter more": (BODY + b" ", "mac=" + mac(BODY), False),
    "parts in another order": (BODY, hashlib.sha256(KEY.encode() + BODY + APP.encode()).hexdigest(), False),
    "another key": (BODY, mac(BODY, key="other"), False),
    "another app": (BODY, mac(BODY, app="1"), False),
    "another time than the body's": (BODY, mac(BODY, "1795489200001"), False),
    "no time at all": (UNDATED, mac(UNDATED, ""), False),
    "no JSON": (b"x", mac(b"x", ""), False),
    "no signature": (BODY, "", False),
    "an empty one": (BODY, "mac=", False),
    "letters that aren't ASCII": (BODY, "mac=ÿ\udcff", False),
}


@pytest.mark.parametrize("name", SIGNED)
def test_only_zalos_signature_over_these_very_bytes_is_believed(name: str) -> None:
    """Plain SHA-256 over app, raw body, time and the OA's key, in this order."""
    body, shown, right = SIGNED[name]
    assert wire.is_signed(US, {"x-zevent-signature": shown}, body, NOW) is right


def test_without_a_header_or_a_key_nobody_is_let_in() -> None:
    """A bot that was given no key doesn't believe what is signed with an empty one."""
    assert not wire.is_signed(US, {}, BODY, NOW)
    assert not wire.is_signed(Account(APP, "", OA), {"x-zevent-signature": mac(BODY, key="")}, BODY, NOW)
    assert not wire.is_signed(Account("", KEY, OA), {"x-zevent-signature": mac(BODY, app="")}, BODY, NOW)


@pytest.mark.parametrize(("age", "believed"), [(0, True), (2, True), (23.9, True), (24.1, False), (9999, False)])
def test_old_events_are_somebodys_replay(age: float, believed: bool) -> None:
    """A late try of Zalo's is let in, an event that the inbox may have forgotten isn't."""
    sent = datetime.fromtimestamp(1795489200, UTC)
    headers = {"x-zevent-signature": mac(BODY)}
    assert wire.is_signed(US, headers, BODY, sent + timedelta(hours=age)) is believed


# Whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({payload["event_name"] for payload, _ in CAPTURED.values() if "event_name" in payload})
GOOD = sorted(json.dumps(payload) for payload, _ in CAPTURED.values())


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real payload with a field of another kind, or cut, or with other bytes in it."""
    payload = json.loads(draw(st.sampled_from(GOOD)))
    if isinstance(payload, dict) and draw(st.booleans()):
        payload[draw(st.sampled_from(sorted(payload)))] = draw(JSON)
    body = bytearray(json.dumps(payload).encode())
    at = draw(st.integers(0, len(body) - 1))
    if draw(st.booleans()):
        body[at : at + draw(st.integers(0, 9))] = draw(st.binary(max_size=9))
    return bytes(body)


def looked_at(body: bytes) -> None:
    found = wire.decode(US, body)
    if isinstance(found, Incoming):
        assert found.watched
        assert 0 < len(found.address) <= 64
        assert len(found.action) <= 64
        assert found.id
    wire.is_signed(US, {"x-zevent-signature": "mac=0"}, body, NOW)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()) | mutated())
def test_nothing_that_comes_raises(body: bytes) -> None:
    """Random bytes, random JSON, and real events that were damaged."""
    looked_at(body)


def test_a_thousand_brackets_are_just_unreadable() -> None:
    """JSON nested deeper than any reader goes."""
    deep = b'{"event_name":' + b"[" * 100_000
    assert wire.decode(US, deep) == UNREADABLE
    assert not wire.is_signed(US, {"x-zevent-signature": mac(deep, "")}, deep, NOW)


def test_a_press_on_what_we_sent_is_understood() -> None:
    """Out and back: each button's payload decodes to its action."""
    for action in ("menu", "card:thuoc-la-dien-tu:2", "scene:ru-re:n1:0", "quiz:a:3:1"):
        payload = encode.parts(Say("x", (Button("x", action),)))[0].buttons[0]["payload"]
        assert decoded(said(payload)) == tap(action)
