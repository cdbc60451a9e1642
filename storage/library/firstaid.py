"""First aid: what to do, step by step, in one situation. Static: it works with the database gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.library.cells import Cell, Ids, Row, read_cell
from storage.library.desk import Desk
from storage.library.pages import Page
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
FILE = "firstaid.yaml"
LABEL, STEP = 60, 200
"""Characters."""
AMBULANCE = "115"


@dataclass(frozen=True, slots=True)
class Situation:
    """`label` is the button; `call` are numbers to offer for dialling."""

    id: str
    label: str
    steps: tuple[str, ...]
    call: tuple[str, ...]
    source: str
    facts: tuple[str, ...] = ()


def read_first_aid(folder: Path, desk: Desk) -> tuple[Situation, ...]:
    """The situations in the order of the file."""
    situations: list[Situation] = []
    ids = Ids()
    for cell in read_cell(read_text(folder, FILE, desk.report), FILE, desk.report).items(least=1):
        row = cell.row("id label steps call", "facts")
        situation = _read_situation(row, desk)
        if ids.take(row["id"], situation.id):
            situations.append(situation)
    return tuple(situations)


def _read_situation(row: Row, desk: Desk) -> Situation:
    page = Page(desk)
    if "facts" in row:
        page.cite_cells(row["facts"].items())
    label = page.label(row["label"], LABEL)
    step_cells = row["steps"].items(3, 6)
    steps = tuple(page.text(cell.passage(), STEP) for cell in step_cells)
    if step_cells and AMBULANCE not in steps[0]:
        step_cells[0].error("call-first", _("The first step must be to call {number}.", number=AMBULANCE))
    call = tuple(_read_numbers(row["call"], desk))
    source, facts = page.close()
    page.fits(row.file, row.line, label, *steps, source)
    return Situation(row["id"].slug(), label, steps, call, source, facts)


def _read_numbers(cell: Cell, desk: Desk) -> Iterator[str]:
    for entry in cell.items(least=1):
        number = entry.text()
        if number and number not in desk.numbers:
            entry.error("no-line", _("{number} isn't in helplines.yaml. Add the line there first.", number=number))
        yield number
