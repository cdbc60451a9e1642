"""Practice about a card for people at risk: private, so that nothing is noted; where one stands is in the buttons."""

from handlers import start
from handlers.chat import Button, Say, action
from handlers.quiz import rules
from handlers.quiz.talk import explained
from handlers.turn import Moment, Reply
from storage.library import Library, Question
from storage.wording import catalogue

_ = catalogue("bot")


def practise(moment: Moment) -> Reply:
    """Ask a card's questions one after the other: `check:<card>:<question>:<answer>`."""
    card, at, choice = moment.argument(1), moment.number(2) or 0, moment.number(3)
    asked = questions(moment.library, card)
    if choice is None or at >= len(asked):
        return _ask(card, asked, at, ())
    shown = rules.options(asked[at], rules.Run((), seed=0))
    if choice >= len(shown):
        return _ask(card, asked, at, ())
    return _ask(card, asked, at + 1, (explained(asked[at], shown[choice].right),))


def questions(library: Library, card: str) -> tuple[Question, ...]:
    """The questions about a card for people at risk; none about another card."""
    lesson = library.lessons.get(card)
    if lesson is None or not lesson.private:
        return ()
    return tuple(one for one in library.questions.values() if one.card == card)


def _ask(card: str, asked: tuple[Question, ...], at: int, before: tuple[Say, ...]) -> Reply:
    if at >= len(asked):
        return _end(card, asked, before)
    shown = rules.options(asked[at], rules.Run((), seed=0))
    buttons = (Button(option.text, action("check", card, at, n)) for n, option in enumerate(shown))
    say = Say(asked[at].text, (*buttons, Button(_("Help lines"), "lines"), start.home()), step=(at + 1, len(asked)))
    return Reply((*before, say), action("check", card, at))


def _end(card: str, asked: tuple[Question, ...], before: tuple[Say, ...]) -> Reply:
    again = (Button(_("Read it again"), action("card", card)),) if asked else ()
    ways = (
        *again,
        Button(_("I want to read and talk in peace"), "need"),
        Button(_("Help lines"), "lines"),
        start.home(),
    )
    say = Say(_("Those were the questions. Nothing of it is kept."), ways, title=_("Done"))
    return Reply((*before, say), action("check", card, len(asked)) if asked else "check")
