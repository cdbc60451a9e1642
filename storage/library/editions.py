"""The edition: for which province, in which language, and judged by which day."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from storage.library.cells import Cell, read_cell
from storage.library.problems import Report
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
FILE = "edition.yaml"


@dataclass(frozen=True, slots=True)
class Edition:
    """`day` is the day by which `make check` judges what is in force, so that the same content always gives the same
    verdict; `province_code` is that of the General Statistics Office."""

    day: date
    language: str
    timezone: ZoneInfo
    province_code: str
    province: str


def read_edition(folder: Path, today: date, report: Report) -> Edition:
    """The edition; where it says nothing usable, `today` and UTC stand in, so that reading can go on."""
    row = read_cell(read_text(folder, FILE, report), FILE, report).row("day language timezone province")
    province = row["province"].row("code name")
    day = row["day"].day()
    if day is None and "day" in row and not row["day"].given:
        row["day"].error("empty", _("{name} is empty. Write it.", name="day"))
    return Edition(
        day=day or today,
        language=row["language"].slug(),
        timezone=_timezone(row["timezone"]),
        province_code=_code(province["code"]),
        province=province["name"].text(),
    )


def _timezone(cell: Cell) -> ZoneInfo:
    name = cell.text()
    try:
        if name:
            return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # no such name, no name at all, a folder of names
        cell.error("timezone", _("“{text}” is no timezone. Write one like Asia/Ho_Chi_Minh.", text=name))
    return ZoneInfo("UTC")


def _code(cell: Cell) -> str:
    code = cell.text()
    if code and not re.fullmatch(r"[0-9]{2}", code):
        cell.error("wrong-type", _("“{text}” is no province code: two digits, like “25”.", text=code))
    return code
