"""A scenario: a small story in which one chooses what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from storage.library.cells import Cell, Row, read_cell
from storage.library.desk import Desk
from storage.library.folders import files
from storage.library.lessons import PRIVATE_TRACK, SUMMARY, TITLE, Lesson, read_tracks
from storage.library.pages import Page
from storage.library.texts import read_text
from storage.wording import catalogue

_ = catalogue("cli")
TEXT, LABEL, EXPLAIN = 450, 60, 300
"""Characters."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`explain` is shown before the node `next`."""

    label: str
    explain: str
    next: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node without choices is an end."""

    id: str
    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """`card` is the lesson it belongs to; from `start` every node is reached, and from every node an end."""

    id: str
    title: str
    summary: str
    tracks: frozenset[str]
    card: str
    start: str
    nodes: Mapping[str, Node]
    source: str
    private: bool
    facts: tuple[str, ...] = ()


def read_scenarios(folder: Path, desk: Desk, lessons: Mapping[str, Lesson]) -> dict[str, Scenario]:
    """The scenarios by id, which is the file's name."""
    found = (_read_scenario(folder, file, desk, lessons) for file in files(folder, "scenarios", ".yaml", desk.report))
    return {scenario.id: scenario for scenario in found}


def _read_scenario(folder: Path, file: str, desk: Desk, lessons: Mapping[str, Lesson]) -> Scenario:
    sheet = read_cell(read_text(folder, file, desk.report), file, desk.report)
    row = sheet.row("title summary tracks card start nodes", "facts")
    page = Page(desk)
    if "facts" in row:
        page.cite_cells(row["facts"].items())
    card, tracks, start = read_card(row["card"], desk), read_tracks(row["tracks"]), row["start"].text()
    title, summary = page.label(row["title"], TITLE), page.label(row["summary"], SUMMARY)
    nodes = _read_nodes(row, start, page)
    source, facts = page.close()
    private = PRIVATE_TRACK in tracks or (card in lessons and lessons[card].private)
    return Scenario(
        Path(file).stem, title, summary, tracks, card, start, MappingProxyType(nodes), source, private, facts
    )  # fmt: skip


def read_card(cell: Cell, desk: Desk) -> str:
    """The lesson something belongs to; that it exists is told when all lessons are read."""
    card = cell.text()
    desk.link(card, cell.file, cell.line)
    return card


def _read_nodes(row: Row, start: str, page: Page) -> dict[str, Node]:
    story = Story(row["start"])
    for key, cell in row["nodes"].pairs():
        node_id = key.slug()
        story.lines[node_id] = key
        story.nodes[node_id] = _read_node(node_id, cell, page, story)
    story.judge(start)
    return story.nodes


def _read_node(node_id: str, cell: Cell, page: Page, story: "Story") -> Node:
    row = cell.row("text", "choices end")
    text = page.text(row["text"].passage(), TEXT)
    end = row["end"].flag() if "end" in row else False
    if end == ("choices" in row):
        row.error("node-end", _("A node has either choices or “end: true”."))
    choices: list[Choice] = []
    for entry in row["choices"].items(2, 4):
        choice = entry.row("label explain next")
        story.arrows.append((node_id, choice["next"]))
        explain = page.text(choice["explain"].passage(), EXPLAIN)
        choices.append(Choice(page.label(choice["label"], LABEL), explain, choice["next"].text()))
    page.fits(cell.file, cell.line, text, *(c.label for c in choices), max((c.explain for c in choices), default=""))
    return Node(node_id, text, tuple(choices))


class Story:
    """The nodes of one scenario with their places, and the arrows between them."""

    def __init__(self, start: Cell) -> None:
        self.start = start
        self.nodes: dict[str, Node] = {}
        self.lines: dict[str, Cell] = {}
        self.arrows: list[tuple[str, Cell]] = []

    def judge(self, start: str) -> None:
        """Every arrow leads somewhere, every node is reached, and from every node there is a way to an end."""
        for _node, arrow in self.arrows:
            self._judge_target(arrow, arrow.text())
        self._judge_target(self.start, start)
        if start in self.nodes:
            self._judge_ways(start)

    def _judge_target(self, cell: Cell, target: str) -> None:
        if target and target not in self.nodes:
            cell.error("no-node", _("There is no node {node}. Write it or correct the name.", node=target))

    def _judge_ways(self, start: str) -> None:
        arrows = [(node, arrow.text()) for node, arrow in self.arrows]
        ends = [node.id for node in self.nodes.values() if not node.choices]
        for node in self.nodes.keys() - _reached([start], arrows):
            message = _("No choice leads to the node {node}. Lead to it or remove it.", node=node)
            self.lines[node].error("unreachable", message)
        for node in self.nodes.keys() - _reached(ends, [(target, node) for node, target in arrows]):
            message = _("From the node {node} no way leads to an end. Let one choice lead out.", node=node)
            self.lines[node].error("no-way-out", message)


def _reached(starts: Iterable[str], arrows: Iterable[tuple[str, str]]) -> set[str]:
    """All nodes to which the arrows lead from these starts, the starts too."""
    leads: dict[str, list[str]] = {}
    for node, target in arrows:
        leads.setdefault(node, []).append(target)
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(leads.get(node, ()))
    return reached
