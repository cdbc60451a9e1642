"""One message in, its effect once: also when a handler breaks, a message comes twice, or nothing can be kept."""

import asyncio
import secrets
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import App
from bot.turns import receive
from handlers import routes
from handlers.chat import Incoming, Kind
from handlers.routes import Route
from handlers.turn import Reply, Turn
from storage import people, progress
from storage.database import StorageUnavailable
from storage.schema import Transaction
from tests.talks.conftest import Hands


def tap(action: str, message_id: str = "") -> Incoming:
    """An's tap."""
    return Incoming("web", "an", message_id or secrets.token_hex(8), Kind.TAP, action=action)


def typed(text: str, message_id: str = "") -> Incoming:
    """What An types."""
    return Incoming("web", "an", message_id or secrets.token_hex(8), Kind.TEXT, text=text)


def persons(tx: Transaction) -> int:
    """How many people there are."""
    return int(tx.exec_driver_sql("SELECT count(*) FROM person").scalar_one())


def break_after_writing(turn: Turn) -> Reply:
    """A handler with a bug, after it has written already."""
    turn.somebody()
    raise RuntimeError("what An said: em lo lam")


@pytest.fixture
def broken_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The route `menu` breaks."""
    monkeypatch.setitem(routes._BY_NAME, "menu", Route("menu", durable=break_after_writing))


@pytest.mark.usefixtures("broken_menu")
async def test_a_broken_handler_keeps_nothing_and_apologises_once(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    """Its writes are rolled back, the same message gets the same apology, and the log tells where, not what."""
    broken = tap("menu")
    first = await receive(app, broken)
    again = await receive(app, broken)
    assert "trục trặc" in first.says[0].text
    assert again.says == first.says
    assert again.again
    assert await app.database.read(persons) == 0
    said = "".join(capsys.readouterr())
    assert "RuntimeError" in said
    assert "em lo lam" not in said
    assert (await receive(app, tap("learn"))).says[0].buttons


async def test_a_message_that_comes_twenty_times_at_once_counts_once(app: App) -> None:
    """Every copy gets the same answer, and the practice counts one."""
    asked = await receive(app, tap("quiz"))
    answer = tap(asked.says[-1].buttons[0].action)
    answers = await asyncio.gather(*(receive(app, answer) for _copy in range(20)))
    assert {one.says for one in answers} == {answers[0].says}
    person = await app.database.read(people.find, "web", "an")
    assert person is not None
    assert [one.at for one in await app.database.read(progress.of, person.id)] == [1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose one writer can be held up
async def test_a_copy_waits_for_the_first_though_another_screen_stands_meanwhile(app: App) -> None:
    """A one waits for the disk, somebody taps for help, and the one comes again: no choice of that screen is meant."""
    await receive(app, tap("menu"))
    choice, moving = typed("1"), threading.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(app.database.run(lambda _tx: moving.wait(10)))
        first = group.create_task(receive(app, choice))
        await asyncio.sleep(0)
        await receive(app, tap("help"))
        copy = group.create_task(receive(app, choice))
        await asyncio.sleep(0.05)
        moving.set()
    assert copy.result().says == first.result().says


@pytest.mark.parametrize("opened", ["menu", "age", "quiz", "help", "need"])
async def test_a_number_that_is_no_choice_shows_the_same_choices_again(app: App, opened: str) -> None:
    """Durable screens and private ones: after a slip of the finger, "1" means what it meant before."""
    await receive(app, tap("age:u16"))
    stood = await receive(app, tap(opened))
    slipped = await receive(app, typed("49"))
    assert slipped.says[-1].buttons == stood.says[-1].buttons
    assert slipped.private == stood.private
    first = await receive(app, typed("1"))
    assert first.says == (await receive(app, tap(stood.says[-1].buttons[0].action))).says or opened == "quiz"


async def test_a_typed_choice_means_what_stood_when_it_came(app: App) -> None:
    """Sent again after the screen moved on, "2" gets the answer it got, and changes nothing."""
    await receive(app, tap("menu"))
    choice = typed("2")
    first = await receive(app, choice)
    await receive(app, tap(first.says[-1].buttons[0].action))
    assert (await receive(app, choice)).says == first.says


async def test_a_bare_choice_after_a_restart_shows_the_screen_again(app: App) -> None:
    """Only memory knows which menu a person sees, so nothing is taken for an answer; typed again, it is one."""
    await receive(app, tap("quiz"))
    await receive(app, tap("help"))
    app.memory.forget("web", "an")
    standing = await receive(app, typed("1"))
    assert standing.says[0].step == (1, 5)
    person = await app.database.read(people.find, "web", "an")
    assert person is not None
    assert await app.database.read(progress.of, person.id) == ()
    assert (await receive(app, typed("1"))).says[-1].step == (2, 5)


async def test_a_label_typed_on_a_private_screen_stays_private(app: App) -> None:
    """Typing "practise" in a help screen makes nobody known; a command is a clear wish to leave it."""
    await receive(app, tap("need"))
    assert (await receive(app, typed("luyện câu hỏi"))).private
    assert await app.database.read(persons) == 0
    assert (await receive(app, typed("số gọi giúp đỡ"))).says[0].title == "Số gọi giúp đỡ"
    assert not (await receive(app, typed("/luyen"))).private


async def test_a_late_copy_takes_no_private_screen_away(app: App) -> None:
    """The duplicate of an old durable message is answered as it was, and help goes on standing."""
    old = tap("menu")
    await receive(app, old)
    await receive(app, tap("help"))
    assert (await receive(app, old)).again
    assert (await receive(app, tap("resume"))).private


async def test_an_id_keeps_its_first_answer_whatever_comes_under_it(app: App) -> None:
    """A durable id sent again with a private body gets the durable answer, and so does the durable one after it."""
    first = await receive(app, tap("menu", "same"))
    assert (await receive(app, tap("help", "same"))).says == first.says
    assert (await receive(app, tap("menu", "same"))).says == first.says


async def test_help_does_not_wait_for_a_slow_database(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that hangs costs first aid a moment, no more."""

    async def hang(*_arguments: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(app.database, "read", hang)
    async with asyncio.timeout(2):
        assert (await receive(app, typed("bạn em gọi không dậy"))).says[0].urgent


async def test_a_lesson_that_became_private_is_not_resumed_durably(app: App) -> None:
    """Where somebody stood before the content changed is shown no more in a turn that is kept."""
    await receive(app, tap("card:luat-pcmt:1"))
    lessons = dict(app.library.lessons)
    lessons["luat-pcmt"] = replace(lessons["luat-pcmt"], private=True)
    changed = replace(app, library=replace(app.library, lessons=lessons))
    assert (await receive(changed, tap("resume"))).says[-1].title == ""


async def test_without_a_database_help_works_and_the_rest_says_so(app: App) -> None:
    """Private turns need nothing but memory; a durable one raises, so that nobody thinks it was kept."""
    await app.database.close()
    for asked in (tap("help"), tap("lines"), tap("aid:bat-tinh"), tap("card:su-dung-bi-phat:1"), typed("em sợ lắm")):
        assert (await receive(app, asked)).says
    with pytest.raises(StorageUnavailable):
        await receive(app, tap("menu"))


async def test_a_private_answer_is_the_same_for_thirty_minutes(app: App, clock: Hands) -> None:
    """The same id is answered from memory, also when another screen stands by then."""
    asked = typed("em lỡ hút pod")
    first = await receive(app, asked)
    await receive(app, tap("menu"))
    clock.now += timedelta(minutes=29)
    assert (await receive(app, asked)).again
    assert (await receive(app, asked)).says == first.says
    clock.now += timedelta(minutes=2)
    assert not (await receive(app, asked)).again


async def test_an_old_or_foreign_button_gets_a_fresh_menu(app: App) -> None:
    """Whatever comes as an action is answered, and never kept as it came."""
    for action in (
        "",
        "nope",
        "card:none:1",
        "card:ky-nang-tu-choi:99",
        "quiz:a:0:0",
        "scene:x:y:z",
        "learn:9999",
        "\0:x",
    ):
        answered = await receive(app, tap(action))
        assert answered.says[-1].buttons


async def test_what_is_no_text_is_answered_kindly(app: App) -> None:
    """A sticker or a voice message is told what can be read, and leaves no trace."""
    sticker = replace(typed(""), kind=Kind.OTHER)
    assert "chỉ đọc được chữ" in (await receive(app, sticker)).says[-1].text
    assert await app.database.read(persons) == 0
