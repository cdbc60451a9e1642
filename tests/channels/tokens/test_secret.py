"""The OA's tokens lie sealed, one asks for new ones at a time, and nothing that is said shows a secret."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels import calls
from bot.channels.channel import SENT, Result
from bot.channels.zalo_oa import tokens as rotation
from bot.channels.zalo_oa.client import Answer, Client
from bot.channels.zalo_oa.safe import LIFE, Pair, Safe
from bot.channels.zalo_oa.tokens import Tokens
from handlers.chat import Say
from storage import tokens
from storage.database import Database, open_database
from storage.secret import Secret
from storage.vault import Unreadable, Vault
from tests.channels.zalo_oas import KEY, NEARLY, Start, now, row
from tests.fakes.faults import ANSWERS
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person


async def test_no_secret_lies_on_the_disk_in_clear(fake: FakeZaloOA, lan: Person, sqlite_url: str) -> None:
    """Neither the first pair nor a later one stands in the database's files; with another key nothing is read."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = await open_database(sqlite_url, serving=True)
    calls = Client(fake.app_id, fake.tokens.app_secret, api=fake.url, oauth=fake.url)
    pairs = [Pair(fake.tokens.access, fake.tokens.refresh)]
    held = Tokens(Safe(database, KEY, pairs[0]), calls.renew, lambda: now(fake))
    assert await held.access() == pairs[0].access
    await fake.forward(NEARLY)
    assert await held.access() == fake.tokens.access != pairs[0].access
    pairs.append(Pair(fake.tokens.access, fake.tokens.refresh))
    files = [*path.parent.glob("lachan.db*")]
    raw = b"".join([await asyncio.to_thread(file.read_bytes) for file in files])
    assert b"zalo_oa" in raw
    for pair in pairs:
        assert pair.access.encode() not in raw
        assert pair.refresh.encode() not in raw
    assert await Safe(database, Secret(b"x" * 32), Pair("", "")).look(datetime(2026, 1, 1)) is None  # noqa: DTZ001 - as kept
    await calls.close()
    await database.close()


async def test_a_lost_key_falls_back_on_the_settings(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """What another key sealed can't be read: the settings' pair is begun with anew."""
    assert await start().send(lan.id, Say("x")) == SENT
    assert await start(key=Secret(b"x" * 32)).send(lan.id, Say("x")) == SENT


@pytest.mark.parametrize("method", ["cs", "access_token"])
async def test_nothing_that_is_said_shows_a_secret(
    fake: FakeZaloOA,
    start: Start,
    lan: Person,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever goes wrong: no outcome, no log line, no part as it shows itself holds a token or the app's secret."""
    monkeypatch.setattr(calls, "PATIENCE", 0.3)
    caplog.set_level(logging.DEBUG)
    oa, first = start(), [fake.tokens.access, fake.tokens.refresh]
    shown = [repr(oa), repr(oa.account), repr(await oa.tokens.look())]
    for name in ANSWERS:
        if name != "slow":
            fake.faults.add(ZALO_FAULTS[name].but(methods=frozenset({method})))
            shown += [repr(await oa.send(lan.id, Say("x"))), repr(await oa.check()), repr(await oa.tokens.look())]
            await fake.forward(NEARLY)
    for secret in (*first, fake.tokens.access, fake.tokens.refresh, fake.tokens.app_secret, fake.key):
        assert secret not in "".join(shown) + caplog.text


async def test_a_token_that_fits_in_no_header_raises_nothing(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """A line break slipped into the settings: it forges no header, and the error, which quotes it, stays inside."""
    outcome = await start(Pair("a\r\nb: c", "d")).send(lan.id, Say("x"))
    assert outcome.result is Result.LATER
    assert not fake.calls


@pytest.mark.parametrize(
    ("told", "lasts"),
    [
        ("90000", timedelta(hours=25)),
        (3600, timedelta(hours=1)),
        (None, LIFE),
        ("", LIFE),
        ("soon", LIFE),
        ([], LIFE),
        ("-5", LIFE),
        ("9" * 40, LIFE),
        (10**400, LIFE),
        (True, timedelta(seconds=1)),
    ],
)
def test_a_pair_is_never_lost_over_how_long_it_lasts(told: Any, lasts: timedelta) -> None:
    """Zalo writes seconds as text; what can't be read is taken for the documented 25 hours."""
    assert rotation._life(Answer(200, 0, {"expires_in": told})) == lasts


def test_what_is_sealed_opens_with_its_key_only() -> None:
    """The same bytes are sealed differently each time; one changed bit, or another key, and nothing is told."""
    vault = Vault(KEY.derived("tokens"))
    sealed = vault.seal(b"secret")
    assert b"secret" not in sealed
    assert vault.seal(b"secret") != sealed
    assert vault.open(sealed) == b"secret"
    spoilt = (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:-1], b"", b"x")
    tries: list[tuple[Vault, bytes]] = [(vault, bad) for bad in spoilt]
    for one, bad in [*tries, (Vault(KEY.derived("other")), sealed)]:
        with pytest.raises(Unreadable, match=r"^sealed with another key, or damaged$"):
            one.open(bad)


async def test_only_one_may_ask(database: Database) -> None:
    """A claim holds for its time; a later one that is made on an older pair never counts."""
    at, lease = datetime(2026, 11, 24, 3), timedelta(seconds=60)  # noqa: DTZ001 - UTC without a zone, as it is kept

    async def claim(turn: int, seconds: float) -> bool:
        return await database.run(tokens.claim, "zalo_oa", turn, at + timedelta(seconds=seconds), lease)

    await database.run(tokens.begin, "zalo_oa", b"o" * 16, b"one", at)
    assert [await claim(0, 0), await claim(0, 59), await claim(0, 60), await claim(1, 200)] == [
        True,
        False,
        True,
        False,
    ]
    assert await database.run(tokens.replace, "zalo_oa", 0, b"two", at)
    assert not await database.run(tokens.replace, "zalo_oa", 0, b"three", at)
    kept = await row(database)
    assert (kept.pair, kept.turn, kept.asked_at) == (b"two", 1, None)
