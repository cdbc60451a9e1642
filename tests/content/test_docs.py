"""docs/content.md: its examples load, and it knows every problem."""

import ast
import re
from pathlib import Path

from storage.library.lint import SHOWN
from tests.content.extraction import ROOT
from tests.content.samples import Content, write_tiny

TEXT = (ROOT / "docs/content.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^## [^\n]*`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REPORTING = {"error", "warning", "_error", "among"}
READERS = ("storage.library.problems", "storage.library.cells", "storage.library.desk", "storage.library.texts")


def test_the_examples_are_one_valid_content(tmp_path: Path) -> None:
    """Whoever copies the examples of the page gets content that loads, without anything to mend."""
    content = Content(tmp_path)
    examples = EXAMPLE.findall(TEXT)
    write_tiny(tmp_path)
    for file, _text in examples:
        (tmp_path / file).unlink(missing_ok=True)
    for file, text in examples:
        content.write(file, text)
    codes = {problem.code for problem in content.check()}
    assert len(examples) == 8
    assert codes == {"unreviewed", "unused-fact"}  # the fact B17 is there to show what an unsigned law looks like
    assert content.load().lessons["tu-choi"].screens[1].text == "Hút thử cũng bị phạt, từ 3 đến 5 triệu đồng."


def codes_in(path: Path) -> set[str]:
    """The codes of the problems that a module reports."""
    source = path.read_text(encoding="utf-8")
    if not any(reader in source for reader in READERS):
        return set()
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in REPORTING:
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            found |= {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z0-9-]+", text)}
    return found


def test_every_problem_is_told_in_the_docs() -> None:
    """An editor who meets a code finds it on the page, and the page tells of none that can't come."""
    listed = TEXT.split("## Every problem")[1]
    told = {
        code for row in re.findall(r"^\| (`.*?) \|", listed, re.MULTILINE) for code in re.findall(r"`([\w-]+)`", row)
    }
    reported = {code for path in (ROOT / "storage").rglob("*.py") for code in codes_in(path)} | {
        *SHOWN,
        "unknown-value",
    }
    assert told - {"law"} == reported
