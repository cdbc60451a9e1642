"""The conversation of practice questions: a question, an answer, why; at the end how many were right."""

from typing import Any

from handlers import start
from handlers.chat import Button, Say, action
from handlers.quiz import practice, rules
from handlers.quiz.rules import Run
from handlers.turn import Reply, Turn
from storage import progress
from storage.library import Question
from storage.wording import catalogue

_ = catalogue("bot")


def practise(turn: Turn) -> Reply:
    """Begin a practice, take an answer, or show the question that stands."""
    match turn.fields[1:]:
        case ("a", *_rest):
            return _answer(turn)
        case ("now",):
            return _now(turn)
        case ("start", card):
            return _begin(turn, card)
        case ():
            return _begin(turn, "")
        case _:
            return start.stale(turn)


def _begin(turn: Turn, card: str) -> Reply:
    lesson = turn.library.lessons.get(card)
    if card and (lesson is None or lesson.private):
        return start.stale(turn)
    track = turn.person.track if turn.person else None
    learnt = progress.of(turn.tx, turn.person.id) if turn.person else ()
    run = rules.draw(turn.library.questions.values(), card, track, turn.seed, learnt)
    if run is None:
        return start.stale(turn)
    turn.somebody()
    return _ask(turn, run, ())


def _answer(turn: Turn) -> Reply:
    run = _running(turn)
    choice = turn.number(3)
    if run is None or run.over or turn.argument(2) != run.slot or choice is None:
        return _now(turn)
    question = turn.library.questions[run.asked[run.at]]
    shown = rules.options(question, run)
    if choice >= len(shown):
        return _now(turn)
    right = shown[choice].right
    practice.take_answer(turn.tx, turn.somebody(), question, right, turn.today)
    return _ask(turn, rules.answer(run, right), (explained(question, right),))


def _now(turn: Turn) -> Reply:
    run = _running(turn)
    return _ask(turn, run, ()) if run else start.stale(turn)


def _running(turn: Turn) -> Run | None:
    """The run that stands, unless the content has lost one of its questions meanwhile."""
    note = turn.state.note.get("quiz")
    if not note:
        return None
    run = Run(tuple(note["asked"]), note["seed"], note["at"], note["right"])
    return run if all(one in turn.library.questions for one in run.asked) else None


def _ask(turn: Turn, run: Run, before: tuple[Say, ...]) -> Reply:
    if run.over:
        return Reply((*before, _result(turn, run)), "quiz:now", {"quiz": _noted(run)})
    question = turn.library.questions[run.asked[run.at]]
    buttons = (
        Button(option.text, action("quiz", "a", run.slot, number))
        for number, option in enumerate(rules.options(question, run))
    )
    say = Say(question.text, (*buttons, start.home()), step=(run.at + 1, len(run.asked)))
    return Reply((*before, say), "quiz:now", {"quiz": _noted(run)})


def _noted(run: Run) -> dict[str, Any]:
    return {"asked": list(run.asked), "seed": run.seed, "at": run.at, "right": run.right}


def explained(question: Question, right: bool) -> Say:
    """Whether it was right, and why; never in a tone of blame."""
    head = _("That's right.") if right else _("Not quite, many people think so too.")
    answer = next(option.text for option in question.options if option.right)
    told = question.explain if right else _("The right answer: {answer}", answer=answer) + "\n\n" + question.explain
    return Say(told, title=head, source=question.source)


def _result(turn: Turn, run: Run) -> Say:
    cards = {turn.library.questions[one].card for one in run.asked}
    text = _("You got {right} of {of} right.", right=run.right, of=len(run.asked))
    buttons = [Button(_("Five more"), "quiz")]
    if len(cards) == 1 and (card := turn.library.lessons.get(cards.pop())):
        buttons.append(Button(_("Read: {title}", title=card.title), action("card", card.id)))
    return Say(text, (*buttons, Button(_("Other lessons"), "learn"), start.home()), title=_("Done"))
