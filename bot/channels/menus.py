"""Menus in what a channel can do: its own buttons, or a numbered list that is answered by typing."""

from bot.channels.channel import Capabilities
from handlers.chat import Button, Call, Say, head, plain


def has_buttons(say: Say, able: Capabilities) -> bool:
    """Whether the channel's own buttons can show this menu: all of it, each label whole."""
    fits = all(able.measure(button.label) <= able.label for button in say.buttons)
    return 0 < len(say.buttons) <= able.buttons and fits


def written(say: Say, *, numbered: bool = True) -> str:
    """The whole message as plain text; with `numbered`, its buttons from 1."""
    return "\n\n".join(part for part in (plain(say), listed(say.calls, say.buttons if numbered else ())) if part)


def marked(say: Say) -> str:
    """The whole message but its buttons, with its marks for bold."""
    title = f"**{head(say)}**" if head(say) else ""
    return "\n\n".join(part for part in (title, say.text, say.source, listed(say.calls)) if part)


def listed(calls: tuple[Call, ...], buttons: tuple[Button, ...] = ()) -> str:
    """What can be done, a line each: numbers to call, then buttons from 1."""
    numbered = "\n".join(f"{number}. {button.label}" for number, button in enumerate(buttons, 1))
    return "\n\n".join(part for part in ("\n".join(map(call_line, calls)), numbered) if part)


def call_line(call: Call) -> str:
    """A telephone number as a line of text."""
    return f"☎ {call.label}"
