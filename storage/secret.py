"""The server's own secret: one random key in the data folder, from which each purpose gets a key of its own.

It signs web sessions and hides ids of messages; it opens nothing that people told.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

LENGTH = 32
NAME = "server.key"


class BrokenKey(ValueError):  # noqa: N818 - it names what was found
    """The server's key isn't whole."""


class Secret:
    """Keyed hashes, one key a purpose."""

    def __init__(self, key: bytes) -> None:
        if len(key) < LENGTH:
            raise BrokenKey("the server's key is too short: an empty key would hide nothing")
        self._key = key

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose, useless for another."""
        return hmac.digest(self._key, purpose.encode(), hashlib.sha256)


def open_secret(folder: Path) -> Secret:
    """Read the key, or make it at the first start; only the server's own user may read it. Raises BrokenKey."""
    path = folder / NAME
    if not path.exists():
        _write(path, secrets.token_bytes(LENGTH))
    return Secret(path.read_bytes())


def text(digest: bytes) -> str:
    """Bytes as text that fits into an address or a URL."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _write(path: Path, key: bytes) -> None:
    # Written beside and linked into place: two first starts at once end with one key, and a kill with none or all.
    draft = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
