"""Mistakes planted into a copy of the real content, each found with its file and line."""

import re
from collections.abc import Callable
from unicodedata import normalize

import pytest

from storage.library import BadContent, Problem
from tests.content.samples import REAL, Content

Place = tuple[str, int]
Edit = Callable[[Content], Place]


def swap(files: str, pattern: str, new: str, after: int = 0) -> Edit:
    """Put `new` for the first match in the first file that has one; the mistake is `after` lines below its start."""

    def edit(content: Content) -> Place:
        for path in sorted(content.folder.glob(files)):
            text = path.read_text(encoding="utf-8")
            if found := re.search(pattern, text, re.MULTILINE):
                changed = text[: found.start()] + found.expand(new) + text[found.end() :]
                path.write_text(changed, encoding="utf-8")
                return str(path.relative_to(content.folder)), text.count("\n", 0, found.start()) + 1 + after
        raise AssertionError(f"nothing in {files} matches {pattern}")

    return edit


def sentence(words: str, after: int = 2) -> Edit:
    """A screen that cites only a skill, and says this, in place of the first one."""
    screen = f"## Một màn hình\n\n{words}\n\nKể cho một người bạn tin.\n\n{{E01}}\n\n"
    return swap("lessons/ky-nang-tu-choi.md", r"^## (?:.*\n)+?(?=## )", screen, after)


def expire(content: Content) -> Place:
    """The fact of a question runs out on the day before; the question is to blame."""
    file, line = swap("questions/*.yaml", r"^  facts: \[([A-Z]\d+)\]$", r"  facts: [\1]")(content)
    fact = re.findall(r"\w+", (content.folder / file).read_text(encoding="utf-8").splitlines()[line - 1])[-1]
    swap("facts.yaml", rf"(^- id: {fact}$(?:\n  .*)*\n  in_force_to:) null", r"\1 2026-11-23")(content)
    return file, line


