"""A quiz question with one right option and a warm explanation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.library.cells import Cell, Ids, Row, read_cell
from storage.library.desk import Desk
from storage.library.folders import files
from storage.library.lessons import PRIVATE_TRACK, Lesson, read_tracks
from storage.library.pages import Page
from storage.library.scenarios import read_card
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
TEXT, OPTION, EXPLAIN = 250, 90, 350
"""Characters."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`card` is the lesson it belongs to; `level` goes from 1 (easy) to 3 (hard)."""

    id: str
    card: str
    tracks: frozenset[str]
    level: int
    text: str
    options: tuple[Option, ...]
    explain: str
    source: str
    private: bool
    facts: tuple[str, ...] = ()


def read_questions(folder: Path, desk: Desk, lessons: Mapping[str, Lesson]) -> dict[str, Question]:
    """The questions of all files by id, file by file."""
    questions: dict[str, Question] = {}
    ids = Ids()
    for file in files(folder, "questions", ".yaml", desk.report):
        for cell in read_cell(read_text(folder, file, desk.report), file, desk.report).items(least=1):
            row = cell.row("id card tracks level text options explain", "facts")
            question = _read_question(row, desk, lessons)
            if ids.take(row["id"], question.id):
                questions[question.id] = question
    return questions


def _read_question(row: Row, desk: Desk, lessons: Mapping[str, Lesson]) -> Question:
    page = Page(desk)
    if "facts" in row:
        page.cite_cells(row["facts"].items())
    card, tracks = read_card(row["card"], desk), read_tracks(row["tracks"])
    text = page.text(row["text"].passage(), TEXT)
    options = tuple(_read_option(cell, page) for cell in row["options"].items(2, 4))
    _judge_options(options, row["options"])
    explain = page.text(row["explain"].passage(), EXPLAIN)
    source, facts = page.close()
    page.fits(row.file, row.line, text, *(option.text for option in options), explain, source)
    private = PRIVATE_TRACK in tracks or (card in lessons and lessons[card].private)
    level = row["level"].number(1, 3)
    return Question(row["id"].slug(), card, tracks, level, text, options, explain, source, private, facts)


def _read_option(cell: Cell, page: Page) -> Option:
    row = cell.row("text", "right")
    return Option(page.label(row["text"], OPTION), row["right"].flag() if "right" in row else False)


def _judge_options(options: tuple[Option, ...], cell: Cell) -> None:
    right = sum(option.right for option in options)
    if options and right != 1:
        message = _("{count} options are marked “right: true”; exactly one must be.", count=right)
        cell.error("one-right", message)
    alike = [re.sub(r"\W+", " ", option.text.lower()).strip() for option in options]
    if len(set(alike)) < len(alike):
        cell.error("equal-options", _("Two options say the same. Change one."))
