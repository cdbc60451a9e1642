"""docs/privacy.md tells all that is kept, for how long, and which turns are private."""

import re

from bot.app import App
from bot.channels import terminal, webchat
from bot.platforms import PLATFORMS
from handlers.chat import Incoming
from handlers.routes import ROUTES
from storage import people, retention
from storage.tables import metadata
from tests.channels.test_addresses import SAID
from tests.docs.pages import PAGES, ROOT, codes, name_of, read, rows

PAGE = "docs/privacy.md"


def test_every_column_of_the_database_is_told() -> None:
    """Whoever adds a column says here what it tells about people."""
    told = {codes(table)[0]: set(codes(columns)) for table, columns, _tells in rows(PAGE, "table")}
    assert told == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}


NAMED = "9007199254740991"


def test_which_channels_keep_an_accounts_own_id_is_told(app: App) -> None:
    """A platform that is added says here what it keeps; and what comes in is looked at, not only what is declared."""
    told = {codes(channel)[0]: "own id" in kept for channel, kept, _whose in rows(PAGE, "channel")}
    assert set(told) == {*SAID, "web", "terminal"} == {*(platform.name for platform in PLATFORMS), "web", "terminal"}
    assert {name for name, own in told.items() if not own} == set(people.HIDDEN)
    for name, decoded in SAID.items():
        found = decoded(NAMED)
        assert isinstance(found, Incoming)
        assert (NAMED in found.address) is told[name]
    token = webchat.web_chat(app).tokens.new(app.now().date())
    on_page = webchat.web_chat(app).tokens.address(token, app.now().date())
    assert on_page
    assert on_page not in token
    assert token not in on_page
    assert NAMED not in terminal.hidden(app, NAMED)


def test_every_line_of_the_retention_table_stands() -> None:
    """Each thing that is kept has its time on the page, the one that the clock sweeps by."""
    told = {codes(line)[0]: int(days) for line, _what, days in rows(PAGE, "line")}
    assert told == {line.name: line.days for line in retention.LINES}


def test_every_route_is_told_to_be_private_or_durable() -> None:
    """A new route must say whether it leaves a trace; what is private is so in the table of routes too."""
    told = {name: turn for asked, turn in rows(PAGE, "what a person asks for") for name in codes(asked)}
    kinds = {(False, True): "private", (True, True): "private when", (True, False): "durable"}
    real = {route.name: kinds[route.durable is not None, route.private is not None] for route in ROUTES}
    assert {name: turn.partition(" the ")[0] for name, turn in told.items()} == real


def test_every_name_in_the_browser_is_told() -> None:
    """What the page keeps on a device is what this page says."""
    kept = re.search(r"^const NAMES = \[(.+)\];$", read("bot/page/keep.js"), re.MULTILINE)
    assert kept is not None
    paragraph = read(PAGE).split("On a person's own device")[1].split("\n\n")[0]
    assert set(codes(paragraph)) - {"lachan."} == set(re.findall(r'"(\w+)"', kept[1]))


def test_every_promise_names_a_test_that_attacks_it() -> None:
    """A promise that nothing attacks is a hope."""
    promises = re.split(r"^\*\*", read(PAGE).split("## Promises")[1].split("\n## ")[0], flags=re.MULTILINE)[1:]
    assert len(promises) >= 9
    assert [one.partition("**")[0] for one in promises if "`tests/" not in one] == []


def test_nothing_is_promised_absolutely() -> None:
    """Nowhere in docs and wording is anything called absolutely safe, secret or anonymous."""
    absolute = re.compile(
        r"(an toàn|bí mật|ẩn danh|bảo mật) tuyệt đối|tuyệt đối (an toàn|bí mật|ẩn danh|bảo mật)|100 ?%"
    )
    pages = (*PAGES, *sorted((ROOT / "content/vi/LC_MESSAGES").glob("*.po")))
    assert [name_of(page) for page in pages if absolute.search(page.read_text(encoding="utf-8").lower())] == []
