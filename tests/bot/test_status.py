"""`lachan status` says what to mend, a line each, and its exit code says whether something has to be."""

import asyncio
import socket
import sqlite3
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import clock
from bot.checks import kept, reach
from bot.checks.found import Check, Found, Level, Scene
from bot.checks.table import look
from bot.settings import Settings
from storage import outbox
from storage.schema import utc
from tests.bot.scenes import level, scene
from tests.servers import Server

HOUR = timedelta(hours=1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Server]:
    """A real server."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


def test_what_is_wrong_is_told_and_counts(tmp_path: Path) -> None:
    """A key that others may read: one line says what to do, and the exit code that something has to be done."""
    server = Server(tmp_path)
    assert server.run("status").returncode == 0
    (server.data / "server.key").chmod(0o644)
    told = server.run("status")
    assert told.returncode == 1
    assert "[cần sửa] Thư mục dữ liệu: người dùng khác đọc được server.key." in told.stdout
    assert "Số người đang có dữ liệu: 0" in told.stdout


def test_the_machine_is_told_without_a_database(tmp_path: Path) -> None:
    """A newer database is left alone; the rest is looked at all the same, and the last line says what is wrong."""
    server = Server(tmp_path)
    server.run("migrate")
    with sqlite3.connect(server.data / "lachan.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    told = server.run("status")
    assert told.returncode == 1
    assert "[cần sửa] Cơ sở dữ liệu: chưa mở được." in told.stdout
    assert "Ổ đĩa: còn trống" in told.stdout
    assert "bản mới hơn" in told.stderr


def test_no_secret_is_told(tmp_path: Path) -> None:
    """Neither a token nor the password of a database that can't be reached."""
    address = "postgresql://lachan:matkhau77@127.0.0.1:1/lachan"
    token, nowhere = "123:bimat88", "http://127.0.0.1:1"
    server = Server(tmp_path, LACHAN_DATABASE=address, LACHAN_TELEGRAM_TOKEN=token, LACHAN_TELEGRAM_API=nowhere)
    told = server.run("status")
    assert told.returncode == 1
    assert not [one for one in ("matkhau77", "bimat88") if one in told.stdout + told.stderr]


async def test_a_check_that_hangs_or_breaks_hides_no_other() -> None:
    """It is told as such after its time; they are carried out side by side."""

    async def hangs(_scene: Scene) -> Found | None:
        await asyncio.sleep(60)
        return None

    async def breaks(_scene: Scene) -> Found | None:
        raise ValueError("secret")

    async def says_nothing(_scene: Scene) -> Found | None:
        return None

    async def works(_scene: Scene) -> Found | None:
        return Found(Level.FINE, "well")

    begun = time.monotonic()
    checks: list[Check] = [hangs, hangs, breaks, says_nothing, works]
    named = [(lambda one=one: one.__name__, one) for one in checks]
    found = await look(Scene(Settings(), None, clock()), named, patience=0.3)
    assert time.monotonic() - begun < 0.6
    assert [(name, one.level) for name, one in found] == [
        ("hangs", Level.LOOK),
        ("hangs", Level.LOOK),
        ("breaks", Level.LOOK),
        ("works", Level.FINE),
    ]
    assert "secret" not in found[2][1].sentence


async def test_a_running_server_is_found(running: Server) -> None:
    """By its answer to /healthz."""
    port = int(running.url.rsplit(":", 1)[1])
    assert await level(reach.server, running.data, port=port) is Level.FINE


