"""What is typed freely: danger first, then an honest answer. Private: what people type is never written."""

from handlers import start
from handlers.ask import rules
from handlers.chat import Button, Kind, Say, Thing, action
from handlers.help.talk import aid_screen, crisis_screen, emergency_calls, heard_screen, hidden
from handlers.turn import Moment, Reply
from storage.wording import catalogue

_ = catalogue("bot")

_UNKEPT = frozenset({Thing.PHOTO, Thing.DOCUMENT, Thing.CONTACT})
"""Of which it is said that they aren't kept."""


def answer(moment: Moment, standing: str) -> Reply:
    """Answer free text, or whatever else a person sent: words that came with it are heard first."""
    heard = _heard(moment)
    if heard is not None:
        return heard
    return _thing(moment, standing) if moment.incoming.kind is Kind.OTHER else _cards(moment, standing)


def _heard(moment: Moment) -> Reply | None:
    """The answer to what can't wait, where the words speak of it."""
    library = moment.library
    situation = rules.situation(moment.incoming.text, library)
    if situation is not None:
        return Reply((aid_screen(library, situation),), action("aid", situation.id))
    if rules.in_danger(moment.incoming.text, library):
        return Reply((crisis_screen(moment),), "need")
    if rules.is_heavy(moment.incoming.text, library):
        return Reply((heard_screen(moment, rules.cards(moment.incoming.text, library)),), "need")
    return None


def _thing(moment: Moment, standing: str) -> Reply:
    """What can't be read: a kind sentence, or lessons for the words that came along."""
    incoming = moment.incoming
    if incoming.thing is Thing.HIDDEN:
        return hidden(moment)
    if rules.cards(incoming.text, moment.library):
        return _cards(moment, standing)
    calls = emergency_calls(moment.library, ("115", "113")) if incoming.thing is Thing.LOCATION else ()
    readers = start.readers(moment) if incoming.thing in _UNKEPT else ""
    text = "\n\n".join(part for part in (_sentence(incoming.thing), readers) if part)
    return Reply((Say(text, _ways(), calls=calls),), standing)


def _sentence(thing: Thing) -> str:
    told = {
        Thing.STICKER: _("I see your sticker, but I can only read words. Please write it, or choose below."),
        Thing.VOICE: _("I can't listen to voice messages yet. Please write it, or choose below."),
        Thing.MUSIC: _("I can't listen to music yet. Please tell it in words, or choose below."),
        Thing.ANIMATION: _("I can't watch moving pictures yet. Please tell it in words, or choose below."),
        Thing.PHOTO: _("I don't open pictures and keep none. Please tell it in words, or choose below."),
        Thing.VIDEO: _("I can't watch videos yet. Please tell it in words, or choose below."),
        Thing.DOCUMENT: _("I don't open files and keep none. Please tell it in words, or choose below."),
        Thing.CONTACT: _("I need nobody's name or number and keep none. Please write your question, or choose below."),
        Thing.LOCATION: _("I can't send anybody to you. If help must come, call 115 and say where you are."),
        Thing.POLL: _("I can't take part in polls. Please write your question, or choose below."),
        Thing.FORWARD: _("I don't understand forwarded messages yet. Please use your own words, or choose below."),
        Thing.EDITED: _("I see that you changed a message. To ask again, please send a new one, or choose below."),
    }
    return told.get(thing) or _("I can only read text so far. Please write it, or choose below.")


def _cards(moment: Moment, standing: str) -> Reply:
    found = rules.cards(moment.incoming.text, moment.library)
    if not found:
        text = _("I don't understand this yet. Try other words, or choose below.")
        return Reply((Say(start.told(moment, text), _ways()),), standing)
    buttons = tuple(Button(card.title, action("card", card.id)) for card in found)
    text = _("I can't answer freely yet, but I have this.")
    return Reply((Say(start.told(moment, text), (*buttons, *_ways())),), standing)


def _ways() -> tuple[Button, ...]:
    quiet = Button(_("I want to read and talk in peace"), "need")
    return (Button(_("I need help"), "help"), quiet, Button(_("Learn"), "learn"), start.home())
