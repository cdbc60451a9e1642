"""What a fake Official Account sends to a webhook: events of the people who follow it, and their signature."""

import hashlib
import json
import secrets
from typing import Any

Payload = dict[str, Any]


def signature(app_id: str, body: bytes, timestamp: str, key: str) -> str:
    """The header's mac: plain sha256 over app id, raw body, timestamp and the account's secret key, in this order."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + key.encode()).hexdigest()


def compact(payload: Payload) -> bytes:
    """The usual spelling of a body."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def spaced(payload: Payload) -> bytes:
    """Another spelling, in which whoever parses before verifying goes wrong."""
    return json.dumps(payload, ensure_ascii=True, indent=1, sort_keys=True).encode()


def new_id() -> str:
    """The id of a message."""
    return secrets.token_hex(10)


def _attached(kind: str, text: str = "", **payload: Any) -> Payload:
    return {"attachments": [{"type": kind, "payload": payload}]} | ({"text": text} if text else {})


_SHOWN = {"thumbnail": "https://media.example.vn/small.jpg", "url": "https://media.example.vn/1"}

# What people send, by the event's name: the message without its id.
KINDS: dict[str, Payload] = {
    "user_send_text": {"text": "Xin chào"},
    "user_send_image": _attached("image", "Em gửi ạ", **_SHOWN),
    "user_send_link": _attached("link", "https://example.vn", description="Trang chủ", **_SHOWN),
    "user_send_audio": _attached("audio", url="https://media.example.vn/1.aac"),
    "user_send_video": _attached("video", description="", **_SHOWN),
    "user_send_sticker": _attached("sticker", id="46986", url="https://media.example.vn/1.webp"),
    "user_send_location": _attached("location", coordinates={"latitude": "10.5", "longitude": "107.2"}),
    "user_send_business_card": _attached("link", description='{"phone":"84900000000"}', **_SHOWN),
    "user_send_file": _attached("file", url="https://media.example.vn/1.pdf", size="2048", name="1.pdf", type="pdf"),
    "user_send_gif": _attached("gif", **_SHOWN),
}


def sent(sender: Payload, recipient: str, name: str, message: Payload) -> Payload:
    """An event about a message; `sender` has the id, and an operator's `admin_id`."""
    return {"event_name": name, "sender": sender, "recipient": {"id": recipient}, "message": message}


def presence(account: str, person: str, *, follows: bool) -> Payload:
    """Somebody follows or no longer does: these name the person otherwise."""
    found: Payload = {"event_name": "follow" if follows else "unfollow", "oa_id": account, "follower": {"id": person}}
    return found | ({"source": "oa_profile"} if follows else {})
