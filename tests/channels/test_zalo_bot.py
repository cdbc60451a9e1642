"""Zalo Bot without its server: payloads as neutral messages, messages as texts, the secret."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Decoded, Ignored, Membership, Outcome, Presence, Result
from bot.channels.texts import utf16
from bot.channels.zalo_bot import encode, errors, wire
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.client import Client
from handlers.chat import Button, Call, Document, Incoming, Kind, Say, Thing
from tests.talks.reading import HOW

TOKEN = "12345689:abc-xyz"
SECRET = "correct horse battery"
CHAT = "6ede9afa66b88fe6d6a9"
HEADER = "x-bot-api-secret-token"

Payload = dict[str, Any]


def payload(event: str = "message.text.received", **fields: Any) -> Payload:
    """An update as Zalo's documentation shows it, bare."""
    message = {
        "from": fields.pop("sender", {"id": CHAT, "display_name": "Ted", "is_bot": False}),
        "chat": {"id": CHAT, "chat_type": "PRIVATE"},
        "message_id": "2d758cb5e222177a4e35",
        "date": 1750316131602,
    }
    return {"event_name": event, "message": message | fields}


def wrapped(update: Payload) -> Payload:
    """The same in the envelope that webhooks and getUpdates share."""
    return {"ok": True, "result": update}


def decoded(update: object) -> Decoded:
    """What the channel makes of it."""
    return wire.decode(json.dumps(update).encode())


def sent(kind: Kind, text: str = "", thing: Thing = Thing.SOMETHING) -> Incoming:
    """The neutral message that is expected."""
    return Incoming("zalo_bot", CHAT, "2d758cb5e222177a4e35", kind, text, thing=thing, watched=True)


GROUP = {"id": "g1", "chat_type": "GROUP"}
BOT = {"id": "b1", "is_bot": True}
ROWS: dict[str, tuple[Payload, Decoded]] = {
    "a text is a text": (payload(text="Xin chào"), sent(Kind.TEXT, "Xin chào")),
    "a text with a link in it is a text": (
        payload("message.link.received", text="https://a.vn"),
        sent(Kind.TEXT, "https://a.vn"),
    ),
    "a text without a word is something": (payload(text=" "), sent(Kind.OTHER, " ")),
    "a picture, as documented": (
        payload("message.image.received", photo="https://a.vn/1.jpg"),
        sent(Kind.OTHER, thing=Thing.PHOTO),
    ),
    "a picture, as Zalo's libraries read it": (
        payload("message.image.received", photo_url="https://a.vn/1.jpg"),
        sent(Kind.OTHER, thing=Thing.PHOTO),
    ),
    "a picture's caption comes along": (
        payload("message.image.received", photo="https://a.vn/1.jpg", caption="đây ạ"),
        sent(Kind.OTHER, "đây ạ", Thing.PHOTO),
    ),
    "a sticker": (
        payload("message.sticker.received", sticker="24f4", url="https://a.vn/1.webp"),
        sent(Kind.OTHER, thing=Thing.STICKER),
    ),
    "a voice message": (
        payload("message.voice.received", voice_url="https://a.vn/1.aac"),
        sent(Kind.OTHER, thing=Thing.VOICE),
    ),
    "what Zalo keeps from us": (payload("message.unsupported.received"), sent(Kind.OTHER, thing=Thing.HIDDEN)),
    "a kind of event that is new, with a picture": (
        payload("message.album.received", photo="https://a.vn/1.jpg"),
        sent(Kind.OTHER, thing=Thing.PHOTO),
    ),
    "an event without a name, with a text": ({"message": payload(text="Chào")["message"]}, sent(Kind.TEXT, "Chào")),
    "a chat of no told type is private": (payload(text="Chào", chat={"id": CHAT}), sent(Kind.TEXT, "Chào")),
    "fields that are new are passed over": (
        payload(text="Chào", mentions=[{"uid": 1}], message_type="CHAT_MESSAGE"),
        sent(Kind.TEXT, "Chào"),
    ),
    "a group is only left": (payload(text="Chào", chat=GROUP), Membership("zalo_bot", "g1", Presence.GROUP)),
    "another bot isn't answered": (payload(text="Chào", sender=BOT), Ignored("bot")),
    "nor one in a group": (payload(text="Chào", chat=GROUP, sender=BOT), Ignored("bot")),
    "a reaction needs no answer": (payload("message.reaction.received", text="❤"), Ignored("foreign")),
    "nor does an event that is new and carries nothing": (payload("message.seen.received"), Ignored("foreign")),
    "nobody wrote": ({"event_name": "message.unsupported.received"}, Ignored("foreign")),
    "a chat without an address can't be read": (payload(chat={}), Ignored("undecodable")),
    "nor one with an address that isn't one": (payload(chat={"id": "a b\0"}), Ignored("undecodable")),
}


