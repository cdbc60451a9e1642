"""The OA's tokens when the answer with the new pair is lost, late or refused: known, told, and nothing loops."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.channels import calls
from bot.channels.channel import SENT, Outcome, Result
from bot.channels.zalo_oa.channel import ZaloOA
from bot.channels.zalo_oa.client import Answer, Client
from bot.channels.zalo_oa.health import State
from bot.channels.zalo_oa.safe import Pair, Safe
from bot.channels.zalo_oa.tokens import ELSEWHERE, STORAGE, Tokens
from bot.channels.zalo_oa.wire import Account
from handlers.chat import Say
from storage.database import Database, open_database
from tests.channels.zalo_oas import KEY, NEARLY, Start, asked, now, row
from tests.fakes.faults import ANSWERS
from tests.fakes.zalo_faults import ZALO_FAULTS
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person

HOUR, LEASE = 3600, 61


KILLED = """
import asyncio, json, os, sys
from datetime import UTC, datetime
from bot.channels.zalo_oa.client import Client
from bot.channels.zalo_oa.safe import Pair, Safe
from bot.channels.zalo_oa.tokens import Tokens
from storage.database import open_database
from storage.secret import Secret

async def main():
    told = json.loads(sys.argv[1])
    client = Client(told["app"], told["secret"], api=told["url"], oauth=told["url"])

    async def ask(refresh):
        answer = await client.renew(refresh)
        os._exit(9 if answer.data.get("access_token") else 1)

    safe = Safe(await open_database(told["database"]), Secret(b"k" * 32), Pair(*told["first"]))
    await Tokens(safe, ask, lambda: datetime.fromtimestamp(told["now"], UTC)).access()

asyncio.run(main())
"""


async def kill(fake: FakeZaloOA, url: str) -> int:
    """A process that dies between Zalo's answer and keeping it."""
    told = {"app": fake.app_id, "secret": fake.tokens.app_secret, "url": fake.url, "now": fake.clock.now}
    told |= {"database": url, "first": [fake.tokens.access, fake.tokens.refresh]}
    command = [sys.executable, "-c", KILLED, json.dumps(told)]
    return (await asyncio.to_thread(subprocess.run, command, check=False)).returncode


async def test_a_kill_between_answer_and_keeping_is_recognised(
    fake: FakeZaloOA, start: Start, lan: Person, database: Database, database_url: str
) -> None:
    """The pair is gone for good: after one more question a human is told so, and nothing is asked again."""
    await start().prepare()
    await fake.forward(NEARLY)
    assert await kill(fake, database_url) == 9
    oa = start()
    assert await oa.send(lan.id, Say("x")) == ELSEWHERE  # the claim may be a living process's
    assert asked(fake) == 1
    await fake.forward(LEASE)
    lost = Outcome(Result.BROKEN, code="token lost")
    assert [await oa.send(lan.id, Say("x")) for _ in range(5)] == [lost] * 5
    assert (asked(fake), (await row(database)).refused) == (2, "lost")
    assert (await oa.check()).state is State.LOST
    again = start()
    assert [await again.send(lan.id, Say("x")) for _ in range(5)] == [lost] * 5
    assert asked(fake) == 3  # once a start
    assert lan.texts == []


