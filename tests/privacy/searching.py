"""Searching files for what must not be in them, in every spelling that somebody might find it in."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

Secret = str | bytes | UUID


def spellings(secret: Secret) -> dict[str, bytes]:
    """A secret as bytes, by the name of the spelling."""
    found: dict[str, bytes] = {}
    for form, raw in _forms(secret).items():
        found[form] = raw
        found[f"{form}, in hex"] = raw.hex().encode()
        found[f"{form}, in HEX"] = raw.hex().upper().encode()
        for start in range(3):
            found[f"{form}, in base64 from {start}"] = _base64(raw, start)
            found[f"{form}, in url-safe base64 from {start}"] = _base64(raw, start).translate(_URL_SAFE)
    return found


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _forms(secret: Secret) -> dict[str, bytes]:
    if isinstance(secret, bytes):
        return {"bytes": secret, "bytes backwards": secret[::-1]}
    if isinstance(secret, UUID):
        return {"id": str(secret).encode(), "bytes": secret.bytes, "mixed bytes": secret.bytes_le, **_int(secret)}
    forms = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-16, big end first": "utf-16-be", "utf-32": "utf-32-le"}
    quoted = {"percent": quote(secret).encode(), "json": json.dumps(secret).strip('"').encode()}
    return {form: secret.encode(codec) for form, codec in forms.items()} | quoted


def _int(secret: UUID) -> dict[str, bytes]:
    return {"number": str(secret.int).encode(), "number's bytes backwards": secret.int.to_bytes(16, "little")}


def _base64(raw: bytes, start: int) -> bytes:
    """The letters that stand for these bytes whatever stands before and behind them."""
    letters = base64.b64encode(bytes(start) + raw)
    whole = (start + len(raw)) * 8 // 6
    return letters[-(-start * 8 // 6) : whole]


def contents(*places: Path) -> dict[str, bytes]:
    """Every file in these folders, by its path."""
    files = (file for place in places for file in sorted(place.rglob("*")) if file.is_file())
    return {str(file): file.read_bytes() for file in files}


def hits(files: Mapping[str, bytes], secrets: Iterable[Secret]) -> list[str]:
    """Where a secret stands, in which spelling: names of files too."""
    wanted = {(str(secret), name): letters for secret in secrets for name, letters in spellings(secret).items()}
    return [
        f"{secret} ({spelling}) in {file}"
        for (secret, spelling), letters in wanted.items()
        for file, content in files.items()
        if letters in content or letters in file.encode()
    ]
