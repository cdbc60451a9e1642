"""What rests in memory only, for 30 minutes: private screens, answers to private messages, menus that stand.

Nothing here is ever written; a restart forgets it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.chat import Button, Incoming, Say
from handlers.routes import Standing
from handlers.taking import menu_of

HOLD = timedelta(minutes=30)
MOST = 20_000  # chats, and as many answers of at most 4 kB: 80 MB at the very worst, then the oldest go first
OF_ONE = 500  # answers of one chat, so that nobody can push out the others'

_Chat = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Screen:
    until: datetime
    standing: Standing | None
    menu: tuple[Button, ...]
    by_itself: bool = False  # the menu came without being asked for


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
        self._ids: dict[_Chat, dict[str, None]] = {}  # of each chat's answers, the oldest first

    def knows(self, incoming: Incoming, now: datetime) -> bool:
        """Whether we spoke with this chat lately."""
        return self._screen(incoming, now) is not None

    def standing(self, incoming: Incoming, now: datetime) -> Standing | None:
        """The private screen that stands before this chat."""
        screen = self._screen(incoming, now)
        return screen.standing if screen else None

    def menu(self, incoming: Incoming, now: datetime) -> tuple[Button, ...]:
        """The buttons that stand before this chat."""
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
        self._stand(_chat(incoming), _Screen(now + HOLD, standing, menu_of(says)))
        self.keep_answer(incoming, says, now, private=standing is not None)

    def keep_answer(self, incoming: Incoming, says: tuple[Say, ...], now: datetime, *, private: bool = False) -> None:
        """Remember only what was answered, such as a farewell; `private` when a private screen stands with it."""
        chat = _chat(incoming)
        ids = self._ids.setdefault(chat, {})
        ids[incoming.id] = None
        self._answers[chat, incoming.id] = _Answer(now + HOLD, says, private)
        self._answers.move_to_end((chat, incoming.id))
        if len(ids) > OF_ONE:
            self._let_go((chat, next(iter(ids))))
        if len(self._answers) > self._most:
            self._let_go(next(iter(self._answers)))

    def keep_durable(self, incoming: Incoming, says: tuple[Say, ...], now: datetime) -> None:
        """A durable screen stands now: no private one does, and its menu is the one that counts."""
        self._stand(_chat(incoming), _Screen(now + HOLD, None, menu_of(says)))

    def stands(self, channel: str, address: str, menu: tuple[Button, ...], now: datetime, *, by_itself: bool) -> None:
        """Note the menu that a chat has just got, where something came by itself: a number means what stands last.

        Otherwise a turn has noted its menu before it is sent, and later ones may have done so since.
        """
        before = self._screens.get((channel, address))
        if by_itself or (before is not None and before.by_itself):
            self._stand((channel, address), _Screen(now + HOLD, before.standing if before else None, menu, by_itself))

    def forget(self, channel: str, address: str) -> None:
        """Drop all that is held about a chat."""
        chat = channel, address
        self._screens.pop(chat, None)
        for id_ in tuple(self._ids.get(chat, ())):
            self._let_go((chat, id_))

    def sweep(self, now: datetime) -> None:
        """Drop what is over. Both maps are in the order of their ends, so the first that holds ends the search."""
        while self._screens and next(iter(self._screens.values())).until <= now:
            self._screens.popitem(last=False)
        while self._answers and next(iter(self._answers.values())).until <= now:
            self._let_go(next(iter(self._answers)))

    def _screen(self, incoming: Incoming, now: datetime) -> _Screen | None:
        screen = self._screens.get(_chat(incoming))
        return screen if screen and now < screen.until else None

    def _stand(self, chat: _Chat, screen: _Screen) -> None:
        self._screens[chat] = screen
        self._screens.move_to_end(chat)
        if len(self._screens) > self._most:
            self._screens.popitem(last=False)

    def _let_go(self, key: tuple[_Chat, str]) -> None:
        chat, id_ = key
        self._answers.pop(key, None)
        ids = self._ids.get(chat, {})
        ids.pop(id_, None)
        if not ids:
            self._ids.pop(chat, None)


def _chat(incoming: Incoming) -> _Chat:
    return incoming.channel, incoming.address
