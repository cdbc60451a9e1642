"""docs/web-chat.md shows the interface as it is: addresses, keys, refusals, limits; its examples are valid."""

import re

import msgspec
from litestar import Litestar

from bot import tokens
from bot.app import App
from bot.channels import events, webchat
from bot.channels.refusals import REASONS
from bot.channels.shown import Shown
from bot.channels.webchat import Answer, Sent, Session
from bot.server import LONGEST_BODY, asgi
from tests.docs.pages import PAGES, blocks, codes, read, rows

PAGE = "docs/web-chat.md"
EXAMPLES = blocks(next(page for page in PAGES if page.name == "web-chat.md"), "json")


def addresses(web: Litestar) -> set[str]:
    """What the server describes for machines."""
    paths = web.openapi_schema.paths or {}
    methods = {"GET": "get", "POST": "post"}
    return {f"{name} {path}" for path, item in paths.items() for name, at in methods.items() if getattr(item, at)}


def test_every_address_stands(app: App) -> None:
    """The page and the description for machines have the same addresses."""
    told = {code for code in codes(read(PAGE)) if code.startswith(("GET ", "POST "))}
    assert told == addresses(asgi(app))


def test_every_refusal_stands_with_its_status() -> None:
    """Whoever writes a client knows each reason."""
    told = {codes(error)[0]: int(status) for status, error, _when in rows(PAGE, "status")}
    assert told == {reason: status for reason, (status, _words) in REASONS.items()}


def test_every_key_of_a_message_stands() -> None:
    """The table has each key once."""
    told = [key for row in rows(PAGE, "key of a message") for key in codes(row[0])]
    assert sorted(told) == sorted(field.name for field in msgspec.structs.fields(Shown))


def test_the_examples_are_what_the_server_takes_and_gives() -> None:
    """Each decodes into the very type that the interface uses."""
    session, text, tap, answer, refusal = EXAMPLES
    msgspec.json.decode(session, type=Session)
    assert msgspec.json.decode(text, type=Sent).action is None
    assert msgspec.json.decode(tap, type=Sent).text is None
    assert msgspec.json.decode(answer, type=Answer).messages[0].step == (2, 7)
    assert set(msgspec.json.decode(answer)["messages"][0]) == {field.name for field in msgspec.structs.fields(Shown)}
    told = msgspec.json.decode(refusal)
    assert told["message"] == REASONS[told["error"]][1]()


def test_the_limits_are_the_real_ones() -> None:
    """Lengths, rates and times on the page are those in the code."""
    said = re.sub(r"\s+", " ", read(PAGE))
    for limit in (
        f"{webchat.LONGEST_TEXT:,} characters at most",
        f"{webchat.LONGEST_TEXT:,} characters, or {LONGEST_BODY // 1024} KB",
        f"{webchat.RATE} messages a second for each session after {webchat.BURST} at once",
        f"every {events.HEARTBEAT:.0f} seconds",
        f"may have {events.ENOUGH} streams",
        f"ends after {tokens.LIFETIME.days} days",
    ):
        assert limit in said
