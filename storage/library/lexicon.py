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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded phrases: of each first-aid situation, of danger that needs a person, of each card."""

    situations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    danger: tuple[str, ...] = ()
    cards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def fold(text: str) -> str:
    """Lower case without Vietnamese marks, punctuation or doubled spaces: what two spellings share."""
    bare = unicodedata.normalize("NFD", text.lower()).replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d")
    letters = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(letters.split())


def read_lexicon(folder: Path, desk: Desk, situations: Collection[str], lessons: Collection[str]) -> Lexicon:
    """The lexicon; phrases for a situation or lesson that isn't there are reported."""
    row = read_cell(read_text(folder, FILE, desk.report), FILE, desk.report).row("situations danger cards")
    return Lexicon(
        situations=_by_id(row["situations"], situations),
        danger=_phrases(row["danger"]),
        cards=_by_id(row["cards"], lessons),
    )


def _by_id(cell: Cell, known: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, phrases in cell.pairs():
        if key.name not in known:
            key.error("unknown-value", _("There is no {id} to listen for. Correct the id.", id=key.name))
        found[key.name] = _phrases(phrases)
    return found


def _phrases(cell: Cell) -> tuple[str, ...]:
    folded = (fold(phrase.text()) for phrase in cell.items(least=1))
    return tuple(phrase for phrase in folded if phrase)
