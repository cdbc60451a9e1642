"""Messages in Zalo's habits: plain text, up to five buttons under it, numbers to call among them."""

from dataclasses import dataclass, replace
from typing import Any

from bot.channels.channel import Capabilities
from bot.channels.menus import has_buttons, listed, stepped, written
from bot.channels.texts import split, utf16
from bot.channels.zalo_oa.wire import MARK
from handlers.chat import Button, Call, Say

ABLE = Capabilities(
    text=2000,
    measure=utf16,  # whether Zalo counts so is told nowhere; of all counts it is the strictest
    buttons=5,
    label=100,
    watched=True,
)
LONGEST_CODE = 1000  # of a button's payload

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One call's worth: a text, the buttons under it, and those buttons as text, should Zalo refuse them."""

    text: str
    buttons: tuple[Message, ...] = ()
    listed: str = ""

    def message(self) -> Message:
        """As Zalo takes it."""
        if not self.buttons:
            return {"text": self.text}
        template = {"type": "template", "payload": {"buttons": list(self.buttons)}}
        return {"text": self.text, "attachment": template}

    def plain(self) -> tuple["Part", ...]:
        """The same without buttons: nobody who needs a number goes without it."""
        return tuple(map(Part, _split(f"{stepped(self.text)}\n\n{self.listed}")))


def parts(say: Say) -> tuple[Part, ...]:
    """A message in as many parts as it takes, buttons under the last."""
    shown = say.buttons if has_buttons(say, ABLE) else ()
    called = _dialled(say.calls, ABLE.buttons - len(shown))
    rest = tuple(call for call in say.calls if call not in called)
    texts = _split(written(replace(say, calls=rest), numbered=not shown)) + _document(say)
    if not shown and not called:
        return tuple(map(Part, texts))
    *before, last = texts or ("…",)  # buttons need a text to stand under
    buttons = (*map(_call, called), *map(_button, shown))
    return (*map(Part, before), Part(last, buttons, listed(called, shown)))


def _split(text: str) -> tuple[str, ...]:
    return split(text, ABLE.text, ABLE.measure)


def _document(say: Say) -> tuple[str, ...]:
    """A file can't be handed over without Zalo keeping it on a server of its own, so it is told as text."""
    return _split(say.document.written) if say.document else ()


def _dialled(calls: tuple[Call, ...], room: int) -> tuple[Call, ...]:
    """The calls that get a button, the first ones first."""
    fitting = (one for one in calls if 0 < utf16(one.label) <= ABLE.label and len(one.number) <= LONGEST_CODE)
    return tuple(fitting)[:room]


def _call(call: Call) -> Message:
    return {"title": call.label, "type": "oa.open.phone", "payload": {"phone_code": call.number}}


def _button(button: Button) -> Message:
    """Pressed, it writes to us unseen: what it carries would tell a reader nothing."""
    return {"title": button.label, "type": "oa.query.hide", "payload": MARK + button.action}
