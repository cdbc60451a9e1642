"""Deep links: a card or a track that a poster, a teacher or a friend's message leads to."""

from dataclasses import replace
from typing import TypeVar

from handlers import start
from handlers.chat import Say, action
from handlers.learn import talk as learn
from handlers.turn import Moment, Reply, Turn
from storage import people
from storage.library import Library

T = TypeVar("T", bound=Moment)


def is_private(library: Library, arguments: tuple[str, ...]) -> bool:
    """A link to a card for people at risk is opened as the card is: nothing is kept."""
    return arguments[:1] == ("card",) and learn.is_private(library, arguments[1:])


def follow(turn: Turn) -> Reply:
    """Open what the link names; who comes for the first time is told first who speaks."""
    stranger = turn.person is None
    what, name = turn.argument(1), turn.argument(2)
    if what == "card" and name in turn.library.lessons:
        reply = learn.read(_tapping(turn, action("card", name)))
        return replace(reply, says=(_hello(turn), *reply.says)) if stranger else reply
    if what == "track" and name in people.TRACKS and stranger:
        people.set_track(turn.tx, turn.somebody().id, name)
        return _ask_age(turn)
    return start.welcome(turn)


def follow_quietly(moment: Moment) -> Reply:
    """The same for what leaves no trace."""
    reply = learn.read_quietly(_tapping(moment, action("card", moment.argument(2))))
    return replace(reply, says=(_hello(moment), *reply.says))


def _ask_age(turn: Turn) -> Reply:
    reply = start.ages()
    return replace(reply, says=(_hello(turn), *reply.says))


def _hello(moment: Moment) -> Say:
    return Say(start.hello(moment))


def _tapping(moment: T, tapped: str) -> T:
    moment.incoming = replace(moment.incoming, action=tapped)
    return moment
