"""A page: what people see together, judged as a whole with the facts it rests on."""

import re
from collections.abc import Iterable

from storage.library.cells import Cell
from storage.library.desk import Desk
from storage.library.lint import SHOWN
from storage.library.texts import Passage
from storage.wording import catalogue

_ = catalogue("cli")
STRICTEST = 2000
"""Characters in one message of the strictest channel (Zalo)."""
PENALTY = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
MARKUP = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]|>|\?[ \t]|\d+[.)][ \t]|[*+][ \t]|[-*_]{3,}[ \t]*$)|`|\[[^\]\n]*\]\(|</?[a-zA-Z!][^>\n]*>"
    r"|\*{3,}|(?<!\*)\*(?![*\s])|(?<!\w)_+(?=\w)|\[\[|\]\]|[{}]",
    re.MULTILINE,
)
"""What isn't paragraphs, "- " lists or **bold**: people would see the signs themselves."""

PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")


class Page:
    """Collects the passages and citations of one page; `close` judges what only the whole can tell."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.facts: dict[str, None] = {}
        self._passages: list[Passage] = []

    def cite(self, fact_id: str, file: str, line: int) -> None:
        """Note that this page rests on a fact."""
        if self.desk.cite(fact_id, file, line):
            self.facts[fact_id] = None

    def cite_cells(self, cells: Iterable[Cell]) -> None:
        """Note the facts that a list names."""
        for cell in cells:
            self.cite(cell.text(), cell.file, cell.line)

    def label(self, cell: Cell, most: int) -> str:
        """A text on one line, for a title or a button."""
        passage = cell.passage()
        if "\n" in passage.text.strip():
            cell.error("one-line", _("{name} must be on one line.", name=cell.name))
        return self.text(passage, most, penalties=False)

    def text(self, passage: Passage, most: int, *, penalties: bool = True) -> str:
        """A text as people see it, of at most `most` characters as written; what is wrong with it is reported."""
        shown = flowing(passage.text)
        if len(shown) > most:
            message = _("{count} characters; at most {most} fit. Shorten or split it.", count=len(shown), most=most)
            self._error(passage, len(passage.text) - len(passage.text.lstrip()), "too-long", message)
        self._judge_form(passage, penalties=penalties)
        self.desk.judge_words(passage, SHOWN)
        self._passages.append(passage)
        return PENALTY.sub(self._expanded, shown)

    def close(self) -> tuple[str, tuple[str, ...]]:
        """The source line and the facts of the whole page; call it when all its texts and citations are in."""
        kinds = {self.desk.facts[fact_id].kind for fact_id in self.facts}
        if not kinds & {"law", "penalty"}:
            self._judge_law()
        return self.desk.source(self.facts), tuple(self.facts)

    def fits(self, file: str, line: int, *texts: str) -> None:
        """Report when these texts together, as people see them, are too long for the strictest channel."""
        count = sum(len(text) + 2 for text in texts)
        if count > STRICTEST:
            message = _("With its source this has {count} characters; the strictest channel takes {most}.",
                        count=count, most=STRICTEST)  # fmt: skip
            self.desk.report.error(file, line, "too-long", message)

    def _expanded(self, found: re.Match[str]) -> str:
        return self.desk.penalty(found[1]) if found[1] in self.facts else ""

    def _error(self, passage: Passage, offset: int, code: str, message: str) -> None:
        self.desk.report.error(passage.file, passage.line_at(offset), code, message)

    def _judge_form(self, passage: Passage, *, penalties: bool) -> None:
        text = passage.text
        for found in PENALTY.finditer(text):
            self._judge_penalty(passage, found, allowed=penalties)
        bare = PENALTY.sub(lambda found: " " * len(found[0]), text)
        for found in MARKUP.finditer(bare):
            message = _("“{sign}” isn't understood here: only paragraphs, lists with “- ” and **bold**.",
                        sign=found[0].strip())  # fmt: skip
            self._error(passage, found.start(), "markup", message)
        if "**" in text:
            self._judge_bold(passage)

    def _judge_bold(self, passage: Passage) -> None:
        for paragraph in PARAGRAPH.finditer(passage.text):
            if paragraph[0].count("**") % 2:
                offset = paragraph.start() + paragraph[0].rindex("**")
                self._error(passage, offset, "bold", _("A ** has no partner in this paragraph. Add or remove one."))

    def _judge_penalty(self, passage: Passage, found: re.Match[str], *, allowed: bool) -> None:
        line = passage.line_at(found.start())
        fact = self.desk.facts.get(found[1])
        if not allowed:
            self._error(passage, found.start(), "penalty-place", _("A penalty can't stand in a title or a button."))
        if fact and fact.kind != "penalty":
            message = _("{fact} isn't a fact of kind penalty, so it has no fine or term to show.", fact=found[1])
            self._error(passage, found.start(), "not-a-penalty", message)
        else:
            self.cite(found[1], passage.file, line)

    def _judge_law(self) -> None:
        """Report each text that speaks of law, at its first such words: here nothing backs them."""
        for passage in self._passages:
            hit = self.desk.rules.law(passage.text)
            if hit:
                message = _("“{words}” speaks of the law, but no fact of kind law or penalty is cited. Cite one.",
                            words=hit.words)  # fmt: skip
                self._error(passage, hit.offset, "law-without-fact", message)


def flowing(text: str) -> str:
    """The text with the line breaks that people see: paragraphs and list entries, however the file wraps its lines."""
    return "\n\n".join(_unwrapped(paragraph) for paragraph in re.split(r"\n\s*\n", text.strip()))


def _unwrapped(paragraph: str) -> str:
    lines = (line.strip() for line in paragraph.split("\n"))
    return "".join(("\n" if line.startswith("- ") else " ") + line for line in lines).strip()
