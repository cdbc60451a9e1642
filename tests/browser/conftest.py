"""One Chromium and one server for all tests of the page; each visitor has a browser context of their own."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.browser.visitor import ELSEWHERE, Open, Visitor, Watch, options, watched
from tests.servers import Server

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, patient with a machine that is busy."""
    expect.set_options(timeout=10_000)
    with sync_playwright() as running:
        yield running


def launch(playwright: Playwright, *arguments: str, **more: Any) -> Browser:
    """Debian's Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    return playwright.chromium.launch(executable_path=path, args=[*QUIET, *arguments], **more)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser of most tests."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def large_print_chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose reader has set letters of double size."""
    browser = launch(playwright, "--blink-settings=defaultFontSize=32")
    yield browser
    browser.close()


@pytest.fixture
def caching_chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser that keeps pages for the back button, as people's do; Playwright switches that off elsewhere."""
    browser = launch(playwright, ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


def served(folder: Path) -> Iterator[Server]:
    """A server on a port that stays the same when it is started again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Server(folder, LACHAN_PORT=str(port), LACHAN_EXIT_URL=ELSEWHERE)
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share."""
    yield from served(tmp_path_factory.mktemp("served"))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that the test may kill."""
    yield from served(tmp_path)


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Open]:
    """Open a browser; at the end each is checked: no other host, no cookie, a silent console."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_browser(
        width: int = 390,
        height: int = 844,
        scheme: str = "light",
        at: Server = server,
        browser: Browser = chromium,
        **more: Any,
    ) -> Visitor:
        context = browser.new_context(**options(width, height, scheme, more))
        context.set_default_timeout(10_000)
        watch = watched(context, at.url)
        opened.append((context, watch))
        return Visitor(context.new_page(), at.url, watch)

    yield open_browser
    for context, watch in opened:
        watch.check(context)
        context.close()
