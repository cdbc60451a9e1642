"""The conversation of linking: a code here, typed there, and both are asked before they are one."""

from collections.abc import Callable, Mapping

import msgspec

from handlers import start
from handlers.channels import channel_name
from handlers.chat import Button, Say, action
from handlers.link import devices, joining, rules
from handlers.link.devices import in_use
from handlers.link.joining import Took
from handlers.turn import Reply, Turn
from storage import links
from storage.consents import PROGRESS, Entry
from storage.links import Link
from storage.people import Device, Person
from storage.schema import utc
from storage.wording import catalogue

_ = catalogue("bot")


def link(turn: Turn) -> Reply:
    """One screen of linking, by the action's argument."""
    asked = turn.argument(1)
    if asked in ("", "new"):
        return _show(turn, fresh=asked == "new")
    if asked == "take":
        return _take(turn)
    step = _STEPS.get(asked)
    if step is None:
        return start.stale(turn)
    return step(turn, turn.person) if turn.person else _ended(turn)


def _show(turn: Turn, *, fresh: bool) -> Reply:
    shown = joining.show(turn, fresh=fresh)
    if shown is None:
        return _say(_("Many people are linking devices just now. Please try again in a few minutes."), "menu")
    return _code(shown, "")


def _code(shown: Link, first: str) -> Reply:
    lines = (
        first,
        _("Your code: **{code}**", code=rules.spelled(shown.code)),
        _("On the other device, open our chat, in whichever app or on the web page, and type this code."),
        _("It works once, for 10 minutes, and is meant for your own devices only."),
    )
    buttons = (Button(_("I have typed it"), "link:look"), Button(_("New code"), "link:new"), _my_data(), start.home())
    text = "\n\n".join(line for line in lines if line)
    return Reply((Say(text, buttons, title=_("Link devices"), personal=True),), "link:look")


def _look(turn: Turn, person: Person) -> Reply:
    """How far the code came: the way for whoever can't be told by itself."""
    shown = links.shown_by(turn.tx, person.id, utc(turn.now))
    if shown is None:
        first = _("There is no code waiting: it was used, or its 10 minutes are over.")
        return _say(f"{first}\n\n{in_use(turn, person)}", "menu", Button(_("New code"), "link:new"), _my_data())
    if shown.agreed:
        return Reply((_is_it_you(shown),), "link:look")
    if shown.taker_channel is None:
        return _code(shown, _("Nobody typed the code so far."))
    text = _("The code was typed on {channel}. Please answer there first.", channel=channel_name(shown.taker_channel))
    return _say(text, "link:look", Button(_("Look again"), "link:look"), Button(_("New code"), "link:new"))


def _take(turn: Turn) -> Reply:
    took, taken = joining.take(turn, turn.argument(2))
    if taken:
        return _waiting(taken) if took is Took.WAITING else _do_you_agree(taken)
    return _say(_not_taken(took), "menu", Button(_("Link devices"), "link"))


def _not_taken(took: Took) -> str:
    said = {
        Took.TOO_MANY: _("That were many codes. Please wait 10 minutes, then try again."),
        Took.OWN: _("This is the code of this device. Type it on the other one."),
        Took.ALREADY: _("These two devices are linked already."),
        Took.FULL: _("One person can link {count} devices. Unlink one first.", count=rules.MOST_DEVICES),
    }
    return said.get(took) or _("This code isn't right, or its time is over. Look at it again, or take a new one.")


def _do_you_agree(taken: Link) -> Reply:
    lines = (
        _("Link with the person on {channel} who shows this code?", channel=channel_name(taken.channel)),
        _("- You two become one: the same lessons learned, age and group."),
        _("- Erasing everything on one device erases it on both."),
        _("- Whoever holds the other device sees all that, so agree only if it is yours."),
    )
    buttons = (
        Button(_("I agree to link"), action("link", "agree", taken.ticket or "")),
        Button(_("Don't link"), action("link", "refuse", taken.ticket or "")),
    )
    return Reply((Say("\n".join((lines[0], "", *lines[1:])), buttons, title=_("Link devices")),), "link:asked")


def _asked(turn: Turn, person: Person) -> Reply:
    """Where somebody stands who typed a code."""
    taken = links.taken_by(turn.tx, person.id, utc(turn.now))
    if taken is None:
        return _ended(turn)
    return _waiting(taken) if taken.agreed else _do_you_agree(taken)


