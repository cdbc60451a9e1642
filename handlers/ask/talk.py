"""What is typed freely: danger first, then an honest answer. Private: what people type is never written."""

from handlers import start
from handlers.ask import rules
from handlers.chat import Button, Kind, Say, action
from handlers.help.talk import aid_screen, crisis_screen, heard_screen
from handlers.turn import Moment, Reply
from storage.wording import catalogue

_ = catalogue("bot")


def answer(moment: Moment, standing: str) -> Reply:
    """Answer free text, or whatever else a person sent."""
    if moment.incoming.kind is Kind.OTHER:
        return Reply((Say(_("I can only read text so far. Please write it, or choose below."), _ways()),), standing)
    library = moment.library
    situation = rules.situation(moment.incoming.text, library)
    if situation is not None:
        return Reply((aid_screen(library, situation),), action("aid", situation.id))
    if rules.in_danger(moment.incoming.text, library):
        return Reply((crisis_screen(library),), "need")
    if rules.is_heavy(moment.incoming.text, library):
        return Reply((heard_screen(library),), "need")
    return _cards(moment, standing)


def _cards(moment: Moment, standing: str) -> Reply:
    found = rules.cards(moment.incoming.text, moment.library)
    if not found:
        text = _("I don't understand this yet. Try other words, or choose below. What you typed isn't kept.")
        return Reply((Say(text, _ways()),), standing)
    buttons = tuple(Button(card.title, action("card", card.id)) for card in found)
    text = _("I can't answer freely yet, but I have this. What you typed isn't kept.")
    return Reply((Say(text, (*buttons, *_ways())),), standing)


def _ways() -> tuple[Button, ...]:
    quiet = Button(_("I want to read and talk in peace"), "need")
    return (Button(_("I need help"), "help"), quiet, Button(_("Learn"), "learn"), start.home())
