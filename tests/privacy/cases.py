"""What must leave no trace, taken from the tables: routes and content. What is added later is in here by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime

from handlers import routes
from handlers.chat import LONGEST_ACTION, Incoming, Kind
from handlers.routes import ROUTES
from handlers.turn import Moment
from storage.library import Library

TYPED = (
    "em lỡ dùng rồi",
    "con tôi nghiện, tôi phải làm sao",
    "bạn em co giật, sùi bọt mép",
    "em không muốn sống nữa",
    "em bị ép hút",
    "pod là gì",
    "luật mới phạt bao nhiêu",
    "thời tiết hôm nay",
    "99",
    "",
)
"""Free text of every kind: own use, danger, a question, what nobody understands."""


KINDS = ("", ":card")
"""What may stand between a route and an id: a link says what it leads to."""


def private_taps(library: Library, now: datetime) -> tuple[str, ...]:
    """Every action that leaves no trace: of each private route with every id of the content, and on from there."""
    found: dict[str, None] = {}
    waiting = [one for one in _openings(library) if is_private(one, library)]
    while waiting:
        tapped = waiting.pop(0)
        if tapped in found:
            continue
        found[tapped] = None
        reply = routes.respond_quietly(Moment(tap("web", "x", tapped), library, now), None)
        led = (button.action for say in reply.says for button in say.buttons)
        waiting.extend(one for one in led if is_private(one, library))
    return tuple(found)


def is_private(tapped: str, library: Library) -> bool:
    """Whether an action leaves no trace, by the routes themselves."""
    return routes.private(tap("web", "x", tapped), library, None)


def tap(channel: str, address: str, tapped: str, id_: str = "1") -> Incoming:
    """A tap as a channel hands it in."""
    return Incoming(channel, address, id_, Kind.TAP, action=tapped)


def _openings(library: Library) -> Iterator[str]:
    for route in ROUTES:
        if route.private is not None:
            yield route.name
            names = (f"{route.name}{kind}:{one}" for one in _ids(library) for kind in KINDS)
            yield from (name for name in names if len(name) <= LONGEST_ACTION)


def _ids(library: Library) -> Iterator[str]:
    """The id of every piece of content, whatever kind of content there may be."""
    for field in fields(library):
        content = getattr(library, field.name)
        if isinstance(content, Mapping):
            yield from map(str, content)
        elif isinstance(content, tuple):
            yield from (one.id for one in content if hasattr(one, "id"))