@pytest.mark.parametrize("envelope", [wrapped, dict], ids=["wrapped", "bare"])
@pytest.mark.parametrize("label", ROWS)
def test_a_captured_payload_is_a_neutral_message(label: str, envelope: Any) -> None:
    """Each payload, in the documented form and in the one seen on the wire, means what its label says."""
    update, expected = ROWS[label]
    assert decoded(envelope(update)) == expected


def test_a_message_without_a_number_is_known_by_its_bytes() -> None:
    """Sent twice it is the same message; another one isn't."""
    first, again, other = (decoded(payload(text=text, message_id=None)) for text in ("a", "a", "b"))
    assert isinstance(first, Incoming)
    assert isinstance(other, Incoming)
    assert first == again
    assert first.id != other.id


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["from", "chat", "text", "photo", "caption", "sticker", "voice_url", "message_id"]
EVENTS = st.sampled_from(["text", "image", "unsupported", "odd"]).map(lambda kind: f"message.{kind}.received")


@given(st.one_of(st.binary(), JSON.map(lambda value: json.dumps(value).encode())))
def test_random_bytes_never_raise(body: bytes) -> None:
    """Whatever is posted, decoding gives an answer."""
    assert isinstance(wire.decode(body), Ignored | Incoming | Membership)


@given(EVENTS | JSON, st.dictionaries(st.sampled_from(FIELDS), JSON), st.booleans())
def test_mutated_payloads_never_raise(event: Any, fields: Payload, bare: bool) -> None:
    """A payload with any of its fields changed is decoded or put aside, and what is stored of it can be stored."""
    update = payload(**({"text": "Chào"} | fields)) | {"event_name": event}
    found = decoded(update if bare else wrapped(update))
    if isinstance(found, Incoming):
        assert found.address.isprintable()
        assert (found.address + found.id + found.text).encode()


