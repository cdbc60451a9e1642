"""A message as the web page gets it."""

from msgspec import Struct

from handlers.chat import Say, plain


class ShownButton(Struct, frozen=True):
    """One thing to tap: send `action` back as it is."""

    label: str
    action: str


class ShownCall(Struct, frozen=True):
    """A telephone number to tap."""

    label: str
    number: str


class ShownDocument(Struct, frozen=True):
    """A file to save."""

    name: str
    content: str


class Shown(Struct, frozen=True):
    """One message: `text` is all of it as plain text, the other keys are its parts."""

    text: str
    buttons: tuple[ShownButton, ...]
    title: str
    body: str
    source: str
    step: tuple[int, int] | None
    urgent: bool
    calls: tuple[ShownCall, ...]
    document: ShownDocument | None


def shown(say: Say) -> Shown:
    """One message as the page gets it."""
    return Shown(
        text=plain(say),
        buttons=tuple(ShownButton(button.label, button.action) for button in say.buttons),
        title=say.title,
        body=say.text,
        source=say.source,
        step=say.step,
        urgent=say.urgent,
        calls=tuple(ShownCall(call.label, call.number) for call in say.calls),
        document=ShownDocument(say.document.name, say.document.content) if say.document else None,
    )
