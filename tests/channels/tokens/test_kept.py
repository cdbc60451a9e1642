"""The OA's tokens: changed in time, by one at a time, kept before they are used."""

import asyncio
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.channel import SENT, Result
from bot.channels.zalo_oa.client import Answer, Client
from bot.channels.zalo_oa.safe import Pair
from bot.channels.zalo_oa.tokens import REFUSED, UNSET
from handlers.chat import Say
from storage.database import Database
from tests.channels.zalo_oas import NEARLY, Start, asked, now, row
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person

HOUR = 3600


async def test_the_first_pair_is_used_as_it_is(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """A refresh token is taken once, so a start alone spends none, nor do a hundred messages."""
    oa = start()
    assert await oa.send(lan.id, Say("x")) == SENT
    assert await start().send(lan.id, Say("x")) == SENT
    assert asked(fake) == 0


async def test_it_is_changed_when_less_than_an_hour_is_left(
    fake: FakeZaloOA, start: Start, lan: Person, database: Database
) -> None:
    """Before the hour nothing, then a new pair, which lasts as many seconds as Zalo wrote as text."""
    oa = start()
    await oa.prepare()
    await fake.forward(NEARLY - 120)
    assert await oa.send(lan.id, Say("x")) == SENT
    assert asked(fake) == 0
    await fake.forward(120)
    assert await oa.send(lan.id, Say("x")) == SENT
    assert (asked(fake), fake.tokens.issued, fake.tokens.reused) == (1, 2, 0)
    left = (await row(database)).expires_at.replace(tzinfo=UTC) - now(fake)
    assert timedelta(hours=24.9) < left <= timedelta(hours=25)


async def test_a_new_pair_is_kept_before_it_is_used(
    fake: FakeZaloOA, start: Start, lan: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When Zalo first sees the new access token, the pair stands in the database, and the one before beside it."""
    oa = start()
    await oa.prepare()
    sealed = (await row(database)).pair
    seen: list[tuple[str, int]] = []
    sending = Client.send

    async def watched(self: Client, access: str, user: str, message: dict[str, Any]) -> Answer:
        seen.append((access, (await row(database)).turn))
        return await sending(self, access, user, message)

    monkeypatch.setattr(Client, "send", watched)
    await fake.forward(NEARLY)
    assert await oa.send(lan.id, Say("x")) == SENT
    assert seen == [(fake.tokens.access, 1)]
    assert await database.read(lambda tx: tx.scalar(text("SELECT previous FROM token"))) == sealed


async def test_senders_at_once_share_one_change(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """Twenty messages when the token has run out: one question, twenty messages sent."""
    oa = start()
    await oa.prepare()
    await fake.forward(26 * HOUR)
    outcomes = await asyncio.gather(*(oa.send(lan.id, Say(str(n))) for n in range(20)))
    assert outcomes == [SENT] * 20
    assert (asked(fake), fake.tokens.reused) == (1, 0)


async def test_two_processes_at_once_ask_once(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """A command beside the server: one asks, the other waits and finds the new pair; no refresh token goes twice."""
    both = start(), start()
    for one in both:
        await one.prepare()
    await fake.forward(26 * HOUR)
    fake.faults.add(ZALO_FAULTS["slow"].but(methods=frozenset({"access_token"})))
    outcomes = await asyncio.gather(*(one.send(lan.id, Say("x")) for one in both))
    assert sorted(outcome.code for outcome in outcomes) in (["", "token"], ["", ""])
    assert [await one.send(lan.id, Say("y")) for one in both] == [SENT, SENT]
    assert (asked(fake), fake.tokens.reused) == (1, 0)


async def test_a_refused_token_is_changed_once_and_the_message_goes(
    fake: FakeZaloOA, start: Start, lan: Person
) -> None:
    """Whoever granted the app waited for a day: the first access token is dead, the refresh token isn't."""
    oa = start(Pair("dead", fake.tokens.refresh))
    assert await oa.send(lan.id, Say("x")) == SENT
    assert (asked(fake), lan.texts) == (1, ["x"])


async def test_a_refresh_token_alone_is_enough(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """With no access token in the settings one is had first."""
    assert await start(Pair("", fake.tokens.refresh)).send(lan.id, Say("x")) == SENT


async def test_a_new_token_that_is_refused_too_isnt_changed_again(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """Something else is wrong then: a human is called, and no further pair is spent on it."""
    oa = start()
    fake.refuses(-216, times=2)
    assert (await oa.send(lan.id, Say("x"))).result is Result.BROKEN
    fake.refuses(-216)
    assert await oa.send(lan.id, Say("x")) == REFUSED
    assert asked(fake) == 1
    assert await oa.send(lan.id, Say("x")) == SENT


async def test_without_any_token_a_human_is_called(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """Nothing is asked of Zalo."""
    assert await start(Pair("", "")).send(lan.id, Say("x")) == UNSET
    assert not fake.calls