def two_screens(content: Content) -> Place:
    path = content.folder / "lessons/ky-nang-tu-choi.md"
    parts = re.split(r"^(?=## )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text("".join(parts[:3]), encoding="utf-8")
    return "lessons/ky-nang-tu-choi.md", parts[0].count("\n")


def decompose(content: Content) -> Place:
    file, line = swap("lessons/ky-nang-tu-choi.md", r"^title: ", "title: ")(content)
    path = content.folder / file
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[line - 1] = normalize("NFD", lines[line - 1])
    path.write_text("\n".join(lines), encoding="utf-8")
    return file, line


def repeat_an_id(content: Content) -> Place:
    path = min((content.folder / "questions").glob("*.yaml"))
    text = path.read_text(encoding="utf-8").rstrip() + "\n"
    first = re.split(r"^(?=- id: )", text, flags=re.MULTILINE)[1]
    path.write_text(text + first, encoding="utf-8")
    return str(path.relative_to(content.folder)), text.count("\n") + 1


def leave_a_note(content: Content) -> Place:
    content.write("lessons/ghi-chu.txt", "x")
    return "lessons/ghi-chu.txt", 1


OPTIONS = "  options:\n"
ONE_MORE_RIGHT = OPTIONS + "    - {text: Nữa, right: true}\n"
TWO_ALIKE = OPTIONS + "    - text: A b\n    - text: a  b.\n"
UNTIL_EXPLAIN = r"^(- id: (?:.*\n)+?)  explain: .*\n"
FIRST_MESSAGE = r'^(msgid "[^"]+"\nmsgstr ).*$'
WITH_A_PLACE = r'^(msgid "[^"]*\{file\}[^"]*"\nmsgstr ).*$'
FIRST_FACT = r"^(- id: \w+)((?:\n  .*)*)"
NODE = r"^nodes:$"
NO_END = """nodes:
  chua-xong:
    text: Còn tiếp."""
LOOP = """nodes:
  vong-mot:
    text: Đi tiếp.
    choices:
      - {label: Một, explain: Đi., next: vong-hai}
      - {label: Hai, explain: Đi., next: vong-hai}
  vong-hai:
    text: Đi tiếp.
    choices:
      - {label: Một, explain: Đi., next: vong-mot}
      - {label: Hai, explain: Đi., next: vong-mot}"""

MISTAKES: list[tuple[str, str, Edit]] = [
    ("a key nobody knows", "unknown-key", swap("questions/*.yaml", r"^  level: 1$", "  muc: 1\n  level: 1")),
    ("a key left out", "missing-key", swap("questions/*.yaml", r"^(- id: .*)\n  card: .*$", r"\1")),
    ("a key twice", "twice", swap("questions/*.yaml", r"^  level: 1$", "  level: 1\n  level: 2", after=1)),
    ("a wrong type", "wrong-type", swap("questions/*.yaml", r"^  level: 1$", "  level: dễ")),
    ("a level out of range", "wrong-type", swap("questions/*.yaml", r"^  level: 1$", "  level: 4")),
    ("a list for a text", "wrong-type", swap("scenarios/*.yaml", r"^summary: .*$", "summary: [a, b]")),
    ("an unknown track", "unknown-track", swap("lessons/*.md", r"^tracks: .*$", "tracks: [hs, xx]")),
    ("a big letter in an id", "bad-id", swap("questions/*.yaml", r"^- id: (.*)$", r"- id: Cau-\1")),
    ("an id twice", "duplicate-id", repeat_an_id),
    ("a fact that isn't there", "no-fact", swap("questions/*.yaml", r"^  facts: \[", "  facts: [Z99, ")),
    ("a fact that isn't there, under a screen", "no-fact", swap("lessons/*.md", r"^\{(E\d+)", r"{Z99 \1")),
    ("a fact out of force", "out-of-force", expire),
    ("law without a fact", "law-without-fact", sentence("Theo Điều 249, việc này là tội phạm.")),
    ("law over a line break", "law-without-fact", sentence("Người giữ hộ có thể bị\nphạt.")),
    ("a prison term", "clear-penalty", sentence("Có thể bị phạt tù từ 2 đến 7 năm.")),
    ("a fine", "clear-penalty", sentence("Mức phạt là 3–5 triệu đồng.")),
    ("a term of a fact that has none", "not-a-penalty", sentence("Hình phạt là {{E01}}.")),
    ("a term of a fact that isn't there", "no-fact", sentence("Hình phạt là {{Z99}}.")),
    ("a hurting word", "stigma", sentence("Mấy con nghiện hay tụ tập ở đó.")),
    ("a hurting word in an option", "stigma", swap("questions/*.yaml", r'text: "', 'text: "Bọn xì ke. ')),
    ("a dose", "how-to", sentence("Người ta dùng 0,5 g một lần.")),
    ("a price", "how-to", sentence("Giá 300 nghìn một gói.")),
    ("a route", "how-to", sentence("Nghiền viên rồi hít qua mũi.")),
    ("a recipe", "how-to", sentence("Nấu với nước rồi lọc lấy cặn.")),
    ("a way round a test", "how-to", sentence("Uống nhiều nước để qua mặt xét nghiệm.")),
    ("the number out of use", "retired-number", sentence("Gọi 1800 1567 nhé.")),
    ("the number out of use, in a fact", "retired-number", swap("facts.yaml", r"^  says: ", "  says: 18001567, ")),
    ("a number of no help line", "phone", sentence("Gọi 0912.345.678 nhé.")),
    ("a promise", "promise", sentence("Tin của bạn được giữ bí mật tuyệt đối.")),
    ("words that mislead", "avoid", sentence("Bạn hãy viết đơn tố cáo.")),
    ("a screen too long", "too-long", sentence("Kể cho một người bạn tin. " * 30)),
    ("a label too long", "too-long", swap("scenarios/*.yaml", r"- label: .*$", "- label: " + "dài " * 20)),
    ("an option too long", "too-long", swap("questions/*.yaml", r'text: "', 'text: "' + "dài " * 25)),
    ("a heading inside a screen", "markup", sentence("### Đầu đề con")),
    ("a web link", "markup", sentence("Xem [ở đây](https://example.vn).")),
    ("a question as a line", "markup", sentence("? Bạn chọn gì")),
    ("a ** alone", "bold", sentence("Câu này **đậm mà không hết.")),
    ("a link to no lesson", "broken-link", swap("lessons/*.md", r"^\[\[.*\]\]$", "[[khong-co-bai-nay]]")),
    ("a link in the middle", "markup", sentence("Xem [[ky-nang-tu-choi]] nhé.")),
    ("a scenario of no lesson", "broken-link", swap("scenarios/*.yaml", r"^card: .*$", "card: khong-co")),
    ("a question of no lesson", "broken-link", swap("questions/*.yaml", r"^  card: .*$", "  card: khong-co")),
    ("a choice to nowhere", "no-node", swap("scenarios/*.yaml", r"^        next: .*$", "        next: khong-co")),
    ("a start nowhere", "no-node", swap("scenarios/*.yaml", r"^start: .*$", "start: khong-co")),
    ("a node never reached", "unreachable", swap("scenarios/*.yaml", NODE, LOOP, after=1)),
    ("a loop without end", "no-way-out", swap("scenarios/*.yaml", NODE, LOOP, after=1)),
    ("neither choices nor an end", "node-end", swap("scenarios/*.yaml", NODE, NO_END, after=2)),
    ("a question without explanation", "missing-key", swap("questions/*.yaml", UNTIL_EXPLAIN, r"\1")),
    ("an empty explanation", "empty", swap("questions/*.yaml", r"^  explain: .*$", "  explain:")),
    ("two right options", "one-right", swap("questions/*.yaml", OPTIONS, ONE_MORE_RIGHT, 1)),
    ("equal options", "equal-options", swap("questions/*.yaml", OPTIONS, TWO_ALIKE, 1)),
    ("an untranslated message", "untranslated", swap("LC_MESSAGES/content.po", FIRST_MESSAGE, r'\1""')),
    ("a lost placeholder", "placeholders", swap("LC_MESSAGES/cli.po", WITH_A_PLACE, r'\1"Thiếu."')),
    ("letters and marks apart", "not-nfc", decompose),
    ("an invisible character", "invisible", swap("lessons/*.md", r"^title: ", "title: \u200b")),
    ("two screens only", "how-many", two_screens),
    ("text before the screens", "outside-screen", swap("lessons/*.md", r"^---\n## ", "---\nLạc.\n\n## ", after=1)),
    ("no front matter", "front-matter", swap("lessons/*.md", r"\A---$", "")),
    ("broken YAML", "yaml", swap("scenarios/*.yaml", r"^card: .*$", "card: [a", after=1)),
    ("an emergency number too long", "not-emergency", swap("helplines.yaml", r"^(  emergency:) false", r"\1 true")),
    ("an hour of no day", "wrong-type", swap("helplines.yaml", r'to: "20:30"', 'to: "25:30"')),
    ("first aid that doesn't call first", "call-first", swap("firstaid.yaml", r"^    - Gọi 115[^.]*", "    - Chờ")),
    ("first aid with an unknown number", "no-line", swap("firstaid.yaml", r'^  call: \["115"', '  call: ["119"')),
    ("a pattern that can't be read", "pattern", swap("lint.yaml", r"^  - find: nghị", "  - find: (nghị")),
]  # fmt: skip

WARNINGS: list[tuple[str, str, Edit]] = [
    ("a unit of the past", "old-units", sentence("Hỏi ở thị trấn.")),
    ("a fact nobody cites", "unused-fact", swap("facts.yaml", FIRST_FACT, r"- id: Z1\2\n\1\2", after=1)),
    ("a screen rather long", "long-screen", sentence("Kể cho một người bạn tin. " * 19, after=0)),
    ("a file that isn't read", "unknown-file", leave_a_note),
]  # fmt: skip


@pytest.fixture(scope="module")
def known() -> frozenset[Problem]:
    """What is wrong before a mistake is planted."""
    return frozenset(Content(REAL).check())


def errors(content: Content) -> list[str]:
    return [str(problem) for problem in content.check() if problem.serious]


def test_the_real_content_has_no_errors(real: Content) -> None:
    """What people read today passes every rule, so the program starts with it."""
    assert errors(real) == []
    assert real.load().lessons


@pytest.mark.parametrize(("code", "edit"), [pytest.param(*row[1:], id=row[0]) for row in MISTAKES])
def test_a_mistake_is_found_in_its_line(real: Content, known: frozenset[Problem], code: str, edit: Edit) -> None:
    """Each planted mistake is an error at its file and line, and keeps the program from starting."""
    file, line = edit(real)
    if file.startswith("LC_MESSAGES"):  # wording is checked, but a slip there keeps nothing from starting
        found = frozenset(real.check()) - known
    else:
        with pytest.raises(BadContent, match=re.escape(f"{file}:{line}: ")) as refused:
            real.load()
        found = frozenset(refused.value.problems) - known
    assert (file, line, code) in {(problem.file, problem.line, problem.code) for problem in found if problem.serious}


@pytest.mark.parametrize(("code", "edit"), [pytest.param(*row[1:], id=row[0]) for row in WARNINGS])
def test_a_blemish_is_only_a_warning(real: Content, code: str, edit: Edit) -> None:
    """What is merely stale or unwieldy is pointed out at its line and stops nothing."""
    place = edit(real)
    found = {(problem.file, problem.line, problem.code): problem.serious for problem in real.load().warnings}
    assert found.get((*place, code)) is False, found


AT_ONCE = [
    "a key nobody knows", "a list for a text", "an unknown track", "an id twice", "a fact out of force", "a promise",
    "the number out of use, in a fact", "a hurting word in an option", "a link to no lesson", "a choice to nowhere",
    "a question of no lesson", "an hour of no day", "first aid that doesn't call first", "an empty explanation",
    "a pattern that can't be read",
]  # fmt: skip


def test_all_mistakes_are_told_at_once(real: Content) -> None:
    """An editor who made fifteen mistakes sees fifteen, not the first."""
    planted = [(code, edit) for name, code, edit in MISTAKES if name in AT_ONCE]
    for _code, edit in planted:
        edit(real)
    with pytest.raises(BadContent) as refused:
        real.load()
    assert len(planted) == len(AT_ONCE)
    assert {code for code, _edit in planted} <= {problem.code for problem in refused.value.problems}
