"""The fake Telegram misbehaving: each fault does what it says, to whom it says, and then all is well again."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiogram
import aiogram.exceptions
import aiohttp
import pytest
import telegram
import telegram.error
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.fakes.faults import ANSWERS, FAULTS, UPDATES
from tests.fakes.telegram import Telegram
from tests.fakes.telegram_people import Person
from tests.fakes.telegram_record import Record, peak

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

PATIENCE, LITTLE = 10.0, 0.45  # seconds; little is less than what is slow
Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def fake() -> AsyncIterator[Telegram]:
    """A Telegram without second opinions."""
    async with Telegram(light=True) as opened:
        yield opened


@pytest.fixture
def an(fake: Telegram) -> Person:
    """Somebody who wrote to the bot, which knows it."""
    person = fake.person(1)
    person.write("/start")
    fake.world.updates.waiting.clear()
    return person


@pytest.fixture
async def ask(fake: Telegram) -> AsyncIterator[Ask]:
    """Asks for a method; status and answer."""
    async with aiohttp.ClientSession() as http:

        async def asking(method: str, patience: float = PATIENCE, **params: Any) -> tuple[int, Any]:
            url, total = f"{fake.url}/bot{fake.token}/{method}", aiohttp.ClientTimeout(total=patience)
            async with http.post(url, json=params, timeout=total) as answer:
                return answer.status, await answer.json(content_type=None)

        yield asking


OUTCOMES: dict[str, tuple[type[Exception] | int, bool]] = {
    "slow": (TimeoutError, True),
    "hanging": (TimeoutError, False),
    "held": (TimeoutError, True),
    "reset": (OSError, False),
    "dropped": (OSError, True),
    "truncated": (ValueError, True),
    "cut-off": (aiohttp.ClientPayloadError, True),
    "garbage": (ValueError, False),
    "empty": (200, False),
    "wrong-shape": (200, False),
    "too-many": (429, False),
    "server-error": (500, False),
    "bad-gateway": (502, False),
    "unavailable": (503, False),
}
"""What a client with little patience sees of each, and whether the message arrived."""


async def seen(ask: Ask, patience: float = PATIENCE) -> type[Exception] | int:
    """What comes of sending a message."""
    try:
        status, _ = await ask("sendMessage", patience=patience, chat_id=1, text="Hello")
    except aiohttp.ServerDisconnectedError as error:
        raise AssertionError("hung up politely") from error
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        return type(error)
    return status


@pytest.mark.parametrize("name", ANSWERS)
async def test_each_fault(fake: Telegram, an: Person, ask: Ask, name: str) -> None:
    """A fault comes once, the client sees what it says, the message arrived or didn't; the next one is well."""
    expected, effect = OUTCOMES[name]
    async with fake.suffers(FAULTS[name]):
        if name in ("bad-gateway", "unavailable"):
            with pytest.raises(ValueError, match="Expecting value"):
                await ask("sendMessage", chat_id=1, text="Hello")
            assert expected == FAULTS[name].status
        else:
            found = await seen(ask, LITTLE if expected is TimeoutError else PATIENCE)
            assert found == expected or (isinstance(found, type) and issubclass(found, expected))  # type: ignore[arg-type] # a status is equal
        assert (len(an.heard) == 1) is effect is FAULTS[name].effect
        assert await seen(ask) == 200
    assert fake.world.faults.happened == [name]
    assert [call.fault for call in fake.record] == [name, ""]


async def test_faults_choose(fake: Telegram, an: Person, ask: Ask) -> None:
    """A fault for two messages to one chat leaves other methods and other chats alone."""
    fake.person(2).write("Hello")
    fake.world.faults.add(
        FAULTS["too-many"].but(times=2, wait=7, methods=frozenset({"sendMessage"}), chats=frozenset({"1"}))
    )
    assert (await ask("getMe"))[0] == 200
    assert (await ask("sendMessage", chat_id=2, text="Hello"))[0] == 200
    for _ in range(2):
        status, said = await ask("sendMessage", chat_id=1, text="Hello")
        assert (status, said["parameters"]) == (429, {"retry_after": 7})
    assert (await ask("sendMessage", chat_id=1, text="Hello"))[0] == 200


