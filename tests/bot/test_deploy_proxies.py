"""Debian's caddy and nginx with the printed files, on loopback, in front of a real server."""

import asyncio
import re
import socket
import ssl
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.deploy import Kind
from bot.tokens import Tokens
from storage import outbox
from storage.database import open_database
from storage.secret import open_secret
from tests.bot.fronts import Front, free_port
from tests.servers import Server

pytestmark = [pytest.mark.deploy, pytest.mark.usefixtures("proxies_are_here")]

PROXIES = (Kind.CADDY, Kind.NGINX)
BURST = 20  # sessions at once from one address
TOKEN = "ZmFrZS1zZXNzaW9uLWZvci10aGlzLXRlc3Q"
TYPED = "chuyện riêng của tôi đây nhé"
MESSAGE = '{"text": "Có tin mới cho bạn"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one server behind both proxies: a small limit of sessions, and it believes what comes from loopback."""
    running = Server(
        tmp_path_factory.mktemp("served"),
        LACHAN_PORT=str(free_port()),
        LACHAN_SESSIONS_A_MINUTE=str(2 * BURST),
        LACHAN_TRUSTED_PROXIES="127.0.0.1",
    )
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module", params=PROXIES)
def front(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Each proxy in front of the same server."""
    port = int(server.url.rsplit(":", 1)[1])
    running = Front(request.param, tmp_path_factory.mktemp(request.param), port)
    running.prepare()
    running.start()
    yield running
    running.stop()


@asynccontextmanager
async def visiting(front: Front, host: str = "127.0.0.1") -> AsyncIterator[aiohttp.ClientSession]:
    """A person whose own address is `host`."""
    connector = aiohttp.TCPConnector(ssl=front.context(), local_addr=(host, 0), family=socket.AF_INET)
    async with aiohttp.ClientSession(front.url, connector=connector) as http:
        yield http
    await asyncio.sleep(0.1)  # until what was let go of is closed


async def begin(http: aiohttp.ClientSession) -> str:
    async with http.post("/chat/api/sessions") as answer:
        assert answer.status == 201, await answer.text()
        token: str = (await answer.json())["session"]
        return token


async def send(http: aiohttp.ClientSession, token: str, text: str) -> tuple[int, Any]:
    message = {"id": str(uuid.uuid4()), "text": text}
    async with http.post(f"/chat/api/sessions/{token}/messages", json=message) as answer:
        return answer.status, await answer.json()


def test_the_proxy_itself_finds_no_fault(front: Front) -> None:
    """`caddy validate` and `nginx -t` are content, without a warning."""
    checked = front.check()
    assert checked.returncode == 0, checked.stderr
    assert b"warn" not in checked.stderr.lower()


async def test_a_conversation_passes(front: Front) -> None:
    """The page, a session and an answer, over TLS that is checked."""
    async with visiting(front) as http:
        async with http.get("/") as page:
            assert page.status == 200
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        status, answer = await send(http, await begin(http), "/menu")
    assert (status, answer["private"]) == (200, False)
    assert answer["messages"][0]["text"]


async def test_plain_http_leads_to_https(front: Front) -> None:
    """Whoever types the address without https lands where it is."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://localhost:{front.plain_port}/giup", allow_redirects=False) as answer,
    ):
        assert answer.status in {301, 308}
        assert answer.headers["Location"] == f"{front.url}/giup"


def test_old_tls_is_refused(front: Front) -> None:
    """TLS 1.1 is broken; Debian's own file for nginx still allows it."""
    old = front.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", front.port)) as raw, pytest.raises(ssl.SSLError):
        old.wrap_socket(raw, server_hostname="localhost")


async def test_what_arrives_by_itself_arrives_at_once(front: Front, server: Server) -> None:
    """An open page gets its first sign at once, stays open, and gets a message as soon as there is one."""
    async with visiting(front) as http:
        token = await begin(http)
        await send(http, token, "/menu")
        async with listening(http, token) as stream:
            async with asyncio.timeout(1):
                first = await stream.content.readline()
            await asyncio.sleep(1.5)
            await put(server, token)
            async with asyncio.timeout(2.5):
                arrived = await read_until(stream, b"data:")
    assert first == b"retry: 3000\n"
    assert "Có tin mới cho bạn".encode() in arrived


@pytest.mark.long
async def test_an_open_page_stays_open(front: Front) -> None:
    """Longer than any default patience of a proxy: signs of life pass for 100 seconds."""
    async with visiting(front) as http, listening(http, await begin(http)) as stream:
        for _each in range(5):
            async with asyncio.timeout(21):
                await read_until(stream, b": still here")


@asynccontextmanager
async def listening(http: aiohttp.ClientSession, token: str) -> AsyncIterator[aiohttp.ClientResponse]:
    """An open page, which is simply gone at the end."""
    async with http.get(f"/chat/api/sessions/{token}/events") as stream:
        assert stream.connection is not None
        assert stream.connection.transport is not None
        gone = stream.connection.transport.abort
        yield stream
        gone()


async def read_until(stream: aiohttp.ClientResponse, mark: bytes) -> bytes:
    async for line in stream.content:
        if line.startswith(mark):
            return line
    raise AssertionError("the stream ended")


