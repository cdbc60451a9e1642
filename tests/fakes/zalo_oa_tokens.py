"""OAuth v4 of a fake Official Account: a pair of tokens of which the old one dies as soon as a new one is made."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.zalo_clock import Clock

ACCESS = 90_000  # seconds: 25 hours
REFRESH = 90 * 86_400  # three months
CODE = 600
_REFUSED = -14_014  # the number isn't published: what counts is that there is no access_token
Answer = dict[str, Any]


def challenge_of(verifier: str) -> str:
    """The challenge that belongs to a verifier, as base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def refusal(why: str) -> Answer:
    """The answer to whoever gets no tokens; its HTTP status is 200."""
    return {"error": _REFUSED, "error_name": "Invalid request", "error_description": why, "error_reason": why}


class Tokens:
    """Who may call the OpenAPI now. `issued` counts the pairs; `reused`: refresh tokens that came a second time."""

    def __init__(self, clock: Clock, app_id: str, app_secret: str) -> None:
        self.app_id = app_id
        self.app_secret = app_secret
        self.issued = 0
        self.reused = 0
        self._clock = clock
        self._codes: dict[str, tuple[str, float]] = {}
        self._spent: set[str] = set()
        self.renew()

    def renew(self) -> None:
        """A new pair, by hand."""
        self.issued += 1
        self.access, self.refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        self.access_ends = self._clock.now + ACCESS
        self.refresh_ends = self._clock.now + REFRESH

    def refusal_of(self, access: str) -> int:
        """Why this access token isn't taken, as an error code of the OpenAPI; 0: it is."""
        if not secrets.compare_digest(access.encode(), self.access.encode()):
            return -216
        return -220 if self._clock.now >= self.access_ends else 0

    def consent(self, permission_url: str) -> Answer:
        """A human agrees to what stands behind this address: what the callback gets, `code` and `state`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(permission_url).query).items()}
        assert asked["app_id"] == self.app_id
        code = secrets.token_urlsafe(32)
        self._codes[code] = (asked.get("code_challenge", ""), self._clock.now + CODE)
        return {"code": code, "state": asked.get("state", "")}

    def answer(self, secret_key: str, form: dict[str, Any]) -> Answer:
        """A request for a pair: a pair, or why not."""
        if secret_key != self.app_secret or form.get("app_id") != self.app_id:
            return refusal("the app or its secret is wrong")
        why = self._wrong(form)
        return refusal(why) if why else self._pair()

    def _wrong(self, form: dict[str, Any]) -> str:
        match form.get("grant_type"):
            case "refresh_token":
                return self._wrong_refresh(str(form.get("refresh_token", "")))
            case "authorization_code":
                return self._wrong_code(str(form.get("code", "")), str(form.get("code_verifier", "")))
        return "grant_type is unknown"

    def _wrong_refresh(self, refresh: str) -> str:
        if refresh in self._spent:
            self.reused += 1
            return "the refresh token was used before"
        if refresh != self.refresh or self._clock.now >= self.refresh_ends:
            return "the refresh token isn't valid"
        self._spent.add(refresh)
        return ""

    def _wrong_code(self, code: str, verifier: str) -> str:
        challenge, ends = self._codes.pop(code, ("", 0.0))
        if self._clock.now >= ends:
            return "the code isn't valid"
        # Whether the challenge is base64 or base64url isn't documented: both are taken.
        plain = challenge.rstrip("=").replace("+", "-").replace("/", "_")
        return "the verifier doesn't fit" if plain and plain != challenge_of(verifier) else ""

    def _pair(self) -> Answer:
        self.renew()
        return {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_in": str(ACCESS),  # a string
            "refresh_token_expires_in": str(REFRESH),
        }
