"""A fact: what the content rests on, with its source and who checked it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from storage.library.cells import Ids, Row, read_cell
from storage.library.problems import Report
from storage.library.texts import Passage, read_text
from storage.wording import catalogue

_ = catalogue("cli")
FILE = "facts.yaml"
KINDS = ("law", "medical", "service", "skill", "figure", "penalty")
CONFIDENCE = ("read", "weak", "common", "mixed")
ID = re.compile(r"[A-Z]{1,2}[0-9]{1,3}[a-z]?")
REVIEW_LASTS = timedelta(days=365)
"""A review older than this is told as stale: laws change on the first of January and of July."""

REVIEWERS_FOR_A_PENALTY = 2
"""A concrete fine or prison term is shown once so many different people signed it (domain.md 2.3)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`says` of an unsettled penalty names the amount: it is for reviewers, not for people who chat."""

    id: str
    says: str
    kind: str
    source: str
    in_force_from: date | None = None
    in_force_to: date | None = None
    confidence: str = "read"
    reviewed_by: tuple[str, ...] = ()
    reviewed_on: date | None = None
    penalty: str = ""

    def in_force_on(self, day: date) -> bool:
        """Both ends belong to the time in force."""
        return (self.in_force_from or day) <= day <= (self.in_force_to or day)

    @property
    def unreviewed(self) -> bool:
        """Whether it is shown with "not yet reviewed": legal and medical facts which nobody signed."""
        return self.kind in {"law", "penalty", "medical"} and not self.reviewed_by

    @property
    def settled(self) -> bool:
        """Whether its concrete penalty may be shown; the same name twice is one reviewer."""
        return len({name.casefold() for name in self.reviewed_by}) >= REVIEWERS_FOR_A_PENALTY


@dataclass(slots=True)
class Facts:
    """All facts by id, and what each says with its place, for the rules that come later."""

    by_id: dict[str, Fact]
    passages: dict[str, Passage]


def read_facts(folder: Path, report: Report) -> Facts:
    """The facts of facts.yaml; those with an id that can't be used are left out, and reported."""
    facts = Facts({}, {})
    ids = Ids()
    for cell in read_cell(read_text(folder, FILE, report), FILE, report).items(least=1):
        row = cell.row("id says kind source confidence", "in_force_from in_force_to reviewed_by reviewed_on penalty")
        fact = _read_fact(row)
        if ids.take(row["id"], fact.id):
            facts.by_id[fact.id] = fact
            facts.passages[fact.id] = row["says"].passage()
    return facts


def _read_fact(row: Row) -> Fact:
    fact = Fact(
        id=_read_id(row),
        says=row["says"].text(),
        kind=row["kind"].among(KINDS),
        source=row["source"].text(),
        in_force_from=row["in_force_from"].day(),
        in_force_to=row["in_force_to"].day(),
        confidence=row["confidence"].among(CONFIDENCE),
        reviewed_by=tuple(cell.text() for cell in row["reviewed_by"].items()),
        reviewed_on=row["reviewed_on"].day(),
        penalty=row["penalty"].text() if row["penalty"].given else "",
    )
    _judge(fact, row)
    return fact


def _read_id(row: Row) -> str:
    found = row["id"].text()
    if found and not ID.fullmatch(found):
        row["id"].error("bad-id", _("“{text}” can't be a fact's id: write it like B58.", text=found))
        return ""
    return found


def _judge(fact: Fact, row: Row) -> None:
    """What only several values of one fact can tell together."""
    if fact.in_force_from and fact.in_force_to and fact.in_force_to < fact.in_force_from:
        row["in_force_to"].error("bad-days", _("The fact ends before it begins. Correct one of the days."))
    if (fact.kind == "penalty") != bool(fact.penalty):
        message = _("A fact of kind penalty has a value “penalty” (the fine or term), and only such a fact.")
        row.error("penalty-value", message)
    if bool(fact.reviewed_by) != bool(fact.reviewed_on):
        row.error("review-day", _("Reviewers and the day of their review belong together. Write both or neither."))


def warn_of_stale_facts(facts: Mapping[str, Fact], today: date, report: Report) -> None:
    """One warning a kind of staleness, with the ids, so that the list stays short."""
    weighty = [fact for fact in facts.values() if fact.kind in {"law", "penalty", "medical"}]
    unreviewed = [fact.id for fact in weighty if fact.unreviewed]
    old = [fact.id for fact in weighty if fact.reviewed_on and today - fact.reviewed_on > REVIEW_LASTS]
    ended = [fact.id for fact in facts.values() if not fact.in_force_on(today)]
    if unreviewed:
        message = _("{count} of {all} facts of law or medicine await review.", count=len(unreviewed), all=len(weighty))
        report.warning(FILE, 1, "unreviewed", message)
    if old:
        report.warning(FILE, 1, "stale-review", _("Reviewed more than a year ago: {ids}.", ids=", ".join(old)))
    if ended:
        report.warning(FILE, 1, "not-in-force-today", _("Not in force today: {ids}.", ids=", ".join(ended)))
