"""Drives a fake Telegram that runs as a process of its own, over HTTP under /control/: for benches and kill tests.

POST /control/write   {"person": 1, "text": "/menu"}
POST /control/tap     {"person": 1, "label": "Learn"}
POST /control/backlog {"many": 10000, "people": 500, "text": "/menu"}
POST /control/fault   {"name": "slow", "times": 3, "methods": ["sendMessage"], "chats": ["1"]}
POST /control/calm    {}
POST /control/screen  {"person": 1}  ->  [{"number", "text", "buttons", "by_bot", "edited"}, ...]
POST /control/stats   {}  ->  {"counts", "statuses", "peak", "peaks", "waiting", "objections"}
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.faults import FAULTS
from tests.fakes.telegram_people import Person
from tests.fakes.telegram_wire import Wire

if TYPE_CHECKING:
    from tests.fakes.telegram import Telegram


async def answer(fake: "Telegram", request: web.BaseRequest) -> web.Response:
    """Do one of the above."""
    does = _DOES.get(request.path.rpartition("/")[2])
    if does is None:
        return web.json_response({"known": sorted(_DOES)}, status=404)
    try:
        return web.json_response(does(fake, json.loads(await request.read() or b"{}")))
    except (LookupError, TypeError, ValueError, RuntimeError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


def _person(fake: "Telegram", asked: Wire) -> Person:
    return fake.person(asked["person"])


def _write(fake: "Telegram", asked: Wire) -> int:
    return _person(fake, asked).write(asked["text"]).number


def _tap(fake: "Telegram", asked: Wire) -> str:
    return _person(fake, asked).tap(asked["label"]).id


def _backlog(fake: "Telegram", asked: Wire) -> int:
    return len(fake.backlog(**asked))


def _fault(fake: "Telegram", asked: Wire) -> str:
    changes = {name: frozenset(value) if isinstance(value, list) else value for name, value in asked.items()}
    fake.world.faults.add(FAULTS[asked["name"]].but(**changes))
    return str(asked["name"])


def _calm(fake: "Telegram", asked: Wire) -> int:
    fake.world.faults.clear()
    return len(fake.world.faults.happened)


def _screen(fake: "Telegram", asked: Wire) -> list[Wire]:
    return [
        {
            "number": one.number,
            "text": one.text,
            "buttons": one.buttons,
            "by_bot": one.by_bot,
            "edited": one.edited,
        }
        for one in _person(fake, asked).screen
    ]


def _stats(fake: "Telegram", asked: Wire) -> Wire:
    return {
        "counts": fake.record.counts(),
        "statuses": fake.record.statuses(),
        "peak": fake.record.peak(),
        "peaks": fake.record.peaks(),
        "waiting": len(fake.world.updates.waiting),
        "objections": fake.objections,
    }


_DOES: dict[str, Callable[["Telegram", Wire], Any]] = {
    "write": _write,
    "tap": _tap,
    "backlog": _backlog,
    "fault": _fault,
    "calm": _calm,
    "screen": _screen,
    "stats": _stats,
}