@given(st.data())
def test_torn_payloads_never_raise(data: st.DataObject) -> None:
    """Bytes lost or changed on the way do no harm."""
    body = bytearray(json.dumps(wrapped(payload(text="Xin chào"))).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    wire.decode(bytes(body[: data.draw(st.integers(0, len(body)))]))


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e999"])
def test_numbers_beyond_measure_never_raise(number: str) -> None:
    """Python refuses to write out numbers of thousands of digits."""
    for field in ('"chat": {"id": %s}', '"chat": {"id": "a"}, "message_id": %s'):
        body = ('{"message": {"text": "a", ' + field % number + "}}").encode()
        assert isinstance(wire.decode(body), Ignored | Incoming)


@pytest.mark.parametrize(
    "body", [b'{"event_name":"\xff"}', b'{"event_name":' + b"[" * 60_000], ids=["no UTF-8", "nests"]
)
def test_bytes_that_break_readers_never_raise(body: bytes) -> None:
    """Neither letters that are none, nor brackets without end."""
    assert wire.decode(body) == Ignored("undecodable")


def test_half_a_sign_never_raises() -> None:
    """JSON can tell one half of a sign that takes two; such a text can't be written out again."""
    body = json.dumps(wrapped(payload(text="@"))).replace("@", "\\ud83d").encode()
    assert wire.decode(body) == Ignored("undecodable")


def test_a_payload_too_large_is_not_looked_at() -> None:
    """Nobody keeps the server busy with one message."""
    assert decoded(payload(text="a" * 70_000)) == Ignored("undecodable")


# What is said

MENU = (Button("Có", "a"), Button("Không", "b"))
LABELS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
SAYS = st.builds(
    Say,
    st.text(st.characters(codec="utf-8") | st.sampled_from("*\n. "), max_size=5000),
    st.lists(st.builds(Button, LABELS, st.just("menu")), max_size=12).map(tuple),
    title=st.text(max_size=80),
    source=st.text(max_size=80),
    document=st.none() | st.builds(Document, st.just("a.json"), st.text(max_size=5000)),
)


@given(SAYS)
def test_no_piece_is_too_long_and_bold_lies_inside(say: Say) -> None:
    """Zalo takes 2,000 characters and styles inside the text, or nothing at all."""
    for piece in encode.pieces(say):
        length = utf16(piece.text)
        assert 0 < length <= 2000
        assert all(0 <= start < start + size <= length for start, size in piece.bold)


def test_a_sign_of_two_units_counts_two_and_a_mark_nothing() -> None:
    """A text is cut by what Zalo counts at most, not by letters, and not by what is taken out of it."""
    assert [utf16(piece.text) for piece in encode.pieces(Say("🙂" * 1500))] == [2000, 1000]
    assert len(encode.pieces(Say("**a**" * 1000))) == 1
    assert encode.ABLE.measure("🙂") == 2


def test_the_menu_is_a_numbered_list_and_calls_are_lines() -> None:
    """There are no buttons on Zalo Bot: people type a number."""
    say = Say("Chọn đi", MENU, title="Giúp", source="Nguồn", calls=(Call("Gọi 115", "115"),))
    assert encode.pieces(say) == (
        encode.Piece(f"Giúp\n\nChọn đi\n\nNguồn: Nguồn\n\n☎ Gọi 115\n\n{HOW}\n1. Có\n2. Không", ((0, 4),)),
    )


def test_bold_is_counted_in_utf16_and_leaves_no_marks() -> None:
    """A picture of two units before a bold word shifts it by two."""
    assert encode.pieces(Say("🙂 **111** và **113**")) == (encode.Piece("🙂 111 và 113", ((3, 3), (10, 3))),)


def test_a_document_is_written_out_word_for_word_before_the_menu() -> None:
    """Zalo Bot carries no files; its first line says what it is, and what looks like a mark in it is none."""
    first, inside, menu = encode.pieces(Say("Đây ạ", MENU, document=Document("a.json", '{"a": "**b**"}')))
    assert (first.text, menu.text) == ("Đây ạ", f"{HOW}\n1. Có\n2. Không")
    assert inside == encode.Piece('a.json\n\n{"a": "**b**"}')


def test_a_long_text_loses_nothing_but_blanks() -> None:
    """What is split can be read from beginning to end, and the menu stands in the last piece."""
    text = "\n\n".join(f"Đoạn {number}. " + "Một câu vừa phải. " * 20 for number in range(12))
    pieces = encode.pieces(Say(text, MENU))
    assert len(pieces) > 2
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(f"{text}{HOW}1. Có 2. Không".split())
    assert pieces[-1].text.endswith("1. Có\n2. Không")


# The secret, and refusals


def bot(secret: str = SECRET) -> ZaloBot:
    """The channel; nothing is called here."""
    return ZaloBot(Client(TOKEN), secret)


@pytest.mark.parametrize(
    ("headers", "secret", "good"),
    [
        ({HEADER: SECRET}, SECRET, True),
        ({HEADER: SECRET + "x"}, SECRET, False),
        ({HEADER: ""}, SECRET, False),
        ({}, SECRET, False),
        ({HEADER: ""}, "", False),
        ({}, "", False),
        ({HEADER: "đ\udc80"}, SECRET, False),
        ({"x-telegram-bot-api-secret-token": SECRET}, SECRET, False),
    ],
)
def test_only_who_shows_the_secret_is_let_in(headers: dict[str, str], secret: str, good: bool) -> None:
    """A wrong secret, none, or one that was never set lets nobody in."""
    assert bot(secret).verify(headers, b"{}") is good


@pytest.mark.parametrize(
    ("code", "result", "wait", "reached"),
    [
        (400, Result.REFUSED, 0, True),
        (401, Result.BROKEN, 0, True),
        (403, Result.LATER, 0, True),
        (404, Result.REFUSED, 0, True),
        (408, Result.LATER, 0, False),
        (429, Result.LATER, 30, True),
        (500, Result.LATER, 0, False),
        (503, Result.LATER, 0, False),
        (777, Result.LATER, 0, False),
    ],
)
def test_a_refusal_means(code: int, result: Result, wait: float, reached: bool) -> None:
    """Each documented number, and those that aren't, leads to one of: again, never this one, a human."""
    assert errors.outcome(code) == Outcome(result, wait=wait, reached=reached, code=str(code))
