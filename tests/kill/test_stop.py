"""Starting, stopping, and who may stand beside a running server."""

import asyncio
import time
from random import Random

import aiohttp
import pytest

from storage.library import Library
from storage.wording import catalogue
from tests.kill.test_kill import check, open_caller
from tests.kill.walker import Walker
from tests.servers import Server

pytestmark = pytest.mark.kill

_ = catalogue("cli")
BUSY = 75  # EX_TEMPFAIL: another one is at work
ROUNDS = [1, pytest.param(20, marks=pytest.mark.long)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_killed_while_it_starts_for_the_first_time_it_starts_the_next_time(server: Server, rounds: int) -> None:
    """No half-made key or database stays behind, at whatever moment of the first start it was killed."""
    chance = Random()
    for number in range(rounds):
        server.data = server.folder / f"data-{number}"
        for _try in range(2):
            server.launch()
            time.sleep(chance.uniform(0.3, 1.3))
            server.kill()
        server.start()
        assert server.stop() == 0
        left = {path.name for path in server.data.iterdir()}
        assert left == {"lachan.db", "lachan.db.lock", "server.key"}


async def test_told_to_stop_it_ends_in_time_and_loses_nothing(server: Server, library: Library) -> None:
    """SIGTERM amid conversations and open streams: exit code 0 within 10 s, and all goes on after the next start."""
    server.start()
    stop = asyncio.Event()
    async with open_caller(server) as caller, asyncio.TaskGroup() as group:
        walkers = [Walker(caller, library, seed) for seed in range(20)]
        walks = [group.create_task(walker.walk(stop)) for walker in walkers]
        listening = group.create_task(_listen(server, await caller.begin()))
        await asyncio.sleep(1.5)
        assert await asyncio.to_thread(server.stop, 10) == 0
        await listening
        await asyncio.to_thread(server.start)
        stop.set()
        await asyncio.gather(*walks)
        assert await asyncio.to_thread(server.stop, 10) == 0  # help screens rest in memory: now what is durable stands
        await asyncio.to_thread(server.start)
        await asyncio.gather(*map(check, walkers))
    assert server.log.read_text() == ""


async def _listen(server: Server, token: str) -> None:
    """Hold a stream open until the server ends it, as it should: whole, not cut off."""
    address = f"{server.url}/chat/api/sessions/{token}/events"
    async with aiohttp.ClientSession() as http, http.get(address) as stream:
        assert stream.status == 200
        await stream.read()


def test_a_second_server_on_the_same_data_leaves_with_a_clear_sentence(server: Server) -> None:
    """It says why and gives exit code 75; the first one goes on; a killed one's lock holds nobody up."""
    server.start()
    second = server.run("run")
    assert (second.returncode, second.stdout) == (BUSY, "")
    assert second.stderr.strip() == _("Another server works with this database. Stop it first.")
    assert server.run("migrate").returncode == BUSY
    server.kill()
    server.start()
    assert server.stop() == 0


def test_a_talk_at_the_terminal_works_beside_a_running_server(server: Server) -> None:
    """Both write to the same data; the talk goes on where it stood, also after the server was killed."""
    server.start()
    begun = server.run("talk", "--as", "an", typed="/hoc\n1\n1\n")
    assert (begun.returncode, begun.stderr) == (0, "")
    assert "2/" in begun.stdout.split("─────")[-1]
    server.kill()
    resumed = server.run("talk", "--as", "an")
    assert resumed.stdout.strip() in begun.stdout
    server.start()
    assert server.run("talk", "--as", "an").stdout == resumed.stdout
