"""A web session is a signed token: nothing is written about it until there is something to keep."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import date, timedelta

from storage.secret import Secret, text

LIFETIME = timedelta(days=400)
_EPOCH = date(2026, 1, 1)
_RANDOM = 16
_SEAL = 14  # bytes of HMAC-SHA256: 112 bits
_LENGTH = 2 + _RANDOM + _SEAL


class Tokens:
    """Makes and reads session tokens, and turns them into the address that may be stored."""

    def __init__(self, secret: Secret) -> None:
        self._seal_key = secret.derived("web session")
        self._address_key = secret.derived("web address")

    def new(self, today: date) -> str:
        """A fresh session; its day is in it, so that it ends by itself."""
        body = (today - _EPOCH).days.to_bytes(2, "big") + secrets.token_bytes(_RANDOM)
        return text(body + self._seal(body))

    def address(self, token: str, today: date) -> str | None:
        """The stored address of a token, or None when it isn't ours or is over."""
        raw = _decoded(token)
        if raw is None:
            return None
        body, seal = raw[:-_SEAL], raw[-_SEAL:]
        begun = _EPOCH + timedelta(days=int.from_bytes(body[:2], "big"))
        if not hmac.compare_digest(seal, self._seal(body)) or today - begun > LIFETIME:
            return None
        return text(hmac.digest(self._address_key, body, hashlib.sha256)[:16])

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._seal_key, body, hashlib.sha256)[:_SEAL]


def _decoded(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    # One token has one spelling, so that a changed last letter isn't another name for the same session.
    return raw if len(raw) == _LENGTH and text(raw) == token else None