async def test_both_libraries_read_429(fake: Telegram, an: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fake says when it is asked too often is a wait for both libraries."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # what it will do in its next version, without a warning
    fake.world.faults.add(FAULTS["too-many"].but(times=2, wait=7, methods=frozenset({"sendMessage"})))
    async with aiogram.Bot(fake.token, AiohttpSession(api=TelegramAPIServer.from_base(fake.url))) as bot:
        with pytest.raises(aiogram.exceptions.TelegramRetryAfter) as first:
            await bot.send_message(1, "Hello")
    with pytest.raises(telegram.error.RetryAfter) as second:
        async with telegram.Bot(fake.token, f"{fake.url}/bot") as other:
            await other.send_message(1, "Hello")
    assert (first.value.retry_after, second.value.retry_after) == (7, timedelta(seconds=7))


async def test_nobody_listens(fake: Telegram, an: Person, ask: Ask) -> None:
    """While connections are refused nothing is reached; afterwards the same address answers."""
    url = fake.url
    async with fake.suffers(FAULTS["refused"]):
        with pytest.raises(aiohttp.ClientConnectorError):
            await ask("getMe")
    assert fake.url == url
    assert (await ask("getMe"))[0] == 200


async def polled(ask: Ask) -> list[int]:
    """All there is, as a client asks for it; the numbers in the order in which they came."""
    numbers: list[int] = []
    while True:
        offset = max(numbers, default=-1) + 1
        _, said = await ask("getUpdates", offset=offset)
        if not said["result"]:
            return numbers
        numbers += [update["update_id"] for update in said["result"]]


@pytest.mark.parametrize("name", UPDATES)
async def test_each_fault_of_updates(fake: Telegram, an: Person, ask: Ask, name: str) -> None:
    """Updates come twice, out of order, among such that can't be read, or by the thousands; none is lost."""
    async with fake.suffers(FAULTS[name]):
        written = [an.write(f"{number}") for number in range(3)]
        waiting = list(fake.world.updates.waiting)
        numbers = await polled(ask)
    assert set(numbers) == set(waiting)
    assert (len(numbers) > len(set(numbers))) is (name == "twice")
    assert (numbers[0] > numbers[1]) is (name == "out-of-order")
    assert len(waiting) - len(written) == {"undecodable": 3, "many-waiting": 10_000}.get(name, 0)


async def test_a_poll_confirms(an: Person, ask: Ask) -> None:
    """Updates come again until the next number is asked for; a client that went away lost none."""
    an.write("one")
    an.write("two")
    _, first = await ask("getUpdates", limit=1)
    _, again = await ask("getUpdates")
    assert [len(first["result"]), len(again["result"])] == [1, 2]
    numbers = [update["update_id"] for update in again["result"]]
    _, rest = await ask("getUpdates", offset=numbers[1])
    assert [update["update_id"] for update in rest["result"]] == numbers[1:]
    with pytest.raises(TimeoutError):
        await ask("getUpdates", patience=LITTLE, offset=numbers[1] + 1, timeout=9)
    an.write("three")
    _, late = await ask("getUpdates", timeout=9)
    assert [update["message"]["text"] for update in late["result"]] == ["three"]


async def test_only_what_was_asked_for(an: Person, ask: Ask) -> None:
    """Kinds that weren't asked for don't come, and what was asked for stays so until it is said anew."""
    await ask("getUpdates", allowed_updates=["callback_query"])
    an.write("Hello")
    an.tap_data("go", 1)
    _, said = await ask("getUpdates")
    assert [min(update) for update in said["result"]] == ["callback_query"]


def test_the_busiest_second() -> None:
    """Rates are the most within any second, not within one of the clock's."""
    assert peak([0.0, 0.9, 1.0, 1.8, 1.85, 5.0]) == 4
    assert (peak([]), Record().peak()) == (0, 0)


async def test_a_process_of_its_own() -> None:
    """As a process it prints where it listens, is driven over HTTP, and stops when told to."""
    command = ("-m", "tests.fakes.telegram", "--port", "0", "--light")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    fake_token = Telegram(light=True).token
    async with aiohttp.ClientSession() as http:

        async def post(path: str, **body: Any) -> Any:
            async with http.post(f"{url}/{path}", json=body) as answer:
                return await answer.json()

        await post("control/write", person=1, text="Hello")
        await post("control/fault", name="server-error", methods=["sendMessage"])
        keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
        for _ in range(2):
            await post(f"bot{fake_token}/sendMessage", chat_id=1, text="Pick", reply_markup=keys)
        await post("control/tap", person=1, label="Go")
        assert await post("control/backlog", many=10, people=3) == 3
        assert [one["text"] for one in await post("control/screen", person=1)] == ["Hello", "Pick"]
        stats = await post("control/stats")
        assert (stats["counts"], stats["statuses"]["200"], stats["waiting"]) == ({"sendMessage": 2}, 1, 12)
    process.terminate()
    assert await process.wait() == 0
