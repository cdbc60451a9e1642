"""The first words, who reads along, who somebody is by two taps, the main menu, and an old button."""

from handlers.chat import Button, Say, action
from handlers.turn import Moment, Reply, Turn
from storage import people
from storage.wording import catalogue

_ = catalogue("bot")


def home() -> Button:
    """The way back that stands on every screen."""
    return Button(_("Home"), "menu")


def welcome(turn: Turn) -> Reply:
    """Say who speaks and what is kept; ask who they are only where that isn't known."""
    if turn.person is not None:
        return _menu(_("Good to see you again. What would you like to do?"))
    anything = _("Ask me anything about drugs.") if readers(turn) else _("Ask me anything about drugs, no name needed.")
    age = _("To pick lessons that fit you: how old are you?")
    buttons = (*_age_buttons(), Button(_("Skip"), "menu"))
    return Reply((Say(f"{told(turn, anything)}\n\n{age}", buttons, title=introduction(turn)),), "start")


def introduction(moment: Moment) -> str:
    """One sentence: an automatic assistant, and whose."""
    return _("Hello. I am the automatic assistant of {province}.", province=moment.library.edition.province)


def hello(moment: Moment, before: tuple[Say, ...] = ()) -> str:
    """Who speaks, and what becomes of what is typed, unless that was said just `before`."""
    note = readers(moment) or _("What you type isn't kept.")
    known = any(note in say.text for say in before)
    return introduction(moment) if known else told(moment, introduction(moment))


def readers(moment: Moment) -> str:
    """Who reads along, and where nobody does; empty where nobody can."""
    if not moment.incoming.watched:
        return ""
    note = _("I don't keep what you type, but whoever runs this account can read our chat, beside your account's name.")
    elsewhere = _("Nobody reads along on this page, and it asks for no name: {page}", page=moment.page)
    return f"{note} {elsewhere}" if moment.page else note


def told(moment: Moment, first: str, *more: str) -> str:
    """Paragraphs, with the word that what is typed isn't kept; where others read along, with that at the end."""
    note = readers(moment)
    opening = first if note else first + " " + _("What you type isn't kept.")
    return "\n\n".join(part for part in (opening, *more, note) if part)


def take_age(turn: Turn) -> Reply:
    """Remember the age band, ask for the track."""
    chosen = turn.argument(1)
    if chosen not in people.AGES:
        return ages()
    people.set_age(turn.tx, turn.somebody().id, chosen)
    return _tracks()


def take_track(turn: Turn) -> Reply:
    """Remember the track, show the menu."""
    chosen = turn.argument(1)
    if chosen not in people.TRACKS:
        return _tracks()
    people.set_track(turn.tx, turn.somebody().id, chosen)
    return _menu(_("Thank you. What would you like to do?"))


def menu(turn: Turn) -> Reply:
    """The main menu; after /huy it says first that all was stopped."""
    stopped = turn.argument(1) == "stopped"
    return _menu(_("Stopped. What would you like to do?") if stopped else _("What would you like to do?"))


def stale(_turn: Turn) -> Reply:
    """An old or foreign button: say so, and give a fresh menu."""
    text = _("That button is an old one.") + "\n\n" + _("Here is the menu again.")
    return _menu(text, passing=True)


def menu_buttons() -> tuple[Button, ...]:
    """What there is to do."""
    return (
        Button(_("Learn"), "learn"),
        Button(_("What would you do?"), "scene"),
        Button(_("Practise"), "quiz"),
        Button(_("I need help"), "help"),
        Button(_("My data"), "me"),
    )


def track_name(track: str | None) -> str:
    """How a track is called on a screen."""
    names = {
        "hs": _("Pupil"),
        "sv": _("Student"),
        "ph": _("Parent"),
        "gv": _("Teacher"),
        "ld": _("Worker"),
        "cb": _("Citizen"),
    }
    return names.get(track or "", _("not told"))


def age_name(age: str | None) -> str:
    """How an age band is called on a screen."""
    names = {"u16": _("Under 16"), "16-17": _("16 to 17"), "18+": _("18 or older")}
    return names.get(age or "", _("not told"))


def _menu(text: str, *, passing: bool = False) -> Reply:
    return Reply((Say(text, menu_buttons(), passing=passing),), "menu")


def _age_buttons() -> tuple[Button, ...]:
    return tuple(Button(age_name(age), action("age", age)) for age in people.AGES)


def ages() -> Reply:
    """Ask for the age band."""
    say = Say(_("How old are you? I ask for no birth date."), (*_age_buttons(), Button(_("Skip"), "track")))
    return Reply((say,), "age")


def _tracks() -> Reply:
    buttons = tuple(Button(track_name(track), action("track", track)) for track in people.TRACKS)
    troubled = Button(_("I am worried about myself or my family"), "need")
    return Reply((Say(_("Which of these are you?"), (*buttons, troubled, Button(_("Skip"), "menu"))),), "track")
