"""A first, small ear for free text: words of danger, and cards whose words were used. Pure.

Real understanding is a later piece of work; until then phrases are heard as they stand in the content
(`lexicon.yaml`): each word with its own marks, or typed without any.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from storage.library import Lesson, Library, Situation
from storage.library.lexicon import Phrase, Word, words

MOST = 3  # cards offered


class Said:
    """The words of a text, ready to be searched for phrases."""

    def __init__(self, said: Iterable[Word]) -> None:
        self._words = tuple(said)
        self._places: Mapping[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self._words):
            self._places[word.bare].append(place)

    def without(self, phrases: Iterable[Phrase]) -> "Said":
        """The text with these phrases taken out; what stood around them doesn't grow together."""
        left = list(self._words)
        for phrase in phrases:
            for place in self._places.get(phrase[0].bare, ()):
                if self._stands(phrase, place):
                    left[place : place + len(phrase)] = [Word("")] * len(phrase)
        return Said(left)

    def has(self, phrase: Phrase) -> bool:
        """Whether the phrase stands somewhere in the text."""
        return any(self._stands(phrase, place) for place in self._places.get(phrase[0].bare, ()))

    def has_any(self, phrases: Iterable[Phrase]) -> bool:
        """Whether one of the phrases does."""
        return any(map(self.has, phrases))

    def tightened(self, fillers: Iterable[Phrase]) -> "Said":
        """The text without its fillers, so that "has just fainted" is heard as "fainted"."""
        loose = {phrase[0] for phrase in fillers}
        return Said(word for word in self._words if not any(filler.sounds_like(word) for filler in loose))

    def _stands(self, phrase: Phrase, place: int) -> bool:
        here = self._words[place : place + len(phrase)]
        return len(here) == len(phrase) and all(one.sounds_like(word) for one, word in zip(phrase, here, strict=True))


def situation(text: str, library: Library) -> Situation | None:
    """The first-aid situation whose words a text uses; the lexicon lists what can't wait first."""
    said, tight = _alarming(text, library)
    heard = library.lexicon.situations.items()
    found = next((one for one, phrases in heard if said.has_any(phrases) or tight.has_any(phrases)), None)
    return next((one for one in library.first_aid if one.id == found), None)


def in_danger(text: str, library: Library) -> bool:
    """Whether a text speaks of a danger that needs a person at once."""
    return any(said.has_any(library.lexicon.danger) for said in _alarming(text, library))


def is_heavy(text: str, library: Library) -> bool:
    """Whether a text tells of fear or grief, or asks how to stop: then a quiet word comes before any lesson."""
    return Said(words(text)).has_any(library.lexicon.feelings)


def cards(text: str, library: Library) -> tuple[Lesson, ...]:
    """Up to three lessons whose phrases a text uses, those with most words in common first."""
    said = Said(words(text))
    scored = [(_score(phrases, said), card) for card, phrases in library.lexicon.cards.items()]
    found = sorted((one for one in scored if one[0] and one[1] in library.lessons), key=lambda one: -one[0])
    return tuple(library.lessons[card] for _points, card in found[:MOST])


def _alarming(text: str, library: Library) -> tuple[Said, Said]:
    said = Said(words(text)).without(library.lexicon.harmless)
    return said, said.tightened(library.lexicon.fillers)


def _score(phrases: Iterable[Phrase], said: Said) -> int:
    return sum(sum(len(word.bare) for word in phrase) for phrase in phrases if said.has(phrase))
