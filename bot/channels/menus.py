"""Menus in what a channel can do: its own buttons, or a numbered list that is answered by typing."""

import re

from bot.channels.channel import Capabilities
from handlers.chat import Button, Call, Say, head, plain, source_line, untold
from storage.wording import catalogue

_ = catalogue("bot")
_NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)


def has_buttons(say: Say, able: Capabilities) -> bool:
    """Whether the channel's own buttons can show this menu: all of it, each label whole."""
    fits = all(able.measure(button.label) <= able.label for button in say.buttons)
    return 0 < len(say.buttons) <= able.buttons and fits


def written(say: Say, *, numbered: bool = True) -> str:
    """The whole message as plain text; with `numbered`, its buttons from 1."""
    buttons = say.buttons if numbered else ()
    text = stepped(plain(say)) if buttons else plain(say)
    return "\n\n".join(part for part in (text, listed(untold(say), buttons)) if part)


def marked(say: Say) -> str:
    """The whole message but its buttons, with its marks for bold."""
    title = f"**{head(say)}**" if head(say) else ""
    return "\n\n".join(part for part in (title, say.text, source_line(say), listed(untold(say))) if part)


def listed(calls: tuple[Call, ...], buttons: tuple[Button, ...] = ()) -> str:
    """What can be done, a line each: numbers to call, then buttons from 1, and how to choose one."""
    numbered = (f"{number}. {button.label}" for number, button in enumerate(buttons, 1))
    choices = "\n".join((_("Type a number to choose:"), *numbered)) if buttons else ""
    return "\n\n".join(part for part in ("\n".join(map(call_line, calls)), choices) if part)


def stepped(text: str) -> str:
    """A text whose numbered lines are called steps: a "2" under it means the menu, and nothing else."""
    return _NUMBERED.sub(lambda found: _("Step {number}:", number=found[1]) + " ", text)


def call_line(call: Call) -> str:
    """A telephone number as a line of text."""
    return f"☎ {call.label}"