async def test_a_server_that_is_away_is_serious_where_people_come(tmp_path: Path) -> None:
    """On a machine for trying out it needn't run."""
    assert await level(reach.server, tmp_path, port=closed_port()) is Level.LOOK
    assert await level(reach.server, tmp_path, port=closed_port(), public_url="https://a.vn") is Level.MEND
    assert await level(reach.server, tmp_path, port=0) is Level.LOOK


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answering(said: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    return talk


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Another server on loopback; its port."""
    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


STRANGERS = [b"HTTP/1.0 404 Not Found\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n<html>", b"SSH-2.0\r\n", b"a" * 100_000, b""]


@pytest.mark.parametrize("said", STRANGERS)
async def test_a_stranger_on_the_port_is_noticed(tmp_path: Path, said: bytes) -> None:
    """Whatever it says: it isn't our server."""
    async with listening(answering(said)) as port:
        assert await level(reach.server, tmp_path, port=port) is Level.MEND


WELL = b"HTTP/1.0 200 OK\r\n\r\nok"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, for 90 days, and its key beside it."""
    folder = tmp_path_factory.mktemp("certificate")
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
    return folder / "certificate"


@asynccontextmanager
async def https(certificate: Path, said: bytes = WELL) -> AsyncIterator[str]:
    """A server with this certificate; its address."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_name("key"))
    async with listening(answering(said), tls) as port:
        yield f"https://localhost:{port}"


@pytest.mark.parametrize(("day", "expected"), [(1, Level.FINE), (70, Level.LOOK), (85, Level.MEND)])
async def test_a_certificate_that_ends_soon_is_told_in_time(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch, day: int, expected: Level
) -> None:
    """Who renews by themselves does so when a third is left; later than that something is wrong."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    later = clock() + timedelta(days=day)
    async with https(certificate) as address:
        assert await level(reach.public_address, tmp_path, later, public_url=address) is expected


async def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path: Path, certificate: Path) -> None:
    """Browsers would warn people."""
    async with https(certificate) as address, scene(tmp_path, public_url=address) as here:
        found = await reach.public_address(here)
    assert found.level is Level.MEND
    assert "không tin chứng chỉ" in found.sentence


async def test_a_proxy_that_leads_elsewhere_is_told(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is right, and what answers is a stranger."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with https(certificate, STRANGERS[0]) as address:
        assert await level(reach.public_address, tmp_path, public_url=address) is Level.MEND


@pytest.mark.parametrize(
    ("address", "expected"), [("", Level.LOOK), ("http://a.vn", Level.MEND), ("https://localhost:1", Level.MEND)]
)
async def test_an_address_that_serves_nobody_is_told(tmp_path: Path, address: str, expected: Level) -> None:
    """None, one without https, one behind which nobody is."""
    assert await level(reach.public_address, tmp_path, public_url=address) is expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"public_url": "https://a.vn"}, Level.MEND),
        ({"public_url": "https://a.vn", "trusted_proxies": "127.0.0.1"}, Level.FINE),
        ({"public_url": "https://a.vn", "trusted_proxies": "127.0.0.1", "host": "0.0.0.0"}, Level.LOOK),
    ],
)
async def test_the_proxy_is_trusted_and_the_only_way(
    tmp_path: Path, settings: dict[str, Any], expected: Level | None
) -> None:
    """Otherwise all people share one limit, or somebody talks past it in clear."""
    assert await level(reach.proxy, tmp_path, **settings) is expected


@pytest.mark.parametrize(
    ("channel", "late", "expected"),
    [("telegram", HOUR, Level.MEND), ("telegram", -HOUR, Level.FINE), ("web", HOUR, Level.FINE)],
)
async def test_what_should_have_gone_out_is_told(
    tmp_path: Path, channel: str, late: timedelta, expected: Level
) -> None:
    """Not what waits for its time, nor what a page fetches when somebody opens it."""
    async with scene(tmp_path) as here:
        assert here.app is not None
        due = utc(here.now) - late
        await here.app.database.run(outbox.add, channel, "somebody", None, "{}", due)
        found = await kept.backlog(here)
    assert found is not None
    assert found.level is expected


async def test_what_is_taken_up_again_and_again_is_told_though_it_is_never_due(tmp_path: Path) -> None:
    """A platform that can't be reached: its messages are in the server's memory, and are leased every ten minutes."""
    async with scene(tmp_path) as here:
        assert here.app is not None
        number = await here.app.database.run(outbox.post, "telegram", "somebody", None, "{}", utc(here.now))
        levels = []
        for _ in range(3):
            found = await kept.backlog(here)
            assert found is not None
            levels.append(found.level)
            await here.app.database.run(outbox.lease, (number,), utc(here.now))
    assert levels == [Level.FINE, Level.FINE, Level.MEND]


async def test_both_databases_tell_their_size(database_url: str, tmp_path: Path) -> None:
    """On SQLite and on PostgreSQL."""
    async with scene(tmp_path, database=database_url) as here:
        found = await kept.database(here)
    assert found.level is Level.FINE
    assert "MB" in found.sentence


@pytest.mark.parametrize(
    ("name", "mode", "expected"),
    [
        ("", 0o700, Level.FINE),
        ("", 0o770, Level.MEND),
        ("lachan.db", 0o640, Level.MEND),
        ("server.key", 0o604, Level.MEND),
    ],
)
async def test_what_others_may_read_is_told(tmp_path: Path, name: str, mode: int, expected: Level) -> None:
    """The folder, the key, the database."""
    data = tmp_path / "data"
    async with scene(data) as here:
        (data / name).chmod(mode)
        found = kept.folder(here)
    assert found is not None
    assert found.level is expected
