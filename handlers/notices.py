"""What the bot says by itself: so far, that silence ends in erasing."""

import msgspec

from handlers.chat import Button, Say
from storage.people import Person
from storage.wording import catalogue

_ = catalogue("bot")


def silence(_person: Person) -> str:
    """The notice to somebody who was silent for eleven months, as the JSON of one message."""
    text = _("You haven't been here for a long time. In 30 days I erase what I keep about you, unless you come back.")
    say = Say(text, (Button(_("Keep it"), "menu"), Button(_("My data"), "me")))
    return msgspec.json.encode(say).decode()
