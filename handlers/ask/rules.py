"""A first, small ear for free text: words of danger, and cards whose words were used. Pure.

Real understanding is a later piece of work; until then danger words are matched as written in the content
(`lexicon.yaml`), with and without marks, and cards by the phrases that stand there.
"""

from storage.library import Lesson, Library, Situation
from storage.library.lexicon import fold

MOST = 3  # cards offered


def situation(text: str, library: Library) -> Situation | None:
    """The first-aid situation whose words a text uses; the lexicon lists what can't wait first."""
    said = f" {fold(text)} "
    found = next((one for one, phrases in library.lexicon.situations.items() if _any(phrases, said)), None)
    return next((one for one in library.first_aid if one.id == found), None)


def in_danger(text: str, library: Library) -> bool:
    """Whether a text speaks of a danger that needs a person at once."""
    return _any(library.lexicon.danger, f" {fold(text)} ")


def cards(text: str, library: Library) -> tuple[Lesson, ...]:
    """Up to three lessons whose phrases a text uses, those with most words in common first."""
    said = f" {fold(text)} "
    scored = [(_score(phrases, said), library.lessons[card]) for card, phrases in _phrases(library)]
    found = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
    return tuple(lesson for _score_, lesson in found[:MOST])


def _phrases(library: Library) -> list[tuple[str, tuple[str, ...]]]:
    return [(card, phrases) for card, phrases in library.lexicon.cards.items() if card in library.lessons]


def _score(phrases: tuple[str, ...], said: str) -> int:
    return sum(len(phrase) for phrase in phrases if f" {phrase} " in said)


def _any(phrases: tuple[str, ...], said: str) -> bool:
    return any(f" {phrase} " in said for phrase in phrases)
