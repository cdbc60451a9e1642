"""Menus in what a channel can do: its own buttons, or a numbered list that is answered by typing."""

from bot.channels.channel import Capabilities
from handlers.chat import Button, Call, Say, plain


def has_buttons(say: Say, able: Capabilities) -> bool:
    """Whether the channel's own buttons can show this menu: all of it, each label whole."""
    fits = all(able.measure(button.label) <= able.label for button in say.buttons)
    return 0 < len(say.buttons) <= able.buttons and fits


def written(say: Say, *, numbered: bool = True) -> str:
    """The whole message as plain text; with `numbered`, its buttons from 1."""
    calls = "\n".join(map(call_line, say.calls))
    buttons = "\n".join(_button(number, button) for number, button in enumerate(say.buttons, 1)) if numbered else ""
    return "\n\n".join(part for part in (plain(say), calls, buttons) if part)


def call_line(call: Call) -> str:
    """A telephone number as a line of text."""
    return f"☎ {call.label}"


def _button(number: int, button: Button) -> str:
    return f"{number}. {button.label}"