async def test_a_pair_that_was_granted_anew_ends_the_trouble(
    fake: FakeZaloOA, start: Start, lan: Person, database: Database, database_url: str
) -> None:
    """A human grants the app again and changes the settings: these win over what was kept, once; then rotation does."""
    await start().prepare()
    await fake.forward(NEARLY)
    await kill(fake, database_url)
    fake.tokens.renew()
    fresh = Pair(fake.tokens.access, fake.tokens.refresh)
    assert await start(fresh).send(lan.id, Say("x")) == SENT
    assert (await row(database)).refused is None
    await fake.forward(NEARLY)
    assert await start(fresh).send(lan.id, Say("x")) == SENT
    assert await start(fresh).send(lan.id, Say("x")) == SENT
    assert fake.tokens.reused == 0


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "slow"])
async def test_whatever_happens_to_the_answer(
    fake: FakeZaloOA, start: Start, lan: Person, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old token is used while it lasts. An answer that was lost with the pair in it is told; else it goes on."""
    monkeypatch.setattr(calls, "PATIENCE", 0.5)
    oa = start()
    await oa.prepare()
    await fake.forward(26 * HOUR)
    fault = ZALO_FAULTS[name].but(methods=frozenset({"access_token"}))
    fake.faults.add(fault)
    assert (await oa.send(lan.id, Say("x"))).result is Result.LATER
    await fake.forward(LEASE)
    outcome = await oa.send(lan.id, Say("x"))
    assert outcome == (Outcome(Result.BROKEN, code="token lost") if fault.effect else SENT)


async def test_a_question_that_never_arrived_is_asked_again_at_once(
    fake: FakeZaloOA, start: Start, lan: Person, database: Database
) -> None:
    """Nobody listens: nothing can be lost, so nobody waits for an answer."""
    oa = start()
    await oa.prepare()
    await fake.forward(26 * HOUR)
    await fake.refuse()
    outcome = await oa.send(lan.id, Say("x"))
    assert (outcome.result, outcome.reached) == (Result.LATER, False)
    assert (await row(database)).asked_at is None
    await fake.accept()
    assert await oa.send(lan.id, Say("x")) == SENT


async def test_trouble_is_told_while_the_old_token_works(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """An hour before it matters a human can be called; messages go on, and Zalo isn't asked with each of them."""
    oa = start(Pair(fake.tokens.access, "no such token"))
    assert await oa.keep_fresh() == SENT
    await fake.forward(NEARLY)
    assert [await oa.send(lan.id, Say("x")) for _ in range(5)] == [SENT] * 5
    assert await oa.keep_fresh() == Outcome(Result.BROKEN, code="token -14014")
    assert asked(fake) == 1
    assert (await oa.check()).state is State.REFUSED


async def test_while_the_old_token_works_zalo_is_asked_now_and_then(
    fake: FakeZaloOA, start: Start, lan: Person
) -> None:
    """OAuth is busy for a while: messages go on with the old token, and only every few minutes it is asked again."""
    oa = start()
    await oa.prepare()
    await fake.forward(NEARLY)
    busy = ZALO_FAULTS["garbage"].but(body='{"error": -32}', times=2, methods=frozenset({"access_token"}))
    fake.faults.add(busy)
    for expected in (1, 1, 1, 2, 2, 2, 3):
        assert await oa.send(lan.id, Say("x")) == SENT
        assert asked(fake) == expected
        await fake.forward(101)
    assert (fake.tokens.issued, fake.tokens.reused) == (2, 0)


async def test_a_quiet_oa_keeps_its_grant(fake: FakeZaloOA, start: Start) -> None:
    """Nobody writes for four months, a refresh token lives for three: looked after, it is changed daily."""
    oa = start()
    for _ in range(120 * 48):
        await fake.forward(1800)
        assert await oa.keep_fresh() == SENT
    assert 118 <= asked(fake) <= 126
    assert fake.tokens.reused == 0


async def test_a_cancelled_sender_takes_no_answer_along(
    fake: FakeZaloOA, start: Start, lan: Person, database: Database
) -> None:
    """The delivery's patience ends, or the server stops, amid a change: the new pair is kept all the same."""
    oa = start()
    await oa.prepare()
    await fake.forward(26 * HOUR)
    fake.faults.add(ZALO_FAULTS["slow"].but(methods=frozenset({"access_token"})))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await oa.send(lan.id, Say("x"))
    await oa.close()
    assert (await row(database)).turn == 1
    assert await start().send(lan.id, Say("x")) == SENT
    assert asked(fake) == 1


async def test_a_pair_that_cant_be_kept_waits_unused(
    fake: FakeZaloOA, lan: Person, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes between answer and keeping: the pair stays in memory, and is kept when it is back."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    away = path.with_name("away.db")
    database = await open_database(sqlite_url, serving=True)
    calls = Client(fake.app_id, fake.tokens.app_secret, api=fake.url, oauth=fake.url)

    async def ask(refresh: str) -> Answer:
        answer = await calls.renew(refresh)
        await asyncio.to_thread(path.rename, away)
        return answer

    safe = Safe(database, KEY, Pair(fake.tokens.access, fake.tokens.refresh))
    oa = ZaloOA(calls, Tokens(safe, ask, lambda: now(fake)), Account(fake.app_id, fake.key), lambda: now(fake))
    await oa.prepare()
    await fake.forward(26 * HOUR)
    assert await oa.send(lan.id, Say("x")) == STORAGE
    assert not fake.calls.named("cs")
    await asyncio.to_thread(away.rename, path)
    assert await oa.send(lan.id, Say("x")) == SENT
    assert (asked(fake), (await row(database)).turn) == (1, 1)
    await oa.close()
    await database.close()


async def test_a_wrong_app_secret_spends_nothing(fake: FakeZaloOA, start: Start, lan: Person) -> None:
    """Mended and started again it works: what was noted about the pair holds nobody up."""
    await fake.forward(26 * HOUR)
    wrong = start(secret="wrong")
    assert (await wrong.send(lan.id, Say("x"))).result is Result.BROKEN
    assert await start().send(lan.id, Say("x")) == SENT
