"""A cell: one value of a YAML file, with its line.

What it is asked for decides how it is read: a text field takes `111` as the text "111". A wrong value is reported and
answered with a harmless one, so that reading goes on and an editor sees every problem at once.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date

import yaml

from storage.library.problems import Report
from storage.library.texts import Passage, tidy
from storage.wording import catalogue

_ = catalogue("cli")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 40
"""Ids travel in buttons, of which the strictest channel (Telegram) carries 64 bytes."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_cell(text: str, file: str, report: Report) -> "Cell":
    """The one document of a YAML text."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.count("\n")) + 1 if mark else 1
        report.error(file, line, "yaml", _("YAML can't read this line ({reason}).", reason=error.problem))
        return Cell(file, None, report, file)
    if node is None and text.strip():
        report.error(file, 1, "empty", _("The file says nothing."))
    return Cell(file, node, report, file)


class Cell:
    """A value that may be absent (`node` None): then it answers with harmless values and reports nothing more."""

    def __init__(self, file: str, node: yaml.Node | None, report: Report, name: str = "", line: int = 1) -> None:
        self.file = file
        self.node = node
        self.report = report
        self.name = name
        self.line = node.start_mark.line + 1 if node else line

    @property
    def given(self) -> bool:
        """Whether there is a value at all: neither absent nor null."""
        return self.node is not None and self.node.tag != "tag:yaml.org,2002:null"

    @property
    def is_text(self) -> bool:
        """Whether it is one text."""
        return isinstance(self.node, yaml.ScalarNode)

    def error(self, code: str, message: str) -> None:
        """Report an error at this place."""
        self.report.error(self.file, self.line, code, message)

    def row(self, required: str, optional: str = "") -> "Row":
        """The named values in it: all of `required`, some of `optional`, nothing else."""
        cells = {key.name: value for key, value in self.pairs()}
        known = [*required.split(), *optional.split()]
        if self.node is not None:
            self._report_keys(cells, required.split(), known)
        return Row(self, cells)

    def _report_keys(self, cells: dict[str, "Cell"], required: Iterable[str], known: Collection[str]) -> None:
        for key in required:
            if key not in cells:
                self.error("missing-key", _("{key} is missing here.", key=key))
        for key, cell in cells.items():
            if key not in known:
                message = _("{key} isn't known here. Known are: {known}.", key=key, known=", ".join(known))
                cell.error("unknown-key", message)

    def pairs(self) -> list[tuple["Cell", "Cell"]]:
        """The keys and values in it, in order; a key that stands twice is reported and kept once."""
        if not isinstance(self.node, yaml.MappingNode):
            self._wrong(_("{name} must hold named values, each as “name: value”.", name=self.name))
            return []
        found: dict[str, tuple[Cell, Cell]] = {}
        for key_node, value_node in self.node.value:
            name = str(key_node.value)
            key = Cell(self.file, key_node, self.report, name)
            if name in found:
                key.error("twice", _("{key} stands twice here. Keep one.", key=name))
            found.setdefault(name, (key, Cell(self.file, value_node, self.report, name)))
        return list(found.values())

    def items(self, least: int = 0, most: int | None = None) -> list["Cell"]:
        """The entries of a list, of which there must be `least` to `most`."""
        if not isinstance(self.node, yaml.SequenceNode):
            self._wrong(_("{name} must be a list, each entry on a line with “- ”.", name=self.name))
            return []
        found = [Cell(self.file, node, self.report, self.name) for node in self.node.value]
        if len(found) < least or (most is not None and len(found) > most):
            message = _("{name} has {count} entries; it must have {least} to {most}.", name=self.name,
                        count=len(found), least=least, most="…" if most is None else most)  # fmt: skip
            self.error("how-many", message)
        return found

    def passage(self) -> Passage:
        """The text with its place, for what people read; it must not be empty."""
        if self.node is None:
            return Passage(self.file, self.line, "")
        if not isinstance(self.node, yaml.ScalarNode):
            self._wrong(_("{name} must be a text.", name=self.name))
            return Passage(self.file, self.line, "")
        block = self.node.style == "|"
        passage = Passage(self.file, self.line + block, self.node.value, by_line=block)
        if not self.given or not passage.text.strip():
            self.error("empty", _("{name} is empty. Write it.", name=self.name))
        if self.node.style == '"':  # the only style with escapes, which the file's own check can't see through
            passage = Passage(self.file, self.line, tidy(passage, self.report), by_line=False)
        return passage

    def text(self) -> str:
        """The text, without the white space around it."""
        return self.passage().text.strip()

    def among(self, allowed: Iterable[str], code: str = "unknown-value") -> str:
        """One of the allowed words; "" when it is another."""
        text = self.text()
        if text in allowed:
            return text
        if text:
            known = ", ".join(sorted(allowed))
            self.error(code, _("“{text}” isn't known here. Known are: {known}.", text=text, known=known))
        return ""

    def slug(self) -> str:
        """An id: lower-case letters without marks, digits and single hyphens."""
        text = self.text()
        if text and (not SLUG.fullmatch(text) or len(text) > LONGEST_SLUG):
            message = _("“{text}” can't be an id: only a-z, 0-9 and single hyphens, at most {most}.", text=text,
                        most=LONGEST_SLUG)  # fmt: skip
            self.error("bad-id", message)
        return text

    def day(self) -> date | None:
        """A day, or None where null stands."""
        if not self.given:
            return None
        text = self.text()
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # a day that no calendar has, as 2026-02-30: said below
        self._wrong(_("{name} must be a day like 2026-11-24.", name=self.name))
        return None

    def flag(self) -> bool:
        """True or false."""
        if self.node is None:
            return False
        if self.node.tag == "tag:yaml.org,2002:bool":
            return str(self.node.value).lower() in {"true", "yes", "on"}
        self._wrong(_("{name} must be true or false.", name=self.name))
        return False

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`; `low` when it is something else."""
        text = self.text()
        if re.fullmatch(r"[0-9]{1,9}", text) and low <= int(text) <= high:
            return int(text)
        if text:
            self._wrong(_("{name} must be a whole number from {low} to {high}.", name=self.name, low=low, high=high))
        return low

    def _wrong(self, message: str) -> None:
        if self.node is not None:
            self.error("wrong-type", message)


class Row:
    """The named values of a cell; an absent one is an absent cell."""

    def __init__(self, cell: Cell, cells: dict[str, Cell]) -> None:
        self.file = cell.file
        self.line = cell.line
        self.report = cell.report
        self._cells = cells

    def __getitem__(self, key: str) -> Cell:
        return self._cells.get(key) or Cell(self.file, None, self.report, key, self.line)

    def __contains__(self, key: str) -> bool:
        return key in self._cells

    def error(self, code: str, message: str) -> None:
        """Report an error at this place."""
        self.report.error(self.file, self.line, code, message)


class Ids:
    """The ids given so far in one kind of content; each may be given once."""

    def __init__(self) -> None:
        self._lines: dict[str, str] = {}

    def take(self, cell: Cell, found: str) -> bool:
        """Whether this id is there and new; a second one is reported with the place of the first."""
        first = self._lines.setdefault(found, f"{cell.file}:{cell.line}") if found else ""
        if found and first != f"{cell.file}:{cell.line}":
            cell.error("duplicate-id", _("The id {id} is taken at {place}. Choose another.", id=found, place=first))
            return False
        return bool(found)