async def put(server: Server, token: str) -> None:
    """Let a message wait for a session, as a broadcast would."""
    now = datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 - beside a real server runs the real clock
    where = Tokens(open_secret(server.data)).address(token, now.date())
    assert where is not None
    database = await open_database(f"sqlite:///{server.data}/lachan.db")
    await database.run(outbox.add, "web", where, None, MESSAGE, now)
    await database.close()


CLAIMS = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@pytest.mark.parametrize("claimed", CLAIMS)
async def test_nobody_gets_round_the_limit_of_sessions(front: Front, claimed: str) -> None:
    """Whoever claims another address in every request is still counted under their own; the neighbour isn't."""
    hosts = [f"127.{PROXIES.index(front.kind) + 1}.{CLAIMS.index(claimed)}.{last}" for last in (1, 2)]
    async with visiting(front, hosts[0]) as http:
        statuses = []
        for n in range(BURST + 5):
            address = f"for=10.9.8.{n}" if claimed == "Forwarded" else f"10.9.8.{n}"
            async with http.post("/chat/api/sessions", headers={claimed: address}) as answer:
                statuses.append(answer.status)
    assert statuses[:BURST] == [201] * BURST
    assert 429 in statuses[BURST:]
    async with visiting(front, hosts[1]) as http:
        assert await begin(http)


async def test_what_is_too_long_is_refused_in_vietnamese(front: Front) -> None:
    """A little more than 64 KB reaches the server, which says so kindly; a little less is no matter of bytes."""
    async with visiting(front) as http:
        for size in (64_000, 66_000):
            status, answer = await send(http, await begin(http), "a" * size)
            assert (status, answer["error"]) == (413, "too_large")
            assert "4.000" in answer["message"]


async def test_what_is_far_too_long_is_refused(front: Front) -> None:
    """With a clean status, wherever it is stopped, and the next one is served."""
    async with visiting(front) as http:
        token = await begin(http)
        assert await asyncio.to_thread(front.post, to(token), b"a" * 100_000) == 413
        assert (await send(http, token, "/menu"))[0] == 200


@pytest.mark.parametrize("body", [b"a" * 5_000_000, [b"a" * 1024] * 5_000], ids=["long", "endless"])
async def test_what_is_endless_is_cut_off(front: Front, body: bytes | list[bytes]) -> None:
    """Who doesn't stop writing is hung up on, whether or not they say how long it will be; the next one is served."""
    async with visiting(front) as http:
        token = await begin(http)
        begun = time.monotonic()
        assert await asyncio.to_thread(front.post, to(token), body) in {413, 502, None}
        assert time.monotonic() - begun < 5
        assert (await send(http, token, "/menu"))[0] == 200


def to(token: str) -> str:
    """Where a session's messages go."""
    return f"/chat/api/sessions/{token}/messages"


async def test_long_headers_are_refused(front: Front) -> None:
    """100 KB of headers end at the proxy."""
    async with visiting(front) as http, http.get("/", headers={"X-Long": "a" * 100_000}) as answer:
        assert answer.status in {400, 431}


@pytest.fixture
def own_front(front: Front, tmp_path: Path) -> Iterator[Front]:
    """Another one of the same kind, prepared and not started, whose server is away."""
    alone = Front(front.kind, tmp_path / "alone", free_port())
    alone.prepare()
    yield alone
    alone.stop()


async def test_the_proxy_writes_down_nobody(front: Front, own_front: Front) -> None:
    """Not the session, not a word, not an address: neither what goes well nor what fails while the server is away."""
    own_front.start()
    for proxy in (front, own_front):
        await ask_for_all(proxy)
        assert found(proxy) == []


LEAKS = {Kind.CADDY: r"request delete", Kind.NGINX: r"access_log off;|error_log /dev/null emerg;"}


async def test_a_log_would_be_seen(own_front: Front) -> None:
    """Without the lines that keep logs silent, the same requests do stand in them."""
    file = own_front.folder / "site" if own_front.kind is Kind.NGINX else own_front.file
    changed, times = re.subn(LEAKS[own_front.kind], "", file.read_text())
    assert times
    file.write_text(changed)
    own_front.start()
    await ask_for_all(own_front)
    assert {TOKEN, "sessions/", "/webhook", "127.7.7.7"} <= set(found(own_front))


def found(proxy: Front) -> list[str]:
    """What of a person, or of what they asked for, the proxy wrote down."""
    written = proxy.written()
    return [one for one in (TOKEN, TYPED, "sessions/", "/webhook", "127.7.7.7") if one.encode() in written]


async def ask_for_all(proxy: Front) -> None:
    async with visiting(proxy, "127.7.7.7") as http:
        await asyncio.gather(*(talk(http) for _each in range(3)))


async def talk(http: aiohttp.ClientSession) -> None:
    """Ask for all that a log would tell, a long message among it; the answers may be refusals."""
    chat = f"/chat/api/sessions/{TOKEN}"
    long = {"id": str(uuid.uuid4()), "text": TYPED * 700}
    asks = [partial(http.post, f"{chat}/messages", json={"id": str(uuid.uuid4()), "text": TYPED})]
    asks += [partial(http.post, f"{chat}/messages", json=long), partial(http.get, f"{chat}/events")]
    hooks = ("/telegram/webhook", "/zalo/bot/webhook", "/zalo/oa/webhook")
    asks += [partial(http.post, hook, json={"text": TYPED}) for hook in hooks]
    asks += [partial(http.get, f"{chat}/{'a' * 20_000}")]
    for ask in asks:
        async with ask() as answer:
            assert answer.status >= 400
