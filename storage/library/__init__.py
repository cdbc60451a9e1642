"""The content library: `content/vi` read into frozen values, or refused with every problem listed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from storage.library.desk import Desk
from storage.library.editions import Edition, read_edition
from storage.library.facts import Fact, read_facts
from storage.library.firstaid import Situation, read_first_aid
from storage.library.helplines import HelpLine, Hours, read_helplines
from storage.library.lessons import TRACKS, Lesson, Screen, read_lessons
from storage.library.lexicon import Lexicon, read_lexicon
from storage.library.lint import read_rules
from storage.library.problems import BadContent, Problem, Report
from storage.library.questions import Option, Question, read_questions
from storage.library.scenarios import Choice, Node, Scenario, read_scenarios
from storage.library.translations import check_translations

__all__ = [
    "TRACKS",
    "BadContent",
    "Choice",
    "Edition",
    "Fact",
    "HelpLine",
    "Hours",
    "Lesson",
    "Library",
    "Node",
    "Option",
    "Problem",
    "Question",
    "Scenario",
    "Screen",
    "Situation",
    "check",
    "load",
]


@dataclass(frozen=True, slots=True)
class Library:
    """All content, in the order in which it is to be listed. `helplines` holds the visible ones only."""

    edition: Edition
    lessons: Mapping[str, Lesson]
    scenarios: Mapping[str, Scenario]
    questions: Mapping[str, Question]
    helplines: tuple[HelpLine, ...]
    first_aid: tuple[Situation, ...]
    facts: Mapping[str, Fact]
    lexicon: Lexicon
    warnings: tuple[Problem, ...] = ()


def load(folder: Path, today: date) -> Library:
    """Read the content of one language, or raise BadContent with every problem at once.

    What is in force is judged by the edition's day; what is stale, by `today`, and that is only a warning.
    """
    desk = _open_desk(folder, today)
    library = _read(folder, desk)
    if desk.report.serious:
        raise BadContent(desk.report.sorted())
    return replace(library, warnings=desk.report.sorted())


def check(folder: Path, today: date | None = None) -> tuple[Problem, ...]:
    """Every problem of content and wording, errors and warnings, by file and line; () when all is well.

    Without `today` the edition's own day counts, so that the same content gives the same answer tomorrow.
    """
    desk = _open_desk(folder, today)
    _read(folder, desk)
    check_translations(folder, desk)
    return desk.report.sorted()


def _open_desk(folder: Path, today: date | None) -> Desk:
    report = Report()
    edition = read_edition(folder, today or date.min, report)
    desk = Desk(edition, today or edition.day, read_rules(folder, report), read_facts(folder, report), report)
    desk.judge_facts()
    return desk


def _read(folder: Path, desk: Desk) -> Library:
    helplines = read_helplines(folder, desk)  # first, so that numbers in the other texts can be recognised
    lessons = read_lessons(folder, desk)
    first_aid = read_first_aid(folder, desk)
    library = Library(
        edition=desk.edition,
        lessons=MappingProxyType(lessons),
        scenarios=MappingProxyType(read_scenarios(folder, desk, lessons)),
        questions=MappingProxyType(read_questions(folder, desk, lessons)),
        helplines=tuple(line for line in helplines if line.visible_on(desk.today)),
        first_aid=first_aid,
        facts=MappingProxyType(desk.facts),
        lexicon=read_lexicon(folder, desk, {one.id for one in first_aid}, lessons),
    )
    desk.follow_links(lessons)
    desk.report_unused()
    return library
