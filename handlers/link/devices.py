"""The conversation about one's devices: which there are, by the names of their channels, and how to unlink one."""

from collections import Counter

from handlers import start
from handlers.channels import channel_name
from handlers.chat import Button, Say, action
from handlers.link import joining, rules
from handlers.turn import Reply, Turn
from storage import people
from storage.people import Device, Person
from storage.wording import catalogue

_ = catalogue("bot")


def in_use(turn: Turn, person: Person) -> str:
    """The line that names a person's channels."""
    counted = Counter(channel_name(one.channel) for one in people.devices(turn.tx, person.id))
    names = (_("{channel} ({count})", channel=name, count=many) if many > 1 else name for name, many in counted.items())
    return _("Channels in use: {channels}", channels=", ".join(names))


def listed(turn: Turn, person: Person, first: str = "") -> Reply:
    """Every device with a button to unlink it."""
    named = _named(turn, person)
    buttons = [Button(name, action("link", "cut", tag)) for tag, name in named.items()]
    last = _("Which one to unlink? It no longer sees your data and begins anew.")
    if len(named) < 2:
        buttons = [Button(_("Link devices"), "link")]
        last = _("Nothing is linked: this is your only device.")
    text = "\n\n".join(line for line in (first, in_use(turn, person), last) if line)
    say = Say(text, (*buttons, Button(_("My data"), "me"), start.home()), title=_("Unlink a device"), personal=True)
    return Reply((say,), "link:devices")


def cut(turn: Turn, person: Person) -> Reply:
    """Ask once more, then unlink."""
    tag = turn.argument(2)
    name = _named(turn, person).get(tag)
    if name is None:
        return listed(turn, person, _("That device isn't linked any more."))
    if turn.argument(3) != "yes":
        buttons = (Button(_("Unlink"), action("link", "cut", tag, "yes")), Button(_("Keep it"), "link:devices"))
        return Reply((Say(_unlink(turn, person, tag, name), buttons),), "link:devices")
    if joining.unlink(turn, person, tag) is None:
        return listed(turn, person)
    if turn.person is None:
        text = _("This device is unlinked and begins anew. Your data stays with your other devices.")
        return Reply((Say(text, (start.home(),)),), "")
    return listed(turn, person, _("Unlinked: {device}.", device=name))


def _unlink(turn: Turn, person: Person, tag: str, name: str) -> str:
    here = joining.device(turn)
    if rules.tag(person.id, *here) == tag:
        return _("Unlink this device ({channel})?", channel=channel_name(here.channel))
    return _("Unlink {device}?", device=name)


def _named(turn: Turn, person: Person) -> dict[str, str]:
    """Each device's tag, and how it is called: by its channel, numbered where there are several of one."""
    found: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    known = people.devices(turn.tx, person.id)
    counted = Counter(one.channel for one in known)
    for one in known:
        numbers[one.channel] += 1
        name = _name(one, numbers[one.channel] if counted[one.channel] > 1 else 0)
        here = one == joining.device(turn)
        found[rules.tag(person.id, *one)] = _("This device: {device}", device=name) if here else name
    return found


def _name(device: Device, number: int) -> str:
    name = channel_name(device.channel)
    return _("{channel}, number {number}", channel=name, number=number) if number else name
