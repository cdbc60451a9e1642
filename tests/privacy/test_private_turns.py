"""A private turn changes not one byte, needs no database, and leaves the durable conversation where it stood."""

import shutil
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.app import App
from bot.turns import Answered, receive
from handlers.chat import Incoming, Kind
from handlers.quiz.rules import draw
from handlers.routes import ROUTES
from storage.database import StorageUnavailable
from storage.people import TRACKS
from tests.privacy.cases import TYPED, is_private, private_taps, tap
from tests.privacy.conftest import NOON, Hands
from tests.privacy.living import ANSWER, live

_numbers = count()
KNOWN, UNKNOWN = "someone who learned", "someone who never came before"
LIFE = ("start", "age:18+", "track:hs", "card:luat-pcmt:2", "scene:pod-truoc-cong-truong", "quiz", ANSWER)


async def _tap(app: App, who: str, tapped: str) -> Answered:
    return await receive(app, tap("web", who, tapped, f"tap {next(_numbers)}"))


async def _type(app: App, who: str, text: str, kind: Kind = Kind.TEXT) -> Answered:
    return await receive(app, Incoming("web", who, f"text {next(_numbers)}", kind, text=text))


async def _live(app: App, who: str) -> Answered:
    """Learn, play, practise; the last answer."""
    moments = await live(app, who, LIFE, (f"life {number}" for number in _numbers))
    return moments[-1].answered


def _bytes(app: App) -> dict[str, bytes]:
    """The database as it lies on the disk, down to the last byte."""
    return {path.name: path.read_bytes() for path in app.settings.data.iterdir() if not path.name.endswith("-shm")}


def test_every_private_route_and_every_card_for_people_at_risk_is_among_the_cases(app: App) -> None:
    """The cases below are all there are: each private route, card, story and first-aid situation."""
    taps = private_taps(app.library, NOON)
    assert {route.name for route in ROUTES if route.private} <= {one.split(":")[0] for one in taps}
    at_risk = [f"card:{one.id}" for one in app.library.lessons.values() if one.private]
    at_risk += [f"scene:{one.id}" for one in app.library.scenarios.values() if one.private]
    at_risk += [f"aid:{one.id}" for one in app.library.first_aid]
    assert len(at_risk) > 5
    for opening in at_risk:
        assert opening in taps
    screens = {f"card:{x.id}:{n}" for x in app.library.lessons.values() if x.private for n in range(len(x.screens))}
    assert screens <= set(taps)


@pytest.mark.parametrize("who", [KNOWN, UNKNOWN])
async def test_a_private_turn_changes_not_one_byte(app: App, who: str) -> None:
    """Every private screen, and on each of them whatever can be typed, sent or resumed."""
    await _live(app, KNOWN)
    before = _bytes(app)
    for tapped in private_taps(app.library, NOON):
        answered = await _tap(app, who, tapped)
        assert answered.private, f"{tapped} isn't shown as private"
        resumed = await _tap(app, who, "resume")
        for number, button in enumerate(resumed.says[-1].buttons, 1):
            if is_private(button.action, app.library):
                await _type(app, who, str(number))
                await _tap(app, who, tapped)
        await _type(app, who, "em buồn lắm")
        assert _bytes(app) == before, f"{tapped} was written"


@pytest.mark.parametrize("who", [KNOWN, UNKNOWN])
async def test_what_is_typed_changes_not_one_byte(app: App, who: str) -> None:
    """Free text, and what isn't even text, on a durable screen and on a private one."""
    await _live(app, KNOWN)
    before = _bytes(app)
    for where in (None, "help"):
        for text in TYPED:
            for kind in (Kind.TEXT, Kind.OTHER):
                if where:
                    await _tap(app, who, where)
                await _type(app, who, text, kind)
                assert _bytes(app) == before, f"“{text}” was written"


async def test_the_durable_conversation_stands_where_it_stood(app: App, clock: Hands) -> None:
    """After every private screen: what stood before stands again, once the private one is over."""
    stood = (await _live(app, KNOWN)).says[-1]
    for tapped in private_taps(app.library, NOON):
        await _tap(app, KNOWN, tapped)
        await _type(app, KNOWN, TYPED[0])
        clock.now += timedelta(minutes=31)
        resumed = await _tap(app, KNOWN, "resume")
        assert (resumed.says[-1], resumed.private) == (stood, False), tapped


async def test_memory_holds_no_typed_word_and_forgets_after_half_an_hour(app: App, clock: Hands) -> None:
    """What is typed isn't even held; what was shown is let go."""
    canary = "z7qCanary9x"
    for tapped in private_taps(app.library, NOON):
        await _tap(app, UNKNOWN, tapped)
        await _type(app, UNKNOWN, f"{canary} {TYPED[0]}")
    held = [one for one in vars(app.memory).values() if isinstance(one, OrderedDict)]
    assert any(held)
    assert canary not in repr(vars(app.memory))
    clock.now += timedelta(minutes=31)
    app.memory.sweep(clock.now)
    assert not any(held)


def _remove(data: Path) -> None:
    for path in data.glob("lachan.db*"):
        path.unlink()


def _damage(data: Path) -> None:
    for path in data.glob("lachan.db*"):
        path.write_bytes(b"\xff" * path.stat().st_size)


def _bury(data: Path) -> None:
    """Another thing stands in its place."""
    _remove(data)
    (data / "lachan.db").mkdir()


@pytest.mark.parametrize("harm", [_remove, _damage, _bury, shutil.rmtree], ids=lambda harm: harm.__name__.strip("_"))
async def test_private_turns_work_with_the_database_gone(app: App, harm: Callable[[Path], None]) -> None:
    """Every private screen and what is typed on it: the same answers as before; durable ones say that they can't."""
    await _live(app, KNOWN)
    taps = private_taps(app.library, NOON)
    usual = {tapped: (await _tap(app, KNOWN, tapped)).says for tapped in taps}
    typed = [(await _type(app, KNOWN, text)).says for text in TYPED]
    harm(app.settings.data)
    for tapped in taps:
        assert (await _tap(app, KNOWN, tapped)).says == usual[tapped], tapped
        resumed = await _tap(app, KNOWN, "resume")
        assert resumed.says[-1].text == usual[tapped][-1].text, f"resume on {tapped}"
    assert [(await _type(app, KNOWN, text)).says for text in TYPED] == typed
    for text in TYPED:
        assert (await _type(app, UNKNOWN, text)).says, text
    with pytest.raises(StorageUnavailable):
        await _tap(app, KNOWN, "menu")


@pytest.mark.parametrize("track", [None, *TRACKS])
def test_practice_never_asks_about_a_card_for_people_at_risk(app: App, track: str | None) -> None:
    """A practice is kept, so nothing that is private by its track or by its card is drawn into one."""
    private = {one.id for one in app.library.questions.values() if one.private}
    assert private
    for card in ("", *app.library.lessons):
        drawn = [draw(app.library.questions.values(), card, track, seed) for seed in range(50)]
        assert not private & {asked for run in drawn if run for asked in run.asked}
