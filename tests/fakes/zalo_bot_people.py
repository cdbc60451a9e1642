"""The people and groups that a fake Zalo Bot talks with: what they send, and what they see."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
_MARKS = (
    (re.compile(r"\{(red|orange|yellow|green|big|small)\}(.*?)\{/\1\}", re.DOTALL), r"\2"),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL), r"\1"),
    (re.compile(r"(?<![*\w])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![*\w])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"^#{1,4} ", re.MULTILINE), ""),
    (re.compile(r"^> ", re.MULTILINE), ""),
)


def shown_as(text: str, parse_mode: str) -> str:
    """What is left of a text for its reader: links and code fences aren't known, so their marks stay visible."""
    if parse_mode == "markdown":
        for mark, plain in _MARKS:
            text = mark.sub(plain, text)
    return re.sub(r"</?[a-z][^>]*>", "", text) if parse_mode == "html" else text


def hex_id() -> str:
    """An id as the platform makes them."""
    return secrets.token_hex(10)


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that the bot sent: `kind` is text, photo, sticker or typing."""

    kind: str
    text: str = ""
    raw: str = ""
    parse_mode: str = ""
    url: str = ""
    styles: tuple[Payload, ...] = ()
    message_id: str = ""


@dataclass(eq=False, slots=True)
class Chat:
    """A private chat, or a group: `screen` is what stands in it from the bot.

    `refusal`: the code with which sending to it is refused.
    """

    name: str
    id: str = field(default_factory=hex_id)
    kind: str = "PRIVATE"
    screen: list[Shown] = field(default_factory=list)
    refusal: int = 0

    @property
    def texts(self) -> list[str]:
        """All texts as they are read, captions too."""
        return [shown.text for shown in self.screen if shown.text]


def message(chat: Chat, sender: Chat, date: int, **content: Any) -> Payload:
    """A message object; `date` in milliseconds."""
    return {
        "from": {"id": sender.id, "display_name": sender.name, "is_bot": False},
        "chat": {"id": chat.id, "chat_type": chat.kind},
        "message_id": hex_id(),
        "date": date,
        "message_type": "CHAT_MESSAGE",
        **content,
    }


def text(value: str) -> Payload:
    """What is written."""
    return {"event_name": "message.text.received", "message": {"text": value}}


def image(url: str, caption: str = "", field_name: str = "photo") -> Payload:
    """A picture; the documentation names its field `photo`, clients read `photo_url`."""
    return {
        "event_name": "message.image.received",
        "message": {field_name: url} | ({"caption": caption} if caption else {}),
    }


def sticker(name: str, url: str) -> Payload:
    """A sticker, with the address of its picture."""
    return {"event_name": "message.sticker.received", "message": {"sticker": name, "url": url}}


def voice(url: str) -> Payload:
    """A voice message."""
    return {"event_name": "message.voice.received", "message": {"voice_url": url}}


def unsupported() -> Payload:
    """What comes instead of anything that a protected account sends, or that the platform doesn't pass on."""
    return {"event_name": "message.unsupported.received", "message": {}}


# What people send, by a sentence; each makes a payload without its envelope.
KINDS: dict[str, Callable[[], Payload]] = {
    "a text": lambda: text("Xin chào"),
    "a picture, field photo": lambda: image("https://photo.example.vn/1.jpg"),
    "a picture, field photo_url": lambda: image("https://photo.example.vn/1.jpg", field_name="photo_url"),
    "a picture with a caption": lambda: image("https://photo.example.vn/1.jpg", caption="Em gửi ạ"),
    "a sticker": lambda: sticker("24f4d3a3b1e6f2", "https://stickers.example.vn/1.webp"),
    "a voice message": lambda: voice("https://voice.example.vn/1.aac"),
    "something unsupported": unsupported,
}
