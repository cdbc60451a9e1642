"""What rests in memory only, for 30 minutes: private screens, answers to private messages, menus that stand.

Nothing here is ever written; a restart forgets it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from handlers.chat import Incoming, Say
from handlers.routes import Standing
from handlers.taking import menu_of

HOLD = timedelta(minutes=30)
MOST = 50_000  # chats, and as many answers: about 100 MB at the very worst, then the oldest go first

_Chat = tuple[str, str]
_K = TypeVar("_K")
_V = TypeVar("_V")
_T = TypeVar("_T", "_Screen", "_Answer")


@dataclass(frozen=True, slots=True)
class _Screen:
    until: datetime
    standing: Standing | None
    menu: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    until: datetime
    says: tuple[Say, ...]
    private: bool


class Memory:
    """Screens by chat, private answers by message. Times are UTC."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._screens: OrderedDict[_Chat, _Screen] = OrderedDict()
        self._answers: OrderedDict[tuple[_Chat, str], _Answer] = OrderedDict()

    def knows(self, incoming: Incoming, now: datetime) -> bool:
        """Whether we spoke with this chat lately."""
        return self._screen(incoming, now) is not None

    def standing(self, incoming: Incoming, now: datetime) -> Standing | None:
        """The private screen that stands before this chat."""
        screen = self._screen(incoming, now)
        return screen.standing if screen else None

    def menu(self, incoming: Incoming, now: datetime) -> tuple[str, ...]:
        """The actions of the buttons that stand before this chat."""
        screen = self._screen(incoming, now)
        return screen.menu if screen else ()

    def answer(self, incoming: Incoming, now: datetime) -> _Answer | None:
        """What was answered to this very message, if nothing of it was kept."""
        found = self._answers.get((_chat(incoming), incoming.id))
        return found if found and now < found.until else None

    def keep_private(self, incoming: Incoming, says: tuple[Say, ...], place: str, now: datetime) -> None:
        """Remember a private answer, and the screen it leaves standing ("" leaves the one before)."""
        before = self.standing(incoming, now)
        standing = Standing(place) if place else before
        self._put(self._screens, _chat(incoming), _Screen(now + HOLD, standing, menu_of(says)))
        self.keep_answer(incoming, says, now, private=standing is not None)

    def keep_answer(self, incoming: Incoming, says: tuple[Say, ...], now: datetime, *, private: bool = False) -> None:
        """Remember only what was answered, such as a farewell; `private` when a private screen stands with it."""
        self._put(self._answers, (_chat(incoming), incoming.id), _Answer(now + HOLD, says, private))

    def keep_durable(self, incoming: Incoming, says: tuple[Say, ...], now: datetime) -> None:
        """A durable screen stands now: no private one does, and its menu is the one that counts."""
        self._put(self._screens, _chat(incoming), _Screen(now + HOLD, None, menu_of(says)))

    def forget(self, incoming: Incoming) -> None:
        """Drop all that is held about a chat. It looks at every answer, a matter of milliseconds."""
        chat = _chat(incoming)
        self._screens.pop(chat, None)
        for key in [key for key in self._answers if key[0] == chat]:
            del self._answers[key]

    def sweep(self, now: datetime) -> None:
        """Drop what is over. Both maps are in the order of their ends, so the first that holds ends the search."""
        _drop(self._screens, now)
        _drop(self._answers, now)

    def _screen(self, incoming: Incoming, now: datetime) -> _Screen | None:
        screen = self._screens.get(_chat(incoming))
        return screen if screen and now < screen.until else None

    def _put(self, held: OrderedDict[_K, _V], key: _K, value: _V) -> None:
        held[key] = value
        held.move_to_end(key)
        if len(held) > self._most:
            held.popitem(last=False)


def _drop(held: OrderedDict[_K, _T], now: datetime) -> None:
    while held and next(iter(held.values())).until <= now:
        held.popitem(last=False)


def _chat(incoming: Incoming) -> _Chat:
    return incoming.channel, incoming.address
