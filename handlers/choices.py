"""What a typed answer points at: "1", "b)", a command, or the label of a button."""

import re
from collections.abc import Mapping
from dataclasses import replace

from handlers.chat import Button, Incoming, Kind
from storage.library.lexicon import fold

COMMANDS: Mapping[str, str] = {
    "/start": "start",
    "/menu": "menu",
    "/huy": "menu:stopped",
    "/trogiup": "help",
    "/hoc": "learn",
    "/tinhhuong": "scene",
    "/luyen": "quiz",
    "/dulieu": "me",
    "/lienket": "link",
}
_WORDS = "cau|chon|so|dap an|phuong an|y|muc"  # written without marks: compared after folding
_SPOKEN = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi")  # after "number": "ba" is a father
_PLACE = rf"(?P<number>\d{{1,2}})|(?P<letter>[a-h])|(?<=so )(?P<spoken>{'|'.join(_SPOKEN)})"
_CHOICE = re.compile(rf"(?:(?:{_WORDS}) ?)*(?:{_PLACE})(?: (?:nhe|nha|a|di|ak|ah))?")
_LINK = re.compile(r"(?P<kind>card|track|school)-(?P<id>[A-Za-z0-9_-]{1,48})")


def chosen(text: str, menu: tuple[Button, ...]) -> str | None:
    """The action that a typed choice means in a menu, or None where it is no choice.

    One that the menu hasn't shows the screen that stands again: where no menu is remembered, it may have been meant
    for a private screen, which nothing but memory knows.
    """
    match = _CHOICE.fullmatch(fold(text))
    if match is None:
        return _labelled(text, menu)
    place = _place(match)
    return menu[place].action if 0 <= place < len(menu) else "resume"


def _place(match: re.Match[str]) -> int:
    """Counted from 0."""
    if match["number"]:
        return int(match["number"]) - 1
    return _SPOKEN.index(match["spoken"]) if match["spoken"] else ord(match["letter"]) - ord("a")


def _labelled(text: str, menu: tuple[Button, ...]) -> str | None:
    """The action of the button whose label was typed, with or without its marks."""
    typed = fold(text)
    return next((button.action for button in menu if typed and fold(button.label) == typed), None)


def command(text: str) -> str | None:
    """The action behind a command; one that we don't know is just text."""
    first = text.strip().split(maxsplit=1)[:1]
    return COMMANDS.get(first[0].lower().split("@")[0]) if first else None


def opened(text: str) -> str | None:
    """The action behind a deep link, such as `/start card-luat-pcmt`; None where it isn't one."""
    parts = text.strip().split()
    if len(parts) != 2 or parts[0].lower().split("@")[0] != "/start":
        return None
    found = _LINK.fullmatch(parts[1])
    return f"open:{found['kind']}:{found['id']}" if found else "start"


def resolved(incoming: Incoming, menu: tuple[Button, ...], labels: Mapping[str, str]) -> Incoming:
    """The message as a tap, where its text means one; otherwise as it came."""
    if incoming.kind is not Kind.TEXT:
        return incoming
    found = command(incoming.text) or chosen(incoming.text, menu) or labels.get(fold(incoming.text))
    return replace(incoming, kind=Kind.TAP, action=found, text="") if found else incoming
