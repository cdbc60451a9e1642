"""SIGKILL at random moments: what was answered stays answered, and nothing is counted twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import aiohttp
import pytest

from storage.library import Library
from storage.wording import catalogue
from tests.kill.conftest import Report
from tests.kill.walker import Account, Shown, Walker
from tests.servers import Caller, Server

pytestmark = pytest.mark.kill

_ = catalogue("bot")
SESSIONS = 40
KILLS = [4, pytest.param(20, marks=pytest.mark.long)]


@asynccontextmanager
async def open_caller(server: Server) -> AsyncIterator[Caller]:
    """A caller with room for all walkers."""
    connector = aiohttp.TCPConnector(limit=200, force_close=False)
    timeout = aiohttp.ClientTimeout(total=15)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        yield Caller(server, http)


@pytest.mark.parametrize("kills", KILLS)
async def test_killed_at_random_moments_it_goes_on_as_if_nothing_was(
    server: Server, library: Library, kills: int, report: Report
) -> None:
    """Durable answers stay the same, each session stands where it stood, each given answer counts once."""
    server.start()
    async with open_caller(server) as caller:
        walkers = [Walker(caller, library, seed) for seed in range(SESSIONS)]
        back = await _walk_through(server, walkers, kills)
        await asyncio.gather(*map(check, walkers))
    assert sum(walker.resent for walker in walkers) >= kills, "no kill was felt by anybody"
    assert server.log.read_text() == ""
    answers = sum(len(walker.kept) for walker in walkers)
    report(f"{len(back)} kills, {answers} durable answers; back within {min(back)} to {max(back)} s")


async def _walk_through(server: Server, walkers: list[Walker], kills: int) -> list[float]:
    """Walk while the server is killed again and again; the seconds it took to answer again, each time."""
    chance = Random()  # the moments differ from run to run: each run attacks others
    stop = asyncio.Event()
    back = []
    async with asyncio.TaskGroup() as group:
        for walker in walkers:
            group.create_task(walker.walk(stop))
        for _kill in range(kills):
            await asyncio.sleep(chance.uniform(0.2, 1.2))
            await asyncio.to_thread(server.kill)
            back.append(await asyncio.to_thread(server.start))
        await asyncio.sleep(chance.uniform(0.2, 1.2))
        stop.set()
    await asyncio.to_thread(server.kill)
    back.append(await asyncio.to_thread(server.start))
    return [round(seconds, 2) for seconds in back]


async def check(walker: Walker) -> None:
    """Where it stands, what it was answered and what it did is all there."""
    where = walker.standing
    resumed = (await walker.say(action="resume"))[-1]
    assert {key: resumed[key] for key in where} == where, "it doesn't stand where it stood"
    for message, answer in list(walker.kept):
        assert await walker.again(message) == answer, "asked again, answered otherwise"
    _check_screen((await walker.say(action="me"))[-1], walker.account)
    exported = (await walker.say(action="me:export"))[-1]["document"]["content"]
    assert _learnt(json.loads(exported)["progress"]) == _done(walker)


def _check_screen(shown: Shown, account: Account) -> None:
    right, count = account.right.total(), account.answered.total()
    assert _("- Questions: {right} right of {count}", right=right, count=count) in shown["body"]


def _learnt(progress: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, int, bool]]:
    """The export's lines: for a question, times answered and times right."""
    return {(one["kind"], one["item"]): (one["at"], one["of"], one["done"]) for one in progress}


def _done(walker: Walker) -> dict[tuple[str, str], tuple[int, int, bool]]:
    """The same by the walker's own account."""
    account, lessons = walker.account, walker.library.lessons
    read = {("lesson", one): (at, len(lessons[one].screens)) for one, at in account.screens.items()}
    played = {("scenario", one): (int(done), 1, done) for one, done in account.stories.items()}
    asked = {("question", one): (n, account.right[one]) for one, n in account.answered.items()}
    finished = {key: (at, of, at == of) for key, (at, of) in read.items()}
    known = {key: (at, of, of > 0) for key, (at, of) in asked.items()}
    return finished | played | known
