"""Somebody at a browser: what they do, and what must hold whatever they do."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Route, expect

from storage.wording import catalogue

ELSEWHERE = "https://elsewhere.example/"
"""Where quick exit leads in these tests; the browser is answered before anything leaves the machine."""

page_words = catalogue("page")
bot_words = catalogue("bot")

STORES = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
CALM = re.compile("^Failed to load resource")  # Chromium's own note of an answer that failed; not the page's


@dataclass
class Watch:
    """What one browser did that no test may overlook."""

    url: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests_may_fail: bool = False

    def note_request(self, request: Request) -> None:
        """Remember each request to another host, except leaving by quick exit."""
        address = urlsplit(request.url)
        leaving = request.is_navigation_request() and request.url == ELSEWHERE
        if address.scheme in ("http", "https") and not request.url.startswith(f"{self.url}/") and not leaving:
            self.foreign.append(request.url)

    def note_console(self, message: ConsoleMessage) -> None:
        """Remember errors and warnings: refusals of the content security policy are among them."""
        calm = self.requests_may_fail and CALM.search(message.text)
        if message.type in ("error", "warning") and not calm:
            self.errors.append(message.text)

    def check(self, context: BrowserContext) -> None:
        """No other host, no cookie, a silent console."""
        assert self.foreign == []
        assert self.errors == []
        assert context.cookies() == []


class Visitor:
    """A page of the chat and the hands that use it."""

    def __init__(self, page: Page, url: str, watch: Watch) -> None:
        self.page, self.url, self.watch = page, url, watch

    def open(self, path: str = "/") -> "Visitor":
        self.page.goto(self.url + path)
        return self

    def answer(self, label: str) -> None:
        """Tap a button under the last message."""
        self.page.locator(".choices:not(.old)").last.get_by_role("button", name=label, exact=True).click()

    def on(self, device: str) -> "Visitor":
        """Say whose device it is, and wait for the greeting."""
        self.answer(page_words({"own": "My own device", "shared": "A shared one"}[device]))
        self.shows(bot_words("Skip"))
        return self

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    @property
    def field(self) -> Locator:
        return self.page.locator("#text")

    @property
    def last(self) -> Locator:
        """The last message of the bot."""
        return self.page.locator("#talk > li:not(.mine):not(.typing)").last

    def shows(self, text: str) -> None:
        """Wait until the last message says this."""
        expect(self.last).to_contain_text(text)

    def answered(self) -> None:
        """Wait until the bot has the last word."""
        expect(self.page.locator("#talk > li").last).not_to_have_class(re.compile("mine|typing"))

    def step(self, step: int) -> None:
        """Wait until the last message is this step of something."""
        expect(self.last.locator(".steps [aria-hidden]")).to_have_text(re.compile(rf"^{step}/\d+$"))

    def home(self) -> None:
        """From the greeting to the menu."""
        self.answer(bot_words("Skip"))
        self.shows(bot_words("Learn"))

    def first_lesson(self) -> None:
        """From the greeting to the first screen of the first lesson."""
        self.home()
        self.answer(bot_words("Learn"))
        self.shows(bot_words("Which lesson would you like?"))
        self.page.locator(".choices:not(.old) button").first.click()
        self.step(1)

    def kept(self) -> str:
        """All that the browser's storages hold."""
        return str(self.page.evaluate(STORES))

    def is_blank(self) -> None:
        """Nothing of a conversation: one card that asks whose device it is, and an empty field."""
        expect(self.page.locator("#talk > li")).to_have_count(1)
        self.shows(page_words("Is this your own device, or a shared one?"))
        expect(self.field).to_have_value("")
        assert self.kept() == "[{},{}]"


Open = Callable[..., Visitor]
"""Opens a browser of its own: `visit(width=390, height=844, scheme="light", at=server, browser=chromium)`."""


def posted(page: Page) -> list[str]:
    """What the page sends from now on, in order: the text, or the action of a tap."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/messages"):
            body = json.loads(request.post_data or "")
            sent.append(body.get("text") or body["action"])

    page.on("request", note)
    return sent


def slow(page: Page, seconds: float) -> None:
    """From now on each message takes so long to reach the server."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(1000 * seconds)
        route.continue_()

    page.route("**/messages", wait)


def elsewhere(route: Route) -> None:
    """Answer for the harmless page, so that no request leaves the machine."""
    route.fulfill(status=200, content_type="text/html", body="<title>elsewhere</title>")


def watched(context: BrowserContext, url: str) -> Watch:
    """Watch all that a browser does from now on."""
    watch = Watch(url)
    context.on("request", watch.note_request)
    context.on("console", watch.note_console)
    context.on("weberror", lambda error: watch.errors.append(str(error.error)))
    context.route(ELSEWHERE, elsewhere)
    return watch


def options(width: int, height: int, scheme: str, more: dict[str, Any]) -> dict[str, Any]:
    """A phone or a desktop, still: tests don't wait for movements."""
    return {
        "viewport": {"width": width, "height": height},
        "color_scheme": scheme,
        "has_touch": width < 500,
        "reduced_motion": "reduce",
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
    } | more
