"""What a fake Zalo Bot Platform accepts: lengths, styles, addresses, secrets. What it doesn't is answered with 400."""

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.zalo_wire import Given

TEXT = 2000
SECRET = range(8, 257)
DESCRIPTIONS = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Internal server error",  # the platform's own words for this number
    404: "Not found",
    408: "Request timeout",
    429: "Quota exceeded",
}


class Refused(Exception):
    """The request isn't taken; `code` is one of the documented ones."""

    def __init__(self, code: int, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.description = description or DESCRIPTIONS.get(code, "Error")


def utf16(text: str) -> int:
    """Length in UTF-16 units, in which styles are counted; of the possible ways to count a text, the strictest."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def required(given: Given, name: str, most: int = TEXT) -> str:
    """A text that must be there and not be too long."""
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(400, f"{name} is required")
    if utf16(value) > most:
        raise Refused(400, f"{name} is too long")
    return value


def styles(given: Given, text: str) -> tuple[dict[str, Any], ...]:
    """The ranges that are styled; a parse_mode wins over them."""
    found = given.get("text_styles")
    if found is None or given.get("parse_mode"):
        return ()
    try:
        rows = json.loads(found) if isinstance(found, str) else found
        checked = tuple({"start": int(row["start"]), "len": int(row["len"]), "st": list(row["st"])} for row in rows)
    except (ValueError, TypeError, KeyError) as wrong:
        raise Refused(400, "text_styles can't be read") from wrong
    if not all(_inside(row, utf16(text)) for row in checked):
        raise Refused(400, "text_styles lie outside the text")
    return checked


def _inside(row: dict[str, Any], length: int) -> bool:
    start, size = int(row["start"]), int(row["len"])
    return start >= 0 and size > 0 and start + size <= length


def parse_mode(given: Given) -> str:
    """How the text is marked up, if it is."""
    mode = given.get("parse_mode") or ""
    if mode not in {"", "markdown", "html"}:
        raise Refused(400, "parse_mode is unknown")
    return str(mode)


def public(url: str, scheme: str = "https") -> str:
    """An address that the platform can reach."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {scheme, "https"} or "." not in host or host.endswith(".local") or _private(host):
        raise Refused(400, "the address isn't public")
    return url


def _private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def secret(given: Given) -> str:
    """The word with which the webhook knows the platform."""
    value = given.get("secret_token")
    if not isinstance(value, str) or len(value) not in SECRET:
        raise Refused(400, "secret_token must have 8 to 256 characters")
    return value
