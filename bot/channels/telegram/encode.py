"""Messages in Telegram's habits: bold titles, buttons under the text, long texts in pieces."""

import html
import re
from dataclasses import replace

from bot.channels.channel import Capabilities
from bot.channels.menus import marked
from bot.channels.telegram.wire import LASTING
from bot.channels.texts import BOLD, shortened, split, unmarked, utf16
from handlers.chat import LONGEST_ACTION, Button, Say

ABLE = Capabilities(
    text=4096,
    measure=utf16,
    buttons=100,
    label=64,  # longer ones are cut on a phone's width; Telegram itself sets no limit
)
CAPTION, PASSING = 1024, 200
BESIDE = 14  # units: two labels as short as this share a row

Row = tuple[Button, ...]


def pieces(say: Say) -> tuple[str, ...]:
    """The message as HTML, in as many pieces as it takes, one at least; counted as Telegram does, after entities."""
    parts = split(marked(say), ABLE.text, lambda text: utf16(unmarked(text)))
    return tuple(_html(part) for part in parts if unmarked(part).strip()) or ("…",)  # buttons need a text


def caption(say: Say) -> str:
    """What stands under a document."""
    return _html(shortened(marked(say), CAPTION, lambda text: utf16(unmarked(text))))


def rows(say: Say) -> tuple[Row, ...]:
    """The buttons in rows: one a row, but short ones side by side."""
    found: list[Row] = []
    for button in map(_lasting, say.buttons) if say.urgent else say.buttons:
        if found and len(found[-1]) == 1 and _short(found[-1][0]) and _short(button):
            found[-1] = (found[-1][0], button)
        else:
            found.append((button,))
    return tuple(found)


def passing(text: str) -> str:
    """What is shown for a moment after a tap: the first paragraph."""
    return shortened(text.partition("\n\n")[0], PASSING, utf16)


def unpassed(say: Say) -> Say:
    """The message without what was shown for a moment."""
    rest = say.text.partition("\n\n")[2]
    return replace(say, text=rest) if say.passing and rest else say


def bare(text: str) -> str:
    """What was made as HTML, as plain text: should Telegram not understand our HTML after all."""
    return html.unescape(re.sub(r"</?b>", "", text))


def _lasting(button: Button) -> Button:
    marked = LASTING + button.action
    return replace(button, action=marked) if len(marked.encode()) <= LONGEST_ACTION else button


def _short(button: Button) -> bool:
    return utf16(button.label) <= BESIDE


def _html(text: str) -> str:
    return BOLD.sub(r"<b>\1</b>", html.escape(text, quote=False)).replace("**", "")
