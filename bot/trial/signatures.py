"""What a Zalo signature looks like, told without the signature: its prefix, and which way of making it fits."""

import hashlib
import hmac
import json
from typing import Any

from bot.channels.zalo_oa.wire import Account
from bot.trial.step import part

HEADER = "x-zevent-signature"
PREFIX = "mac="


def shape(shown: str, account: Account, body: bytes) -> str:
    """Such as `mac=SHA256`: the prefix and the first way that fits; `nothing` where there is none."""
    if not shown:
        return "nothing"
    prefix = PREFIX if shown.strip().startswith(PREFIX) else ""
    mac = shown.strip().removeprefix(PREFIX).lower().encode("utf-8", "replace")
    fits = (name for name, made in _ways(account, body).items() if hmac.compare_digest(made.encode(), mac))
    return prefix + next(fits, "UNKNOWN")


def read(body: bytes) -> Any:
    """The body as JSON; None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _ways(account: Account, body: bytes) -> dict[str, str]:
    """As documented, and as others' code has it."""
    app, key = account.app_id.encode(), account.key.encode()
    stamp = str(part(read(body), "timestamp") or "").encode()
    return {
        "SHA256": hashlib.sha256(app + body + stamp + key).hexdigest(),
        "HMAC-WHOLE": hmac.new(key, app + body + stamp, hashlib.sha256).hexdigest(),
        "HMAC-BODY": hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
