"""Which questions a practice asks: what was asked lately comes last, or not at all."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from handlers.quiz import rules
from storage.library import load
from storage.progress import Learnt
from storage.wording import CONTENT, LANGUAGE

TODAY = date(2026, 11, 24)
LIBRARY = load(CONTENT / LANGUAGE, TODAY)
QUESTIONS = tuple(LIBRARY.questions.values())
PUPILS = [one.id for one in QUESTIONS if not one.private and "hs" in one.tracks]


def answered(ids: list[str], day: date = TODAY) -> list[Learnt]:
    """These questions, each answered once."""
    return [Learnt("question", one, 1, 1, True, day) for one in ids]


def asked(learnt: list[Learnt], seed: int) -> tuple[str, ...]:
    """What a practice for pupils asks."""
    run = rules.draw(QUESTIONS, "", "hs", seed, learnt)
    assert run is not None
    return run.asked


@given(st.integers(0, 2**32), st.sets(st.sampled_from(PUPILS)))
def test_nothing_is_asked_again_while_something_new_is_left(seed: int, known: set[str]) -> None:
    """A practice right after another has no question of it, unless too few are left: then they come last."""
    run = asked(answered(sorted(known)), seed)
    fresh = [one for one in run if one not in known]
    assert len(fresh) == min(rules.LENGTH, len(set(PUPILS) - known))
    assert list(run[: len(fresh)]) == fresh


@given(st.integers(0, 2**32), st.sets(st.sampled_from(PUPILS), min_size=rules.LENGTH))
def test_when_all_is_known_the_longest_ago_is_asked(seed: int, old: set[str]) -> None:
    """Not the one of a minute ago."""
    recent = [one for one in PUPILS if one not in old]
    assert set(asked(answered(sorted(old), date(2026, 11, 1)) + answered(recent), seed)) <= old


def test_who_is_new_gets_what_chance_gives() -> None:
    """Another practice, other questions; the easy ones first."""
    assert len({asked([], seed) for seed in range(20)}) > 10
    levels = [LIBRARY.questions[one].level for one in asked([], 1)]
    assert levels == sorted(levels)
