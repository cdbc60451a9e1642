"""A help line: a number to call, when it answers, and when someone last made sure of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from storage.library.cells import Cell, Ids, Row, read_cell
from storage.library.desk import Desk
from storage.library.pages import Page
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
FILE = "helplines.yaml"
NAME, SAYS = 80, 200
"""Characters."""
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

FRESH = timedelta(days=365)
"""A line that nobody verified within this time is hidden, unless it is an emergency number (domain.md 4)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Open on the ISO weekday `day` (1 = Monday) from `opens` to `closes`: the next day's, when it isn't later."""

    day: int
    opens: time
    closes: time

    def holds(self, local: datetime) -> bool:
        """Whether a local time falls into it."""
        clock = local.time()
        overnight = self.closes <= self.opens
        if local.isoweekday() == self.day:
            return self.opens <= clock and (overnight or clock < self.closes)
        return overnight and local.isoweekday() == self.day % 7 + 1 and clock < self.closes


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours in the province's time; no spans = day and night."""

    zone: ZoneInfo
    spans: tuple[Span, ...] = ()

    @property
    def always(self) -> bool:
        """Whether it is open day and night."""
        return not self.spans

    def open_at(self, now: datetime) -> bool:
        """Whether it is open at `now`, which must carry its timezone (ValueError otherwise)."""
        if now.tzinfo is None:
            raise ValueError("a time without a timezone says nothing about opening hours")
        local = now.astimezone(self.zone)
        return self.always or any(span.holds(local) for span in self.spans)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """`number` is what is shown, `dial` what is dialled; `says` tells when to call."""

    id: str
    number: str
    name: str
    says: str
    hours: Hours
    free: bool
    emergency: bool
    verified_on: date | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether someone answers at `now` (any timezone), by the hours in the province."""
        return self.hours.open_at(now)

    @property
    def dial(self) -> str:
        """What is dialled: the digits of the number."""
        return "".join(sign for sign in self.number if sign.isdigit())

    def visible_on(self, today: date) -> bool:
        """Emergency numbers always; others when verified within the last 365 days."""
        return self.emergency or (self.verified_on is not None and today - self.verified_on <= FRESH)


def read_helplines(folder: Path, desk: Desk) -> tuple[HelpLine, ...]:
    """All lines in the order of the file, hidden ones too; the desk learns their numbers."""
    lines: list[HelpLine] = []
    ids = Ids()
    for cell in read_cell(read_text(folder, FILE, desk.report), FILE, desk.report).items(least=1):
        row = cell.row("id number name says hours free emergency verified_on", "fact")
        line = _read_line(row, desk)
        if ids.take(row["id"], line.id):
            lines.append(line)
            desk.numbers[line.dial] = line.visible_on(desk.today)
        _judge_line(line, row, desk)
    return tuple(lines)


def _read_line(row: Row, desk: Desk) -> HelpLine:
    page = Page(desk)
    if "fact" in row:
        page.cite_cells([row["fact"]])
    number = row["number"].passage()
    desk.judge_words(number, ["retired-number"])
    line = HelpLine(
        id=row["id"].slug(),
        number=number.text.strip(),
        name=page.label(row["name"], NAME),
        says=page.text(row["says"].passage(), SAYS),
        hours=Hours(desk.edition.timezone, _read_hours(row["hours"])),
        free=row["free"].flag(),
        emergency=row["emergency"].flag(),
        verified_on=row["verified_on"].day(),
    )
    page.close()
    return line


def _judge_line(line: HelpLine, row: Row, desk: Desk) -> None:
    if line.number and not re.fullmatch(r"\+?\d[\d .\-]*", line.number):
        row["number"].error("wrong-type", _("“{text}” is no telephone number.", text=line.number))
    if line.emergency and len(line.dial) > 3:
        message = _("Only numbers of three digits are emergency numbers, which are shown without being verified.")
        row["emergency"].error("not-emergency", message)
    if line.verified_on and line.verified_on > desk.today:
        message = _("verified_on lies in the future, so the line would stay too long. Correct the day.")
        desk.report.warning(row.file, row["verified_on"].line, "future-day", message)
    if not line.visible_on(desk.today):
        message = _("The line {number} is hidden: nobody verified it within a year. Call it and set verified_on.",
                    number=line.number)  # fmt: skip
        desk.report.warning(row.file, row.line, "hidden-line", message)


def _read_hours(cell: Cell) -> tuple[Span, ...]:
    """The spans; none for the word `always`."""
    if cell.is_text:
        cell.among({"always"})
        return ()
    return tuple(span for entry in cell.items(least=1) for span in _read_spans(entry))


def _read_spans(cell: Cell) -> list[Span]:
    row = cell.row("days from to")
    opens, closes = _read_clock(row["from"]), _read_clock(row["to"])
    return [Span(day.number(1, 7), opens, closes) for day in row["days"].items(1, 7)]


def _read_clock(cell: Cell) -> time:
    text = cell.text()
    if CLOCK.fullmatch(text):
        return time.fromisoformat(text)
    if text:
        cell.error("wrong-type", _("“{text}” is no time of day. Write it like “13:00”, with quotes.", text=text))
    return time(0)
