"""Whatever is made up, each answer is a clear one."""

import uuid
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.fuzz.calling import PLANT, Page, answered, clear, hunt
from tests.fuzz.test_bodies import KINDS

pytestmark = pytest.mark.fuzz

examples = pytest.mark.parametrize("examples", [100, pytest.param(5_000, marks=pytest.mark.long)])
_ID = str(uuid.UUID(int=7, version=4))
NAMES = [
    "start",
    "menu",
    "age",
    "track",
    "learn",
    "card",
    "scene",
    "quiz",
    "me",
    "help",
    "aid",
    "lines",
    "need",
    "resume",
]
ITEMS = [
    "luat-pcmt",
    "xu-tri-qua-lieu",
    "pod-truoc-cong-truong",
    "co-giat",
    "a",
    "now",
    "start",
    "export",
    "erase",
    "yes",
]


def _strings() -> st.SearchStrategy[str]:
    known = st.sampled_from(["menu", "help", "me:erase:yes", "resume", _ID, PLANT, "1", "a)", "", "\0", "😀" * 70])
    return known | st.text(max_size=60)


def _shapes() -> st.SearchStrategy[Any]:
    """Any JSON, most of it near to what a message is."""
    plain = st.none() | st.booleans() | st.integers() | st.floats() | _strings()
    anything = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_strings(), inner))
    ids = st.uuids().map(str) | anything
    return st.fixed_dictionaries({"id": ids}, optional={"text": anything, "action": anything}) | anything


@examples
def test_any_shape_of_json_gets_a_clear_answer(page: Page, examples: int) -> None:
    """Whatever JSON comes, it is a message or it is refused with a reason."""
    hunt(examples, lambda shape: clear(page.send(page.begin(), shape)), shape=_shapes())


@examples
def test_any_bytes_get_a_clear_answer(page: Page, examples: int) -> None:
    """Whatever bytes come, with whatever content type."""

    def check(body: bytes, kind: str) -> None:
        path = f"/chat/api/sessions/{page.begin()}/messages"
        clear(page.ask("POST", path, PLANT.encode() + body, {"Content-Type": kind}))

    hunt(examples, check, body=st.binary(max_size=500), kind=st.sampled_from([*KINDS, "application/json"]))


@examples
def test_any_text_is_answered(page: Page, examples: int) -> None:
    """Whatever is typed within the length is answered with words and buttons."""
    letters = st.characters(exclude_categories=["Cs"])  # lone surrogates are no text: they stand among the bodies
    one_sign = st.tuples(letters, st.integers(1_000, 3_980)).map(lambda drawn: drawn[0] * drawn[1])
    texts = st.text(letters, max_size=300) | one_sign

    def check(text: str) -> None:
        answered(page.say(page.begin(), text=f"{PLANT} {text}"))

    hunt(examples, check, text=texts)


@examples
def test_a_foreign_action_is_answered(page: Page, examples: int) -> None:
    """Whatever a tap carries, made up from what real ones are made of."""
    strange = st.sampled_from(["", "9999", "99999999999", "-1", "²", "०", "1.5", PLANT])
    arguments = st.lists(st.sampled_from(ITEMS) | st.integers(0, 12).map(str) | strange, max_size=5)
    made = st.tuples(st.sampled_from(NAMES), arguments).map(lambda parts: ":".join([parts[0], *parts[1]]))

    def check(actions: list[str]) -> None:
        token = page.begin()
        for action in actions:
            answered(page.say(token, action=action))

    erasing = "me:erase:yes"  # its farewell is the one answer that leads nowhere
    hunt(examples, check, actions=st.lists((made | _strings()).filter(lambda one: one != erasing), max_size=6))


@examples
def test_a_foreign_token_opens_nothing(page: Page, examples: int) -> None:
    """A token that was made up, cut, lengthened or changed in one letter is no session."""
    real = page.begin()
    letters = st.characters(codec="ascii", categories=["Lu", "Ll", "Nd"]) | st.sampled_from("-_=~.+")
    changed = st.tuples(st.integers(0, len(real) - 1), letters).map(
        lambda at: real[: at[0]] + at[1] + real[at[0] + 1 :]
    )
    cut = st.integers(1, len(real) - 1).map(lambda at: real[:at])
    longer = st.text(letters, min_size=1, max_size=9).map(lambda more: real + more)

    def check(token: str) -> None:
        for got in (page.say(token, action="menu"), page.ask("GET", f"/chat/api/sessions/{token}/events")):
            assert got.status == 404, got
            clear(got)

    tokens = (changed | cut | longer | st.text(letters, min_size=1)).filter(
        lambda token: token not in (real, ".", "..")
    )
    hunt(examples, check, token=tokens)


@examples
def test_a_foreign_address_is_refused_clearly(page: Page, examples: int) -> None:
    """Paths that nobody made, with any method, and with tricks in them."""
    tricks = ["..", ".", "", "%2e%2e", "%00", "%2Fetc%2Fpasswd", "%F0%9F%98%80", "%ff", PLANT]
    parts = st.sampled_from(["chat", "api", "sessions", "messages", "page", "sw.js", "chat.html", "healthz", *tricks])
    paths = st.lists(parts, min_size=1, max_size=5).map(lambda some: "/" + "/".join(some))
    methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])

    def check(path: str, method: str) -> None:
        got = page.ask(method, path)
        if got.status not in (200, 201, 204, 304):
            clear(got)

    hunt(examples, check, path=paths, method=methods)
