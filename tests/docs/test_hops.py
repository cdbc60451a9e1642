"""docs/architecture.md names the five hops of a message, and a message makes these five, in this order."""

import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import reduce
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from bot.app import App, build
from bot.server import asgi
from bot.settings import Settings
from tests.docs.pages import codes, rows
from tests.talks.player import Stage
from tests.talks.stages import Page, Terminal

HOPS = rows("docs/architecture.md", "hop")
TYPED = {"durable": "/luyen", "private": "em sợ lắm"}


def code_of(name: str) -> CodeType:
    """The code of a function or method."""
    parts = name.split(".")
    at = 3 if parts[:2] == ["bot", "channels"] else 2
    function: Any = reduce(getattr, parts[at:], import_module(".".join(parts[:at])))
    code: CodeType = function.__code__
    return code


def hops(kind: str, channel: str) -> list[str]:
    """The functions that the page names for a kind of turn on a channel, hop by hop."""
    cells = [durable if kind == "durable" or private == "the same" else private for _hop, durable, private in HOPS]
    return [name for cell in cells for name in codes(cell) if "channels" not in name or channel in name]


@contextmanager
def entered(names: list[str]) -> Iterator[list[str]]:
    """The named functions in the order in which they are first entered, on whatever thread that is new."""
    wanted = {code_of(name): name for name in names}
    seen: list[str] = []

    def look(frame: FrameType, event: str, _value: object) -> None:
        name = wanted.get(frame.f_code)
        if event == "call" and name and name not in seen:
            seen.append(name)

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.fixture
async def listening(tmp_path: Path, kind: str, channel: str) -> AsyncIterator[tuple[App, list[str]]]:
    """An app, its threads too, in which the entered functions are noted."""
    with entered(hops(kind, channel)) as seen:
        async with build(Settings(data=tmp_path / "data"), serving=True) as app:
            yield app, seen


def test_there_are_five() -> None:
    """Five hops, numbered, each with functions in the code for both kinds of turns."""
    assert [hop[:4] for hop, _durable, _private in HOPS] == [f"**{number}." for number in range(1, 6)]
    assert all(codes(durable) for _hop, durable, _private in HOPS)


@pytest.mark.parametrize("channel", ["webchat", "terminal"])
@pytest.mark.parametrize(
    ("kind", "typed"), [("durable", "/luyen"), ("private", "em sợ lắm")], ids=["durable", "private"]
)
async def test_a_message_makes_these_hops_in_this_order(
    kind: str, typed: str, channel: str, listening: tuple[App, list[str]]
) -> None:
    """One real message of each kind on each channel walks through the named functions, first to last."""
    app, seen = listening
    stage: Stage = Page(asgi(app)) if channel == "webchat" else Terminal(app)
    seen.clear()  # building asks the routes too, about labels
    await stage.type("An", TYPED[kind])
    assert seen == hops(kind, channel)
