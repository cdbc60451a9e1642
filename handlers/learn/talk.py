"""The conversation about lessons: the shelf, and one small screen after the other."""

from handlers import me, start
from handlers.chat import Button, Say, action
from handlers.learn import lessons, rules
from handlers.quiz import quiet
from handlers.turn import Moment, Reply, Turn
from storage.library import Lesson, Library
from storage.progress import Learnt
from storage.wording import catalogue

_ = catalogue("bot")


def shelf(turn: Turn) -> Reply:
    """The list of lessons, those of the person's track first; where they stopped is on top."""
    number = turn.number(1) or 0
    track = turn.person.track if turn.person else None
    shown, more = rules.page(rules.shelf(turn.library.lessons.values(), track), number)
    learnt = lessons.learnt(turn.tx, turn.person)
    done = {one.item for one in learnt if one.kind == "lesson" and one.done}
    buttons = [Button(_label(lesson, done), action("card", lesson.id)) for lesson in shown]
    if number == 0 and (begun := rules.unfinished(learnt)) and begun.item in turn.library.lessons:
        buttons.insert(0, _go_on(turn.library.lessons[begun.item], begun))
    if more:
        buttons.append(Button(_("More lessons"), action("learn", number + 1)))
    return Reply((Say(_("Which lesson would you like?"), (*buttons, start.home())),), action("learn", number))


def is_private(library: Library, arguments: tuple[str, ...]) -> bool:
    """A card that people at risk read is nobody's business: whoever opens it leaves no trace."""
    lesson = library.lessons.get(arguments[0]) if arguments else None
    return lesson is not None and lesson.private


def read(turn: Turn) -> Reply:
    """Show one screen of a lesson and remember how far they came."""
    found = _found(turn)
    if found is None:
        return start.stale(turn)
    lesson, screen = found
    finished = lessons.reach(turn.tx, turn.somebody(), lesson, screen, turn.today)
    ways = _way(turn.library, lesson, screen)
    if finished and lessons.may_ask_consent(turn.tx, turn.somebody()):
        says: tuple[Say, ...] = (
            _screen(lesson, screen, ()),
            me.ask_consent(ways),
        )  # where menus are numbered, there is one "1"
    else:
        says = (_screen(lesson, screen, ways),)
    return Reply(says, action("card", lesson.id, screen))


def read_quietly(moment: Moment) -> Reply:
    """Show one screen of a card for people at risk; nothing is remembered."""
    lesson, screen = _found(moment) or (moment.library.lessons[moment.argument(1)], 0)
    links = title_buttons(moment.library, lesson.screens[screen].links)
    ways = (*_steps(lesson, screen), Button(_("Help lines"), "lines"), *links, start.home())
    if screen + 1 == len(lesson.screens) and quiet.questions(moment.library, lesson.id):
        ways = (Button(_("Try a few questions"), action("check", lesson.id)), *ways)
    say = _screen(lesson, screen, ways)
    return Reply((say,), action("card", lesson.id, screen))


def title_buttons(library: Library, ids: tuple[str, ...]) -> tuple[Button, ...]:
    """A button for each card that there is."""
    return tuple(Button(library.lessons[one].title, action("card", one)) for one in ids if one in library.lessons)


def _found(moment: Moment) -> tuple[Lesson, int] | None:
    lesson = moment.library.lessons.get(moment.argument(1))
    screen = moment.number(2) if moment.argument(2) else 0
    if lesson is None or screen is None or screen >= len(lesson.screens):
        return None
    return lesson, screen


def _screen(lesson: Lesson, number: int, buttons: tuple[Button, ...]) -> Say:
    screen = lesson.screens[number]
    step = (number + 1, len(lesson.screens))
    return Say(screen.text, buttons, title=screen.title, source=screen.source, step=step)


def _steps(lesson: Lesson, number: int) -> tuple[Button, ...]:
    """The same places in the list on every screen: whoever types 2 to go back goes back."""
    forward = number + 1 < len(lesson.screens)
    steps = [Button(_("Next"), action("card", lesson.id, number + 1))] if forward else []
    if number > 0:
        steps.append(Button(_("Back"), action("card", lesson.id, number - 1)))
    return tuple(steps)


def _way(library: Library, lesson: Lesson, number: int) -> tuple[Button, ...]:
    steps, links = _steps(lesson, number), title_buttons(library, lesson.screens[number].links)
    if number + 1 < len(lesson.screens):
        return (*steps, *links, start.home())
    return (*_after(library, lesson), *steps, Button(_("Other lessons"), "learn"), *links, start.home())


def _after(library: Library, lesson: Lesson) -> tuple[Button, ...]:
    scene = next((one for one in library.scenarios.values() if one.card == lesson.id), None)
    asked = rules.has_questions(library.questions.values(), lesson)
    buttons = [Button(_("Try a few questions"), action("quiz", "start", lesson.id))] if asked else []
    if scene is not None:
        buttons.append(Button(_("Try: {title}", title=scene.title), action("scene", scene.id)))
    return tuple(buttons)


def _label(lesson: Lesson, done: set[str]) -> str:
    return _("✓ {title}", title=lesson.title) if lesson.id in done else lesson.title


def _go_on(lesson: Lesson, begun: Learnt) -> Button:
    label = _("Go on: {title} ({at}/{of})", title=lesson.title, at=begun.at, of=begun.of)
    return Button(label, action("card", lesson.id, min(begun.at, begun.of) - 1))
