"""The one table of what can be asked for. First match wins; what matches nothing is answered kindly.

A route is durable (it may keep something and runs in a transaction), private (it writes nothing anywhere), or
both: then `when` tells them apart by the action and the content alone, before any transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from handlers import me, opening, start
from handlers.ask import talk as ask
from handlers.chat import Incoming, Kind, fields
from handlers.help import talk as help_
from handlers.learn import talk as learn
from handlers.link import talk as link
from handlers.quiz import quiet
from handlers.quiz import talk as quiz
from handlers.scenes import talk as scenes
from handlers.turn import Moment, Reply, Turn
from storage.library import Library


@dataclass(frozen=True, slots=True)
class Route:
    """A name that actions begin with, and who answers."""

    name: str
    durable: Callable[[Turn], Reply] | None = None
    private: Callable[[Moment], Reply] | None = None
    when: Callable[[Library, tuple[str, ...]], bool] | None = None  # private for these arguments


ROUTES: tuple[Route, ...] = (
    Route("start", durable=start.welcome),
    Route("open", durable=opening.follow, private=opening.follow_quietly, when=opening.is_private),
    Route("menu", durable=start.menu),
    Route("age", durable=start.take_age),
    Route("track", durable=start.take_track),
    Route("learn", durable=learn.shelf),
    Route("card", durable=learn.read, private=learn.read_quietly, when=learn.is_private),
    Route("scene", durable=scenes.play, private=scenes.play_quietly, when=scenes.is_private),
    Route("quiz", durable=quiz.practise),
    Route("check", private=quiet.practise),
    Route("me", durable=me.mine),
    Route("link", durable=link.link),
    Route("help", private=help_.open_help),
    Route("aid", private=help_.first_aid),
    Route("lines", private=help_.lines),
    Route("need", private=help_.need),
)
_BY_NAME = {route.name: route for route in ROUTES}


@dataclass(frozen=True, slots=True)
class Standing:
    """The private screen that stands before a person: the action that shows it again."""

    place: str


def private(incoming: Incoming, library: Library, standing: Standing | None) -> bool:
    """Whether a message must leave no trace: asked before any transaction, without reading anything.

    Whatever is typed freely is private; so is a tap that leads to help or to a card for people at risk.
    """
    if incoming.kind is not Kind.TAP:
        return True
    if incoming.action == "resume":
        return standing is not None
    asked = fields(incoming.action)
    route = _BY_NAME.get(asked[0])
    if route is None:
        return False
    return route.durable is None or (route.when is not None and route.when(library, asked[1:]))


def respond(turn: Turn) -> Reply:
    """Answer a durable message."""
    if turn.incoming.action == "resume":
        return _resume(turn)
    route = _BY_NAME.get(turn.fields[0])
    if route is None or route.durable is None:
        return start.stale(turn)
    return route.durable(turn)


def respond_quietly(moment: Moment, standing: Standing | None) -> Reply:
    """Answer a private message; nothing of it is written anywhere."""
    if moment.incoming.kind is not Kind.TAP:
        return ask.answer(moment, standing.place if standing else "")
    if moment.incoming.action == "resume" and standing is not None:
        return _again(moment, standing)
    route = _BY_NAME[moment.fields[0]]
    return route.private(moment) if route.private else help_.open_help(moment)


def _resume(turn: Turn) -> Reply:
    tapping = _tapping(turn, turn.state.place or "start")
    if private(tapping.incoming, turn.library, None):  # the card was opened to people at risk since
        tapping = _tapping(turn, "menu")
    return respond(tapping)


def _tapping(turn: Turn, place: str) -> Turn:
    turn.incoming = replace(turn.incoming, kind=Kind.TAP, action=place, text="")
    return turn


def _again(moment: Moment, standing: Standing) -> Reply:
    moment.incoming = replace(moment.incoming, kind=Kind.TAP, action=standing.place, text="")
    return respond_quietly(moment, None)
