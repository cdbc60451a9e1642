"""The stream of events under fire: strange places to go on from, and too many listeners."""

import http.client
import json
from contextlib import ExitStack, closing
from urllib.parse import quote, urlsplit

import pytest

from tests.fuzz.calling import PLANT, Page, clear
from tests.servers import Got

pytestmark = pytest.mark.fuzz

PLACES = [
    "0",
    "-1",
    "1",
    "9" * 17,
    "9" * 18,
    "9" * 19,
    "9" * 40,
    "1e9",
    "1.5",
    "²",
    "",
    PLANT,
    "0x10",
    "1_000",
    " 7",
    "\0",
]
ENOUGH = 5


@pytest.mark.parametrize("place", PLACES)
def test_a_strange_place_to_go_on_from_is_refused_or_overlooked(page: Page, place: str) -> None:
    """As `last` and as Last-Event-ID: a stream that begins, or a clear refusal."""
    token = page.begin()
    page.say(token, action="age:18+")
    header = place if place.isprintable() else "x"
    for query, headers in ((f"?last={quote(place)}", {}), ("", {"Last-Event-ID": header.encode().decode("latin-1")})):
        with closing(_line(page)) as line:
            line.request("GET", f"/chat/api/sessions/{token}/events{query}", headers=headers)
            answer = line.getresponse()
            if answer.status == 200:
                assert answer.readline() == b"retry: 3000\n"
            else:
                clear(Got(answer.status, answer.read(), {"content-type": answer.headers["content-type"]}))


def test_too_many_listeners_of_one_session_are_refused(page: Page) -> None:
    """Five tabs are enough; when one is closed, there is room again. Other sessions are not concerned."""
    token, other = page.begin(), page.begin()
    with ExitStack() as open_lines:
        for _tab in range(ENOUGH):
            assert _listen(page, open_lines, token).status == 200
        refused = _listen(page, open_lines, token)
        assert refused.status == 429
        assert json.loads(refused.read())["error"] == "too_fast"
        assert _listen(page, open_lines, other).status == 200


def _listen(page: Page, open_lines: ExitStack, token: str) -> http.client.HTTPResponse:
    line = open_lines.enter_context(closing(_line(page)))
    line.request("GET", f"/chat/api/sessions/{token}/events")
    return open_lines.enter_context(line.getresponse())


def _line(page: Page) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(page.server.url).netloc, timeout=20)
