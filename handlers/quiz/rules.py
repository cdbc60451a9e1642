"""Drawing practice questions and taking answers. Pure: values in, values out, chance is an argument."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from storage.library import Option, Question
from storage.progress import Learnt

LENGTH = 5  # questions in one practice: a few minutes


@dataclass(frozen=True, slots=True)
class Run:
    """One practice: what is asked, the question that stands (0 = first), how many were right."""

    asked: tuple[str, ...]
    seed: int
    at: int = 0
    right: int = 0

    @property
    def slot(self) -> str:
        """What an answer names: this question of this run. An old button of another run answers nothing."""
        return f"{self.at}-{self.seed % 10_000}"

    @property
    def over(self) -> bool:
        """Whether all questions were answered."""
        return self.at >= len(self.asked)


def draw(
    questions: Iterable[Question], card: str, track: str | None, seed: int, learnt: Iterable[Learnt] = ()
) -> Run | None:
    """A run over a card's questions, or over the track's where no card is given; None if there are none.

    What was answered (`learnt`) is asked again only where too few are left, the longest ago first, and comes last.
    Questions for people at risk, or about a card for them, are never drawn: a run is kept, and they leave no trace.
    """
    asked = [one for one in questions if not one.private]
    pool = [one for one in asked if one.card == card or (not card and (track is None or track in one.tracks))]
    if not pool:
        return None
    chance = Random(seed)  # noqa: S311 - which practice question comes is no secret
    answered = {one.item: (one.day, one.at) for one in learnt if one.kind == "question"}
    never = (date.min, 0)
    drawn = sorted(chance.sample(pool, len(pool)), key=lambda one: answered.get(one.id, never))[:LENGTH]
    return Run(tuple(one.id for one in sorted(drawn, key=lambda one: (one.id in answered, one.level))), seed)


def options(question: Question, run: Run) -> tuple[Option, ...]:
    """The question's options in the order in which this run shows them."""
    shuffled = list(question.options)
    Random(f"{run.seed}:{question.id}").shuffle(shuffled)  # noqa: S311 - as above
    return tuple(shuffled)


def answer(run: Run, right: bool) -> Run:
    """The run after an answer to the question that stands."""
    return replace(run, at=run.at + 1, right=run.right + int(right))


def counted(known: Learnt | None, question: Question, right: bool, day: date) -> Learnt:
    """The line about a question after one more answer: times answered, times right."""
    at, of = (known.at, known.of) if known else (0, 0)
    return Learnt("question", question.id, at + 1, of + int(right), right or bool(known and known.done), day)
