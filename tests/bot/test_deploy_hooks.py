"""Debian's caddy and nginx with the printed files: what platforms bring passes, as long as the server takes it."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.channels import hooks
from bot.channels.channel import LONGEST_CALL
from bot.deploy import Kind
from tests.bot.fronts import Front, free_port
from tests.servers import Server

pytestmark = [pytest.mark.deploy, pytest.mark.usefixtures("proxies_are_here")]

PATHS = [next(iter(hook.paths)) for hook in hooks.HOOKS]
TOO_LONG = {413, 502}  # Caddy says the latter where the server refuses first
NOBODY = "http://127.0.0.1:9"  # where nobody listens: no platform is called
PLATFORMS = {
    "TELEGRAM_TOKEN": "1234567:AAExampleExampleExampleExampleExample",
    "TELEGRAM_MODE": "webhook",
    "TELEGRAM_API": NOBODY,
    "ZALO_BOT_TOKEN": "1234567:example",
    "ZALO_BOT_MODE": "webhook",
    "ZALO_BOT_API": NOBODY,
    "ZALO_OA_APP_ID": "1",
    "ZALO_OA_APP_SECRET": "example",
    "ZALO_OA_SECRET": "example",
    "ZALO_OA_ACCESS_TOKEN": "example",
    "ZALO_OA_REFRESH_TOKEN": "example",
    "ZALO_OA_API": NOBODY,
    "ZALO_OA_OAUTH": NOBODY,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that all three platforms call."""
    port = free_port()
    set_to = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "TRUSTED_PROXIES": "127.0.0.1", **PLATFORMS}
    running = Server(tmp_path_factory.mktemp("served"))
    running.settings = {f"LACHAN_{name}": value for name, value in set_to.items()}
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module", params=(Kind.CADDY, Kind.NGINX))
def front(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Each proxy in front of it."""
    running = Front(request.param, tmp_path_factory.mktemp(request.param), int(server.settings["LACHAN_PORT"]))
    running.prepare()
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("path", PATHS)
async def test_what_platforms_bring_may_be_as_long_as_the_server_takes(front: Front, path: str) -> None:
    """It passes whole, so that it is refused only since no platform sent it; a byte more is refused for its size."""
    for size in (130_000, LONGEST_CALL):
        assert await asyncio.to_thread(front.post, path, b"a" * size) == 401
    assert await asyncio.to_thread(front.post, path, b"a" * (LONGEST_CALL + 1)) in TOO_LONG


@pytest.mark.parametrize("body", [b"a" * 5_000_000, [b"a" * 1024] * 5_000], ids=["long", "endless"])
async def test_what_is_endless_is_cut_off_there_too(front: Front, body: bytes | list[bytes]) -> None:
    """Whoever knows where platforms call can't write for ever either."""
    assert await asyncio.to_thread(front.post, PATHS[0], body) in {*TOO_LONG, None}


async def test_a_page_may_send_no_more_than_before(front: Front) -> None:
    """What is let in for platforms is let in nowhere else, however alike the address looks."""
    for path in ("/chat/api/sessions", f"{PATHS[0]}/x", f"/x{PATHS[0]}"):
        assert await asyncio.to_thread(front.post, path, b"a" * 200_000) == 413