def _agree(turn: Turn, person: Person) -> Reply:
    taken = joining.agree(turn, person, turn.argument(2))
    if taken is None:
        return _asked(turn, person)
    _tell(turn, Device(taken.channel, taken.address), taken.person_id, _is_it_you(taken))
    return _waiting(taken)


def _waiting(taken: Link) -> Reply:
    where = channel_name(taken.channel)
    text = _("Now I ask on {channel} as well. Choose “That's me” there; until then nothing is linked.", channel=where)
    how = _("If nothing comes there, choose “I have typed it” under the code.")
    return _say(f"{text}\n\n{how}", "link:asked", Button(_("Look again"), "link:asked"))


def _is_it_you(shown: Link) -> Say:
    where = channel_name(shown.taker_channel or "")
    text = _("Somebody typed your code on {channel} and wants to link. Is that you?", channel=where)
    why = _("Whoever it is will see what you learned here, and can erase it. If it isn't you, nothing happens.")
    buttons = (
        Button(_("That's me"), action("link", "confirm", shown.ticket or "")),
        Button(_("Not me"), action("link", "deny", shown.ticket or "")),
    )
    return Say(f"{text}\n\n{why}", buttons, title=_("Link devices"))


def _confirm(turn: Turn, person: Person) -> Reply:
    done = joining.confirm(turn, person, turn.argument(2))
    if done is None or turn.person is None:
        return _ended(turn)
    linked, ended = done
    shorter = _shorter(ended)
    there = _("Linked with {channel}. What you learned here and there is together now.", channel=_shower(linked))
    _tell(turn, _taker(linked), turn.person.id, Say(_joined(there, shorter), (_my_data(), start.home())))
    here = _("Linked. What you learned here and there is together now.")
    return _say(_joined(here, shorter, in_use(turn, turn.person)), "menu", _my_data())


def _refuse(turn: Turn, person: Person) -> Reply:
    taken = links.taken_by(turn.tx, person.id, utc(turn.now))
    if not joining.refuse(turn, taken, turn.argument(2)):
        return _ended(turn)
    return _say(_("Fine, nothing is linked. That code can't be used any more."), "menu")


def _deny(turn: Turn, person: Person) -> Reply:
    shown = links.shown_by(turn.tx, person.id, utc(turn.now))
    if shown is None or not shown.taker_id or not joining.refuse(turn, shown, turn.argument(2)):
        return _ended(turn)
    told = Say(_("The other side chose not to link. Nothing has changed."), (start.home(),))
    _tell(turn, _taker(shown), shown.taker_id, told)
    text = _("Thank you for saying so. Nothing is linked, and that code can't be used any more.")
    return _say(text, "menu", Button(_("New code"), "link:new"))


def _ended(turn: Turn) -> Reply:
    """What was asked is over, by whatever way; and how things are."""
    text = _("That question is over: it was answered, or its 10 minutes are gone.")
    known = in_use(turn, turn.person) if turn.person else ""
    return _say(_joined(text, known), "menu", Button(_("Link devices"), "link"))


def _shorter(ended: tuple[Entry, ...]) -> str:
    """What is said where linking ended the consent to longer keeping."""
    if all(entry.purpose != PROGRESS for entry in ended):
        return ""
    return _("One side hadn't agreed to 12 months, so it goes after 30 days without you.")


def _tell(turn: Turn, to: Device, person_id: str, say: Say) -> None:
    joining.tell(turn, to, person_id, msgspec.json.encode(say).decode())


def _shower(linked: Link) -> str:
    return channel_name(linked.channel)


def _taker(linked: Link) -> Device:
    return Device(linked.taker_channel or "", linked.taker_address or "")


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _my_data() -> Button:
    return Button(_("My data"), "me")


def _say(text: str, place: str, *buttons: Button) -> Reply:
    return Reply((Say(text, (*buttons, start.home())),), place)


_STEPS: Mapping[str, Callable[[Turn, Person], Reply]] = {
    "look": _look,
    "asked": _asked,
    "agree": _agree,
    "refuse": _refuse,
    "confirm": _confirm,
    "deny": _deny,
    "devices": devices.listed,
    "cut": devices.cut,
}
