"""Telegram in every kind of trouble: nothing is lost, nothing doubled but what was in flight, nobody else blocked."""

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import SecretStr

from bot import delivery, polling, reach
from bot.app import App
from bot.channels.telegram import client
from bot.letterbox import Letterbox
from bot.reach import State
from storage.outbox import outbox
from storage.schema import Transaction
from tests.channels.running import Running, running
from tests.fakes.faults import ANSWERS, FAULTS
from tests.fakes.telegram import Telegram

SENDING = frozenset({"sendMessage", "editMessageText"})


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience and pauses of seconds take tenths here."""
    monkeypatch.setattr(client, "PATIENCE", 0.7)
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(reach, "FIRST", 0.1)
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.1)


@pytest.fixture
async def server(app: App, fake: Telegram) -> AsyncIterator[Running]:
    """A server that asks the fake for messages, with little patience."""
    async with running(app, telegram_token=SecretStr(fake.token), telegram_api=fake.url) as served:
        yield served


def reached(box: Letterbox) -> bool:
    """Whether asking the platform goes well."""
    return box.reading.state is State.REACHED


async def is_healthy(server: Running) -> bool:
    """Whether the page's server answers."""
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/healthz") as answer:
        return answer.status == 200


def answered(tx: Transaction) -> int:
    """How many messages were taken."""
    return int(tx.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())


def waiting(tx: Transaction) -> int:
    """How many answers wait."""
    return tx.execute(outbox.select()).all().__len__()


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_fault_in_sending_loses_nothing_and_blocks_nobody(fake: Telegram, server: Running, name: str) -> None:
    """Lan's answer meets the fault three times; An is served meanwhile; in the end Lan's screen stands there."""
    lan, an = fake.person(1), fake.person(2)
    fault = FAULTS[name].but(methods=SENDING, chats=frozenset({"1"}), times=3)
    async with fake.suffers(fault):
        lan.write("/menu")
        await fake.until(lambda: fake.record.of(*SENDING, chat=1))
        an.write("/menu")
        await fake.until(lambda: an.heard, 10)
        await fake.until(lambda: lan.heard, 15)
        await server.calm("telegram", 20)
    assert {message.text for message in lan.heard} == {"Bạn muốn làm gì?"}
    assert len(lan.heard) == 1 or fault.effect
    assert len(an.heard) == 1
    assert await server.app.database.read(answered) == 2
    assert await server.app.database.read(waiting) == 0


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_fault_in_asking_for_updates_loses_nothing(
    fake: Telegram, server: Running, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was given and not heard comes again, and counts once."""
    monkeypatch.setattr(client, "LISTEN", 1)
    monkeypatch.setattr(client, "LATE", 0.2)
    an = fake.person(2)
    async with fake.suffers(FAULTS[name].but(methods=frozenset({"getUpdates"}), times=3)):
        for _tap in range(3):
            an.write("/menu")
            await asyncio.sleep(0.05)
        await fake.until(lambda: an.heard, 25)
        await fake.settled(25)
        await server.calm("telegram")
    assert await server.app.database.read(answered) == 3


async def test_one_person_who_forwards_a_hundred_messages_holds_up_nobody(fake: Telegram, server: Running) -> None:
    """Private answers wait for their turn; the next batch is asked for after some seconds all the same."""
    loud, an = fake.person(1), fake.person(2)
    for _message in range(60):
        loud.forward()
    await fake.until(lambda: loud.heard)
    an.write("bạn em gọi không dậy")
    await fake.until(lambda: an.heard, 10)


async def test_a_group_that_can_not_be_left_holds_up_nobody(fake: Telegram, server: Running) -> None:
    """It is told once a minute at most, and nobody waits for it."""
    group, an = fake.group(-5), fake.person(2)
    hanging = FAULTS["hanging"].but(methods=frozenset({"sendMessage", "leaveChat"}), chats=frozenset({"-5"}), times=99)
    async with fake.suffers(hanging):
        for _line in range(8):
            group.write(an, "hello")
        await asyncio.sleep(0.2)
        an.write("bạn em gọi không dậy")
        await fake.until(lambda: an.heard, 8)
    assert len(fake.record.of("sendMessage", "leaveChat", chat=-5)) <= 2


async def test_a_platform_that_is_gone_is_missed_by_nobody_else(fake: Telegram, server: Running) -> None:
    """The page answers, the state says so, and when Telegram is back all that waited arrives."""
    an = fake.person(2)
    an.write("/menu")
    await fake.until(lambda: an.heard)
    box = server.boxes["telegram"]
    await fake.refuse()
    for _write in range(4):
        an.write("/hoc")
    await asyncio.sleep(1)
    assert not reached(box)
    assert await is_healthy(server)
    await fake.listen()
    await fake.until(lambda: an.heard[-1].text == "Bạn muốn xem bài nào?", 10)
    await server.calm("telegram")
    assert reached(box)


@pytest.mark.parametrize("name", ["twice", "out-of-order", "undecodable"])
async def test_updates_that_come_twice_mixed_or_broken(fake: Telegram, server: Running, name: str) -> None:
    """Each counts once; what can't be read is skipped and counted."""
    people = [fake.person(number) for number in range(1, 6)]
    async with fake.suffers(FAULTS[name]):
        for turn in range(4):
            for person in people:
                person.write("/menu" if turn % 2 else "/hoc")
        await fake.settled(10)
        await server.calm("telegram", 15)
    assert await server.app.database.read(answered) == 20
    assert all(person.heard for person in people)


async def test_a_chat_that_is_told_to_wait_waits_and_nobody_else(fake: Telegram, server: Running) -> None:
    """429 with a second: not one message to that chat before it is over."""
    lan, an = fake.person(1), fake.person(2)
    async with fake.suffers(FAULTS["too-many"].but(methods=SENDING, chats=frozenset({"1"}), times=1)):
        lan.write("/menu")
        await fake.until(lambda: fake.record.of(*SENDING, chat=1))
        refused = time.monotonic()
        lan.write("/hoc")
        an.write("/menu")
        await fake.until(lambda: an.heard, 1)
        await fake.until(lambda: lan.heard, 5)
    first, second, *_more = (call.at for call in fake.record.of(*SENDING, chat=1))
    assert second - first >= 0.95
    assert refused < second


async def test_a_token_that_telegram_refuses_is_told_and_mended_without_loss(fake: Telegram, app: App) -> None:
    """The state says that a human must look; the rest of the server goes on."""
    async with running(app, telegram_token=SecretStr("1:wrong"), telegram_api=fake.url) as server:
        box = server.boxes["telegram"]
        await fake.until(lambda: box.reading.state is State.REFUSED)
        assert await is_healthy(server)


@pytest.mark.parametrize("many", [500, pytest.param(10_000, marks=pytest.mark.long)])
async def test_a_backlog_is_worked_off_and_newcomers_do_not_wait(fake: Telegram, app: App, many: int) -> None:
    """Every message counts once, each chat gets its last screen, and the rate that Telegram allows is kept."""
    crowd = fake.backlog(many, people=many // 20)
    async with running(app, telegram_token=SecretStr(fake.token), telegram_api=fake.url) as server:
        await fake.settled(60)
        newcomer = fake.person(99)
        newcomer.write("/menu")
        await fake.until(lambda: newcomer.heard, 5)
        await fake.until(lambda: all(person.heard for person in crowd), 60)
        await server.calm("telegram", 60)
        assert await server.app.database.read(answered) == many + 1
        assert fake.record.peak() <= 30
