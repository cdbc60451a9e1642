"""What a fake Official Account's OpenAPI accepts, and the numbers with which it refuses."""

from dataclasses import dataclass
from typing import Any

TEXT, TITLE, PAYLOAD, BUTTONS = 2000, 100, 1000, 5
FREE, OPEN = 48 * 3600, 7 * 86_400  # seconds since somebody wrote: until then free; until then at all

ERRORS: dict[int, tuple[str, str]] = {
    # code: (what a client must do, what the platform says)
    -32: ("back off", "Your application reached limit call api"),
    -100: ("upload again", "Attachment id is invalid"),
    -201: ("content", "Params is invalid"),
    -204: ("human", "Official Account was disabled"),
    -205: ("human", "Official Account does not exist"),
    -209: ("human", "This API is not supported because the app was not approved"),
    -210: ("content", "Parameter exceeds the limit"),
    -211: ("quota", "Out of quota"),
    -212: ("human", "Official Account has not registered this API"),
    -213: ("recipient", "User has not followed the Official Account"),
    -216: ("refresh", "Access token is invalid"),
    -217: ("recipient", "User has blocked invitations"),
    -218: ("recipient", "Out of quota to receive"),
    -219: ("human", "App was removed or disabled"),
    -220: ("refresh", "Access token has expired"),
    -221: ("human", "Official Account was not verified"),
    -223: ("human", "Out of quota of the Official Account's package"),
    -224: ("human", "Official Account has no package for this API"),
    -227: ("recipient", "User is banned or was not active for 45 days"),
    -230: ("recipient", "User has not interacted in the past 7 days"),
    -232: ("recipient", "User has never interacted"),
    -233: ("content", "Message type is not supported"),
    -234: ("night", "This message can't be sent at night"),
    -240: ("human", "This API was shut down"),
    -242: ("human", "appsecret_proof is invalid"),
    -244: ("recipient", "User has restricted this type of message"),
    -248: ("content", "The message breaks the rules"),
    -320: ("human", "The app is not linked to a business account"),
    -321: ("human", "The business account has no money left"),
}


class Refused(Exception):
    """The request isn't taken; `code` stands in ERRORS."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; a press on a query sends its payload."""

    title: str
    kind: str
    payload: Any

    @property
    def query(self) -> bool:
        """Whether a press comes back."""
        return self.kind in {"oa.query.show", "oa.query.hide"}


_FIELDS = {"oa.open.url": {"url"}, "oa.open.phone": {"phone_code"}, "oa.open.sms": {"content", "phone_code"}}


def _most(value: Any, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused(-201)
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 > most:  # the strictest way to count
        raise Refused(-210)
    return value


def _button(given: Any) -> Button:
    if not isinstance(given, dict):
        raise Refused(-201)
    button = Button(_most(given.get("title"), TITLE), str(given.get("type")), given.get("payload"))
    if button.query:
        _most(button.payload, PAYLOAD)
    elif not isinstance(button.payload, dict) or button.payload.keys() != _FIELDS.get(button.kind):
        raise Refused(-201)
    return button


def _buttons(message: dict[str, Any], template_type: bool | None) -> tuple[Button, ...]:
    attachment = message.get("attachment")
    if attachment is None:
        return ()
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if not isinstance(payload, dict) or attachment.get("type") != "template":
        raise Refused(-233)
    if template_type is not None and ("template_type" in payload) is not template_type:
        raise Refused(-201)
    rows = payload.get("buttons")
    if not isinstance(rows, list) or not rows:
        raise Refused(-201)
    if len(rows) > BUTTONS:
        raise Refused(-210)
    return tuple(map(_button, rows))


def message(given: dict[str, Any], template_type: bool | None) -> tuple[str, tuple[Button, ...]]:
    """Text and buttons of a message that is taken; `template_type`: whether one must, mustn't or may be given."""
    found = given.get("message")
    if not isinstance(found, dict):
        raise Refused(-201)
    return _most(found.get("text"), TEXT), _buttons(found, template_type)
