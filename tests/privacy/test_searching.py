"""The search itself: it finds what was hidden, so that finding nothing means something."""

import base64
import sqlite3
from pathlib import Path
from uuid import UUID

import pytest

from tests.privacy.searching import Secret, contents, hits

SECRETS: list[Secret] = [
    "z7qCanary9x",
    "em lỡ dùng",
    b"\x00\xff\x10\x80abcd\xfe\xfd",
    UUID(int=0x3F9A6B1C9D5E4F708192A3B4C5D6E7F8),
]


def _raw(secret: Secret) -> bytes:
    if isinstance(secret, UUID):
        return secret.bytes
    return secret if isinstance(secret, bytes) else secret.encode()


@pytest.mark.parametrize("secret", SECRETS, ids=str)
@pytest.mark.parametrize("before", range(4))
def test_a_secret_is_found_in_every_spelling(tmp_path: Path, secret: Secret, before: int) -> None:
    """In clear, in hex and in base64, wherever among other bytes it stands."""
    whole = b"x" * before + _raw(secret) + b"yz"
    hidden = [whole, whole.hex().encode(), base64.b64encode(whole), base64.urlsafe_b64encode(whole)]
    if isinstance(secret, str):
        hidden += [f"{'x' * before}{secret}".encode("utf-16-le"), secret.encode("utf-16-be")]
    for number, content in enumerate(hidden):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "file").write_bytes(bytes(range(256)) + content + bytes(100))
        assert hits(contents(place), [secret]), content
        assert not hits({"file": content.replace(content[4:8], b"")}, [secret]), "it finds what isn't there"


@pytest.mark.parametrize("secret", SECRETS, ids=str)
def test_a_secret_is_found_in_a_database(tmp_path: Path, secret: Secret) -> None:
    """As a text or a blob in a table, also when it still rests in the WAL."""
    database = sqlite3.connect(tmp_path / "some.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE kept (what)")
    database.execute("INSERT INTO kept VALUES (?)", [_raw(secret) if not isinstance(secret, str) else secret])
    database.commit()
    assert any("-wal" in hit for hit in hits(contents(tmp_path), [secret]))
    database.close()
    assert any("some.db" in hit for hit in hits(contents(tmp_path), [secret]))
