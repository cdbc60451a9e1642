"""My data: see, take along, correct, agree or withdraw, erase, at once and by oneself."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from handlers import start
from handlers.channels import channel_name
from handlers.chat import Button, Document, Say
from handlers.link.devices import in_use
from handlers.turn import Reply, Turn
from storage import consents, inbox, people, progress, retention
from storage.consents import Entry
from storage.people import Person
from storage.wording import catalogue

_ = catalogue("bot")

VERSION = "2026-11"  # of the consent's wording: a new wording asks anew


def mine(turn: Turn) -> Reply:
    """One screen of my data, by the action's argument."""
    if turn.person is None:
        return _nothing(turn)
    if turn.argument(1) == "erase":
        return _erase(turn, turn.person) if turn.argument(2) == "yes" else _confirm()
    return _SCREENS.get(turn.argument(1), _see)(turn, turn.person)


def ask_consent(ways: tuple[Button, ...]) -> Say:
    """The step of its own that asks whether progress may be kept longer; `ways` lead on without an answer."""
    buttons = (Button(_("Remember it for me"), "me:agree"), Button(_("No need"), "me:decline"), *ways)
    return Say(_("May I remember for 12 months what you learned? If not, it goes after 30 days without you."), buttons)


def _nothing(turn: Turn) -> Reply:
    text = _("I keep nothing about you yet.") + " " + _never(turn)
    return Reply((Say(text, (_link(), start.home()), title=_("My data")),), "me")


def _never(turn: Turn) -> str:
    """What is never kept; where others read along, that they do."""
    return start.readers(turn) or _("What you type freely and all help screens are never kept.")


def _see(turn: Turn, person: Person, first: str = "") -> Reply:
    learnt = progress.of(turn.tx, person.id)
    asked = [one for one in learnt if one.kind == "question"]
    lines = (
        _("- Age: {age}", age=start.age_name(person.age)),
        _("- Group: {track}", track=start.track_name(person.track)),
        _("- Lessons read to the end: {count}", count=sum(1 for one in learnt if one.kind == "lesson" and one.done)),
        _("- Questions: {right} right of {count}", right=sum(x.of for x in asked), count=sum(x.at for x in asked)),
        _keeping(turn, person),
        _("- {channels}", channels=in_use(turn, person)),
        *_accounts(turn, person),
    )
    text = "\n\n".join(part for part in (first, "\n".join(lines), _never(turn)) if part)
    return Reply((Say(text, _see_buttons(turn, person), title=_("My data"), personal=True),), "me")


def _accounts(turn: Turn, person: Person) -> Iterator[str]:
    """The line on the accounts whose own ids are kept, where there are any."""
    known = {one.channel for one in people.devices(turn.tx, person.id)} - set(people.HIDDEN)
    if names := ", ".join(map(channel_name, sorted(known))):
        yield _(
            "- To answer on {channels}, I keep your account's id there: no name, but it leads to you.", channels=names
        )


def _see_buttons(turn: Turn, person: Person) -> tuple[Button, ...]:
    buttons = [Button(_("Take it along"), "me:export"), Button(_("Correct age and group"), "age")]
    if _agreed(turn, person):
        buttons.append(Button(_("Stop remembering for 12 months"), "me:withdraw"))
    elif not person.minor:
        buttons.append(Button(_("Remember it for 12 months"), "me:agree"))
    buttons += [Button(_("How long it is kept"), "me:keeping"), _link()]
    if len(people.devices(turn.tx, person.id)) > 1:
        buttons.append(Button(_("Unlink a device"), "link:devices"))
    return (*buttons, Button(_("Erase everything"), "me:erase"), start.home())


def _link() -> Button:
    return Button(_("Link devices"), "link")


def _keeping(turn: Turn, person: Person) -> str:
    if _agreed(turn, person) and not person.minor:
        return _("- Kept until: 12 months after your last visit")
    return _("- Kept until: 30 days after your last visit")


def _agreed(turn: Turn, person: Person) -> bool:
    entry = consents.latest(consents.ledger(turn.tx, person.id), consents.PROGRESS)
    return entry is not None and entry.given


def _decide(turn: Turn, person: Person, *, given: bool) -> Reply:
    if given and person.minor:
        return _see(turn, person, _("Under 16, or without an age told, a parent has to agree. That isn't built yet."))
    if given != _agreed(turn, person):
        consents.note(turn.tx, person.id, Entry(consents.PROGRESS, VERSION, given, turn.today))
    first = _("I will remember it for 12 months.") if given else _("I will no longer remember it longer than 30 days.")
    return _see(turn, person, first)


