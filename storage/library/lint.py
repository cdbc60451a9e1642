"""The linter of wording: patterns from `lint.yaml`, found in what people read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.library.cells import Cell, Row, read_cell
from storage.library.problems import Report
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
EVERYWHERE = ("stigma", "how-to", "retired-number")
"""Rules for all words that stand anywhere in the content."""
SHOWN = (*EVERYWHERE, "clear-penalty", "promise", "avoid", "position", "old-units", "phone")
"""Rules for words that people see."""
RULES = ("law", *SHOWN)
WARNS_ONLY = frozenset({"position", "old-units"})
NEEDS_BETTER_WORDS = frozenset({"stigma", "promise", "avoid", "retired-number", "old-units"})
"""Here the editor is told what to say instead, so that the refusal helps."""
ESCAPE = re.compile(r"\\.")
SIGN = re.compile(r"\\.|\[[^\]]*\]| |\((?!\?)")
"""An escape or [a set of signs], which stay as they are; a space; a parenthesis."""
MEANT = {" ": r"(?:\s+)", "(": "(?:"}
"""A space is any gap, so that a line break hides nothing; a parenthesis only groups, which is searched faster."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found at `offset` of a text, and what to say instead ("" where lint.yaml doesn't tell)."""

    words: str
    offset: int
    say: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule looks for, what excuses it, and what to write instead."""

    words: str
    find: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    say: str = ""

    def hits(self, small: str) -> Iterator[Hit]:
        """Matches in a text of small letters that no match of `unless` covers."""
        harmless = [spared.span() for spared in self.unless.finditer(small)] if self.unless else []
        for found in self.find.finditer(small):
            start, end = found.span()
            if not any(first <= start and end <= last for first, last in harmless):
                yield Hit(found.group(), start, self.say)


class Rules:
    """The patterns of each rule. Those of all rules but `law` are tried together first: most texts match none."""

    def __init__(self, patterns: Mapping[str, tuple[Pattern, ...]]) -> None:
        self._patterns = patterns
        self._any_of_shown = _together(pattern for rule in SHOWN for pattern in patterns[rule])
        self._any_of_law = _together(patterns["law"])

    def hits(self, text: str, names: Iterable[str]) -> Iterator[tuple[str, Hit]]:
        """What these rules find in a text, each with the name of its rule."""
        small = text.lower()
        if self._any_of_shown.search(small):
            for name in names:
                for pattern in self._patterns[name]:
                    yield from ((name, hit) for hit in pattern.hits(small))

    def law(self, text: str) -> Hit | None:
        """The first words found that speak of law."""
        small = text.lower()
        if not self._any_of_law.search(small):
            return None
        hits = (hit for pattern in self._patterns["law"] for hit in pattern.hits(small))
        return min(hits, key=lambda hit: hit.offset, default=None)


def _together(patterns: Iterable[Pattern]) -> re.Pattern[str]:
    """A pattern that finds something wherever one of these does."""
    try:
        return _whole_words("|".join(f"(?:{pattern.words})" for pattern in patterns))
    except re.error:  # each is right by itself, but two name the same group: then each is tried every time
        return re.compile("")


def read_rules(folder: Path, report: Report) -> Rules:
    """The rules of `lint.yaml`; a rule that can't be read is empty, and reported."""
    sheet = read_cell(read_text(folder, "lint.yaml", report), "lint.yaml", report)
    row = sheet.row(required=" ".join(RULES))
    return Rules({name: tuple(_patterns(row, name)) for name in RULES})


def _patterns(row: Row, name: str) -> Iterator[Pattern]:
    for cell in row[name].items():
        needs_say = name in NEEDS_BETTER_WORDS
        entry = cell.row(required="find say" if needs_say else "find", optional="unless" if needs_say else "unless say")
        find = _compiled(entry["find"])
        if find:
            unless = _compiled(entry["unless"]) if "unless" in entry else None
            yield Pattern(_meant(entry["find"]), find, unless, entry["say"].text() if "say" in entry else "")


def _compiled(cell: Cell) -> re.Pattern[str] | None:
    text = cell.text()
    letters = ESCAPE.sub("", text)
    if letters != letters.lower():
        cell.error("pattern", _("“{text}” has a capital letter and would find nothing. Use small ones.", text=text))
    try:
        return _whole_words(_meant(cell)) if text else None
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        cell.error("pattern", _("The pattern “{text}” can't be read: {reason}.", text=text, reason=error))
        return None


def _meant(cell: Cell) -> str:
    """The pattern as `re` needs it."""
    return SIGN.sub(lambda sign: MEANT.get(sign[0], sign[0]), cell.text())


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def complaint(rule: str, hit: Hit) -> str:
    """What is wrong with the words found, and how to mend it."""
    messages = {
        "stigma": _("“{words}” hurts people. Say instead: {say}.", words=hit.words, say=hit.say),
        "how-to": _("“{words}” tells a dose, price, route, recipe or way round. Take it out.", words=hit.words),
        "retired-number": _("“{words}” is a number out of use. Write instead: {say}.", words=hit.words, say=hit.say),
        "clear-penalty": _(
            "“{words}” is a concrete fine or term. Write {{{{id}}}} of a penalty fact.", words=hit.words
        ),
        "promise": _("“{words}” promises what nobody can keep. Say instead: {say}.", words=hit.words, say=hit.say),
        "avoid": _("“{words}” misleads. Say instead: {say}.", words=hit.words, say=hit.say),
        "position": _("“{words}” points at other answers, but answers are shuffled. Name it.", words=hit.words),
        "old-units": _("“{words}” is a unit that no longer exists. Today: {say}.", words=hit.words, say=hit.say),
        "phone": _("“{words}” is no number of helplines.yaml. Add the line there first.", words=hit.words),
    }
    return messages[rule]
