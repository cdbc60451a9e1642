"""A lesson: three to seven screens on one card of the content map."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.library.cells import Cell, Row, read_cell
from storage.library.desk import Desk
from storage.library.folders import files
from storage.library.pages import Page
from storage.library.texts import Passage, read_text
from storage.wording import catalogue

_ = catalogue("cli")

TRACKS = frozenset({"hs", "sv", "ph", "gv", "ld", "nc", "cb"})
"""Pupil, student, parent, teacher, worker, person at risk or their family, citizen."""
PRIVATE_TRACK = "nc"
"""What is meant for people at risk is read in private turns, which leave no trace."""

FEWEST_SCREENS, MOST_SCREENS = 3, 7
TITLE, SUMMARY = 80, 160
LAST_PLACE = 9_999  # on the shelf; tens leave room between
SCREEN_AIM, SCREEN = 450, 700
"""Characters: what is pleasant on a phone, and what is refused."""
FACTS_LINE = re.compile(r"\{\s*(\w+(?:\s+\w+)*)\s*\}")
LINK_LINE = re.compile(r"\[\[\s*([^\[\]]*?)\s*\]\]")


@dataclass(frozen=True, slots=True)
class Screen:
    """`text` is final (penalties expanded or masked; ** marks bold); `source` is "" or the line to show under it;
    `links` are ids of lessons, each a button."""

    title: str
    text: str
    source: str = ""
    links: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson; `private` when it is for people at risk."""

    id: str
    title: str
    summary: str
    tracks: frozenset[str]
    screens: tuple[Screen, ...]
    private: bool
    place: int = LAST_PLACE


@dataclass(slots=True)
class Draft:
    """A screen as written: its title, its lines, and the line of the file where each stands."""

    file: str
    line: int
    title: str
    lines: list[str]

    def take_tail(self, pattern: re.Pattern[str]) -> tuple[str, int] | None:
        """Take the last line off when it has this form: what the form holds, and its line."""
        while self.lines and not self.lines[-1].strip():
            self.lines.pop()
        found = pattern.fullmatch(self.lines[-1].strip()) if self.lines else None
        if not found:
            return None
        self.lines.pop()
        return found[1], self.line + len(self.lines) + 1


def read_tracks(cell: Cell) -> frozenset[str]:
    """The tracks named; `all` stands for each of them."""
    if cell.is_text:
        return TRACKS if cell.among({"all"}, "unknown-track") else frozenset()
    named = {entry.among({*TRACKS, "all"}, "unknown-track") for entry in cell.items(least=1)}
    return TRACKS if "all" in named else frozenset(named - {""})


def read_lessons(folder: Path, desk: Desk) -> dict[str, Lesson]:
    """The lessons by id, which is the file's name, in the order of their places on the shelf."""
    found = [_read_lesson(folder, file, desk) for file in files(folder, "lessons", ".md", desk.report)]
    return {lesson.id: lesson for lesson in sorted(found, key=lambda lesson: (lesson.place, lesson.id))}


def _read_lesson(folder: Path, file: str, desk: Desk) -> Lesson:
    lines = read_text(folder, file, desk.report).split("\n")
    end = next((at for at, line in enumerate(lines) if at and line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        message = _("A lesson begins with its title, summary and tracks between two lines of “---”.")
        desk.report.error(file, 1, "front-matter", message)
    head = read_cell("\n" + "\n".join(lines[1:end]), file, desk.report).row("title summary tracks place")
    tracks = read_tracks(head["tracks"])
    screens = tuple(_read_screen(draft, desk) for draft in _drafts(file, lines, end, desk))
    title, summary = _read_head(head, screens, desk)
    place = head["place"].number(1, LAST_PLACE)
    if not FEWEST_SCREENS <= len(screens) <= MOST_SCREENS:
        message = _("{count} screens; a lesson has {least} to {most}. Each begins with “## ”.", count=len(screens),
                    least=FEWEST_SCREENS, most=MOST_SCREENS)  # fmt: skip
        desk.report.error(file, end + 1, "how-many", message)
    return Lesson(Path(file).stem, title, summary, tracks, screens, PRIVATE_TRACK in tracks, place)


def _read_head(head: Row, screens: tuple[Screen, ...], desk: Desk) -> tuple[str, str]:
    """Title and summary, which rest on the facts of the screens under them."""
    page = Page(desk)
    page.facts.update(dict.fromkeys(fact_id for screen in screens for fact_id in screen.facts))
    title, summary = page.label(head["title"], TITLE), page.label(head["summary"], SUMMARY)
    page.close()
    return title, summary


def _drafts(file: str, lines: list[str], end: int, desk: Desk) -> Iterator[Draft]:
    draft: Draft | None = None
    for at in range(end + 1, len(lines)):
        if lines[at].startswith("## "):
            if draft:
                yield draft
            draft = Draft(file, at + 1, lines[at][3:].strip(), [])
        elif draft:
            draft.lines.append(lines[at])
        elif lines[at].strip():
            message = _("This stands before the first screen. Begin a screen with “## ” and its title.")
            desk.report.error(file, at + 1, "outside-screen", message)
    if draft:
        yield draft


def _read_screen(draft: Draft, desk: Desk) -> Screen:
    page = Page(desk)
    facts = draft.take_tail(FACTS_LINE)
    links: list[str] = []
    while link := draft.take_tail(LINK_LINE):
        links.insert(0, link[0])
        desk.link(link[0], draft.file, link[1])
    if facts:
        for fact_id in facts[0].split():
            page.cite(fact_id, draft.file, facts[1])
    title = page.text(Passage(draft.file, draft.line, draft.title), TITLE, penalties=False)
    body = Passage(draft.file, draft.line + 1, "\n".join(draft.lines))
    text = page.text(body, SCREEN)
    source, cited = page.close()
    _judge_screen(draft, title, text, desk)
    page.fits(draft.file, draft.line, title, text, source)
    return Screen(title, text, source, tuple(links), cited)


def _judge_screen(draft: Draft, title: str, text: str, desk: Desk) -> None:
    if not title or not text:
        message = _("A screen needs a title after “## ” and a text under it.")
        desk.report.error(draft.file, draft.line, "empty", message)
    if SCREEN_AIM < len(text) <= SCREEN:
        message = _("{count} characters; about {most} read well on a phone.", count=len(text), most=SCREEN_AIM)
        desk.report.warning(draft.file, draft.line, "long-screen", message)
