"""The words by which free text is understood so far: `lexicon.yaml`. Only heard, never shown; folded when read."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.library.cells import Cell, read_cell
from storage.library.desk import Desk
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
FILE = "lexicon.yaml"
STROKE = "\N{LATIN SMALL LETTER D WITH STROKE}"
BAR = "\N{COMBINING SHORT STROKE OVERLAY}"  # the stroke as a mark: "duong" may be either letter


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its marks, and its marks apart, so that it doesn't matter over which vowel a tone was typed."""

    bare: str
    marks: str = ""

    def sounds_like(self, typed: "Word") -> bool:
        """Whether somebody may have typed this word: with its own marks, or with none at all."""
        return self.bare == typed.bare and typed.marks in ("", self.marks)


Phrase = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases of each first-aid situation, of danger that needs a person, of each card.

    What is `harmless` is passed over when danger is listened for: "I laughed to death". `fillers` may stand inside a
    phrase ("he has *just* fainted"). `feelings` ask for a quiet word. What is said `alone`, as a whole message, means
    an action.
    """

    situations: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    danger: tuple[Phrase, ...] = ()
    harmless: tuple[Phrase, ...] = ()
    fillers: tuple[Phrase, ...] = ()
    feelings: tuple[Phrase, ...] = ()
    alone: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)
    cards: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)


def fold(text: str) -> str:
    """Lower case without Vietnamese marks, punctuation or doubled spaces: what two spellings share."""
    return " ".join(word.bare for word in words(text))


def words(text: str) -> Phrase:
    """The words of a text, lower case, each with its marks apart."""
    spread = unicodedata.normalize("NFD", text.lower()).replace(STROKE, f"d{BAR}")
    kept = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in spread)
    return tuple(_word(one) for one in kept.split())


def _word(spelt: str) -> Word:
    marks = sorted(c for c in spelt if unicodedata.combining(c))
    return Word("".join(c for c in spelt if not unicodedata.combining(c)), "".join(marks))


def read_lexicon(folder: Path, desk: Desk, situations: Collection[str], lessons: Collection[str]) -> Lexicon:
    """The lexicon; phrases for a situation or lesson that isn't there are reported."""
    row = read_cell(read_text(folder, FILE, desk.report), FILE, desk.report).row(
        "situations danger harmless fillers feelings alone cards"
    )
    return Lexicon(
        situations=_by_id(row["situations"], situations),
        danger=_phrases(row["danger"]),
        harmless=_phrases(row["harmless"]),
        fillers=_phrases(row["fillers"]),
        feelings=_phrases(row["feelings"]),
        alone={key.name: _phrases(phrases) for key, phrases in row["alone"].pairs()},
        cards=_by_id(row["cards"], lessons),
    )


def _by_id(cell: Cell, known: Collection[str]) -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, tuple[Phrase, ...]] = {}
    for key, phrases in cell.pairs():
        if key.name not in known:
            key.error("unknown-value", _("There is no {id} to listen for. Correct the id.", id=key.name))
        found[key.name] = _phrases(phrases)
    return found


def _phrases(cell: Cell) -> tuple[Phrase, ...]:
    read = (words(phrase.text()) for phrase in cell.items(least=1))
    return tuple(phrase for phrase in read if phrase)
