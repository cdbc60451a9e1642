"""Help: first aid, help lines, a quiet path. Private: nothing here is written anywhere, and it needs no database."""

from dataclasses import replace

from handlers import start
from handlers.chat import Button, Call, Say, action
from handlers.help import rules
from handlers.turn import Moment, Reply
from storage.library import HelpLine, Lesson, Library, Situation
from storage.wording import catalogue

_ = catalogue("bot")


def open_help(moment: Moment) -> Reply:
    """What is the matter: danger now, a call, or a talk in peace."""
    return Reply((help_screen(moment.library, start.readers(moment)),), "help")


def help_screen(library: Library, aside: str = "") -> Say:
    """The first help screen, which must always work. `aside`: who else reads here, where somebody does."""
    text = _("Is somebody in danger right now? Call {numbers}, or choose what you see.", numbers="115")
    text += "\n\n" + (aside or _("Nothing you do here is kept."))
    buttons = (*_situations(library), *_others("help"))
    return Say(text, buttons, title=_("Help now"), urgent=True, calls=emergency_calls(library, ("115", "113", "111")))


def hidden(moment: Moment) -> Reply:
    """For somebody whose words the platform keeps from us, as it does for children: it may do so every time, so that
    they can choose nothing either. All that can't wait stands in this one message."""
    shown = help_screen(moment.library, _first_steps(moment.library))
    first = _("This app doesn't show me what you send. You did nothing wrong.")
    page = _("If you can't choose here, everything is on this page, without a name: {page}", page=moment.page)
    parts = (first, shown.text, page if moment.page else "")
    return Reply((replace(shown, text="\n\n".join(part for part in parts if part)),), "help")


def _first_steps(library: Library) -> str:
    """What to do in the situation that can't wait, which the content lists first."""
    first = library.first_aid[:1]
    return "\n".join(line for one in first for line in (f"**{one.label}**", *(f"- {step}" for step in one.steps)))


def first_aid(moment: Moment) -> Reply:
    """The steps for one situation; an unknown one shows them all."""
    found = next((one for one in moment.library.first_aid if one.id == moment.argument(1)), None)
    if found is None:
        return open_help(moment)
    return Reply((aid_screen(moment.library, found),), action("aid", found.id))


def aid_screen(library: Library, situation: Situation) -> Say:
    """First aid in numbered steps, calling first."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(situation.steps, 1))
    buttons = (Button(_("Something else is happening"), "help"), *_others("aid"))
    calls = emergency_calls(library, situation.call)
    return Say(steps, buttons, title=situation.label, source=situation.source, urgent=True, calls=calls)


def crisis_screen(moment: Moment) -> Say:
    """Somebody has no wish to live, is hurt, held or forced: people to talk to at once."""
    thanks = _("Thank you for saying it. You needn't carry this alone.")
    adult = _("If you can, go to an adult you trust right now. Under 18, call 111 at any hour.")
    danger = _("In danger right now: call 113, for an injury 115.")
    calls = emergency_calls(moment.library, ("111", "113", "115"))
    text = "\n\n".join((thanks, adult, start.told(moment, danger)))
    return Say(text, _others("need"), title=_("I hear you"), urgent=True, calls=calls)


def heard_screen(moment: Moment, spoken_of: tuple[Lesson, ...] = ()) -> Say:
    """Somebody is afraid or sad, or wants to stop: a quiet word, and ways on. `spoken_of`: cards for their words, which
    tell an adult who is worried about another from somebody young."""
    adult = any(map(rules.is_for_adults, spoken_of))
    now = _("Should you or someone near have trouble breathing now, call 115 or choose “{aid}”.", aid=_("First aid"))
    cards = rules.fitting(rules.quiet_cards(moment.library.lessons.values()), adult=adult)
    calls = emergency_calls(moment.library, ("115",) if adult else ("115", "111"))
    text = start.told(moment, _("Thank you for telling me."), now)
    return Say(text, (*_card_buttons(cards), *_others("need")), title=_("I hear you"), calls=calls)


def _card_buttons(cards: tuple[Lesson, ...]) -> tuple[Button, ...]:
    return tuple(Button(one.title, action("card", one.id)) for one in cards)


def lines(moment: Moment) -> Reply:
    """The help lines, those that are open now first."""
    listed = rules.open_first(moment.library.helplines, moment.now)
    text = "\n\n".join(part for part in (*(_line(one, moment) for one in listed), start.readers(moment)) if part)
    calls = tuple(_call(one) for one in listed)
    return Reply((Say(text, _others("lines"), title=_("Help lines"), calls=calls),), "lines")


def need(moment: Moment) -> Reply:
    """The quiet path for somebody who is worried about themselves or someone near."""
    readers = start.readers(moment)
    brave = _("It is brave to look for help. Nothing you do here is kept, and you need tell nobody who you are.")
    text = f"{_('It is brave to look for help.')} {readers}" if readers else brave
    text += "\n\n" + _("You can read in peace, call, or see what to do when somebody feels bad right now.")
    cards = rules.quiet_cards(moment.library.lessons.values())
    buttons = (*_card_buttons(cards), *_others("need"))
    return Reply((Say(text, buttons, title=_("In peace")),), "need")


def emergency_calls(library: Library, numbers: tuple[str, ...]) -> tuple[Call, ...]:
    """Buttons that call these numbers, in this order."""
    known = {line.number: line for line in library.helplines}
    return tuple(_call(known[number]) for number in numbers if number in known)


def _situations(library: Library) -> tuple[Button, ...]:
    return tuple(Button(one.label, action("aid", one.id)) for one in library.first_aid)


def ways() -> tuple[Button, ...]:
    """The ways on from each screen of help."""
    return (
        Button(_("Help lines"), "lines"),
        Button(_("I want to read and talk in peace"), "need"),
        Button(_("First aid"), "help"),
    )


def _others(here: str) -> tuple[Button, ...]:
    skipped = {"lines": "lines", "need": "need", "help": "help", "aid": "help"}[here]
    return (*(way for way in ways() if way.action != skipped), start.home())


def _call(line: HelpLine) -> Call:
    return Call(_("Call {number}: {name}", number=line.number, name=line.name), line.dial)


def _line(line: HelpLine, moment: Moment) -> str:
    when = _("day and night") if line.hours.always else _("open now") if line.open_at(moment.now) else _("closed now")
    cost = _("free") if line.free else ""
    facts = ", ".join(part for part in (when, cost) if part)
    return f"**{line.number}** · {line.name} ({facts})\n{line.says}"