def keeping_words() -> dict[str, str]:
    """How long what is kept, by the lines of the retention table; the last visit is what counts for people."""
    return {
        "answers": _("- Answers, so that a message that comes twice counts once: 24 to 48 hours"),
        "undelivered": _("- Messages that wait for you: until you fetch them, 37 days at most"),
        "ended_sessions": _("- A mark that a conversation was erased, without a name: 400 days"),
        "links": _("- A code that links devices: 10 minutes"),
        "learned": _("- What was learned, under 16 or without your consent: 30 days after the last visit"),
        "standing": _("- Where we stopped, under 16 or without your consent: 30 days after the last visit"),
        "left_over": _("- Age and group, under 16 or age not told: 30 days after the last visit"),
        "silent": _("- Everything else about you: 12 months after the last visit, announced 30 days before"),
    }


def _keeping_times(_turn: Turn, _person: Person) -> Reply:
    words = keeping_words()
    text = "\n".join(words[line.name] for line in retention.LINES)
    return Reply((Say(text, (Button(_("My data"), "me"), start.home()), title=_("How long it is kept")),), "me:keeping")


def _decline(turn: Turn, person: Person) -> Reply:
    """Not agreeing is noted too, so that nobody is asked twice."""
    if consents.latest(consents.ledger(turn.tx, person.id), consents.PROGRESS) is None:
        consents.note(turn.tx, person.id, Entry(consents.PROGRESS, VERSION, given=False, day=turn.today))
    text = _("Fine, then it goes after 30 days without you. You can change that under my data.")
    return Reply((Say(text, (Button(_("Other lessons"), "learn"), start.home())),), "menu")


def _confirm() -> Reply:
    buttons = (Button(_("Erase everything"), "me:erase:yes"), Button(_("Keep it"), "me"))
    return Reply((Say(_("Erase all I keep about you? This can't be undone."), buttons),), "me")


def _erase(turn: Turn, person: Person) -> Reply:
    devices = people.devices(turn.tx, person.id)
    people.remove(turn.tx, person.id)
    turn.person = None
    say = Say(_("All is erased. You can start anew whenever you like."), (Button(_("Start again"), "start"),))
    return Reply((say,), "", erased=devices)


def _export(turn: Turn, person: Person) -> Reply:
    """Where others read along, not before it was said."""
    return _warned(turn) if turn.incoming.watched and turn.argument(2) != "yes" else _exported(turn, person)


def _warned(turn: Turn) -> Reply:
    who = _("It will stand here as text, and whoever runs this account can read it, beside your account's name.")
    where = _("Nobody reads along on this page: {page} To take it along there, link this chat first.", page=turn.page)
    buttons = (Button(_("Write it here"), "me:export:yes"), _link(), Button(_("My data"), "me"), start.home())
    text = "\n\n".join((who, where) if turn.page else (who,))
    return Reply((Say(text, buttons, title=_("Take it along")),), "me")


def _exported(turn: Turn, person: Person) -> Reply:
    content = msgspec.json.format(msgspec.json.encode(exported(turn, person)), indent=2).decode()
    buttons = (Button(_("My data"), "me"), start.home())
    say = Say(
        _("Here is all I keep about you, as a file for machines to read (JSON)."),
        buttons,
        document=Document("la-chan.json", content),
        personal=True,
    )
    return Reply((say,), "me")


def exported(turn: Turn, person: Person) -> dict[str, Any]:
    """All that is kept about a person, in plain terms; internal ids stay inside."""
    return {
        "language": person.language,
        "age": person.age,
        "track": person.track,
        "unit": person.unit,
        "channels": [device.channel for device in people.devices(turn.tx, person.id)],
        "last_active_on": person.active_on,
        "told_of_the_end_on": person.noticed_on,
        "where_the_conversation_stands": turn.state.place,
        "running_practice": turn.state.note,
        "answers_kept_until_tomorrow": inbox.count(turn.tx, person.id),
        "consents": consents.ledger(turn.tx, person.id),
        "progress": progress.of(turn.tx, person.id),
    }


_SCREENS: Mapping[str, Callable[[Turn, Person], Reply]] = {
    "export": _export,
    "agree": partial(_decide, given=True),
    "withdraw": partial(_decide, given=False),
    "decline": _decline,
    "keeping": _keeping_times,
}
