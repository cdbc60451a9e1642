"""Payloads without anybody in them: what isn't known to be the platform's own word gets a stable placeholder.

The structure stays, and each value's type; the same value always gets the same placeholder, so that what belongs
together still does.
"""

import re
from collections.abc import Collection
from typing import Any

_WORDS = frozenset(
    {
        *("event_name", "chat_type", "message_type", "account_type", "type", "status", "quota_type"),
        *("mime_type", "language_code", "st"),
    }
)
"""Keys whose values are the platform's own words, as long as they look like one."""
_SIZES = frozenset(
    {
        *("offset", "length", "len", "start", "width", "height", "duration", "file_size", "size"),
        *("error", "error_code"),
    }
)
_TIMES = frozenset({"date", "edit_date", "timestamp", "delivery_time", "sent_time"})
_WORD = re.compile(r"[A-Za-z_.+/-]{1,48}")
_KEY = re.compile(r"[A-Za-z_]{1,48}")
_NUMBER = re.compile(r"-?[0-9]{1,40}")
_TIME = 1_790_000_000_000
_DEEPEST = 40


class Redactor:
    """Keeps which value got which placeholder. `ours`: words that we sent ourselves, which stay."""

    def __init__(self, ours: Collection[str] = ()) -> None:
        self._ours = frozenset(ours)
        self._given: dict[object, Any] = {}

    def clean(self, value: Any, key: str = "", depth: int = 0) -> Any:
        """The same without anybody in it."""
        if value is None or isinstance(value, bool):
            return value
        if depth > _DEEPEST:
            return None
        match value:
            case dict():
                return {self._key(name): self.clean(one, str(name), depth + 1) for name, one in value.items()}
            case list() | tuple():
                return [self.clean(one, key, depth + 1) for one in value]
            case int() | float():
                return self._number(value, key)
        return self._string(str(value), key)

    def _key(self, name: object) -> str:
        """A key that isn't a word may be somebody's number."""
        return str(name) if _KEY.fullmatch(str(name)) else self._placeholder("key", name)

    def _number(self, value: float, key: str) -> float:
        if isinstance(value, float):
            return 0.5
        if key in _TIMES:
            return _TIME if value > 10**11 else _TIME // 1000
        if key in _SIZES and abs(value) < 10**9:
            return value
        number: int = self._given.setdefault(("number", abs(value)), 1001 + len(self._given))
        return -number if value < 0 else number

    def _string(self, value: str, key: str) -> str:
        if value in self._ours or not value:
            return value
        if key in _WORDS and _WORD.fullmatch(value):
            return value
        if _NUMBER.fullmatch(value):
            return str(self.clean(int(value), key))  # the same number as one that isn't written as text
        if re.match(r"https?://", value):
            return f"https://example.vn/{self._placeholder('url', value)}"
        return self._placeholder("id" if key.endswith(("id", "hash")) else "text", value)

    def _placeholder(self, kind: str, value: object) -> str:
        found: str = self._given.setdefault((kind, value), f"{kind}-{len(self._given) + 1}")
        return found
