"""What the pages point at is there: other pages and their headings, files, tests, names in the code."""

import importlib
import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, codes, name_of

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PATH = re.compile(r"(?:bot|handlers|storage|content|tests|docs)/[\w./-]*")
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
_DOTTED = re.compile(r"(?:bot|handlers|storage)(?:\.\w+)+")

each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    titles = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def found(name: str) -> bool:
    """Whether a dotted name leads to something: a module, and what stands in it."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            here: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            here = getattr(here, part, None)
        return here is not None
    return False


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading that it has."""
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        file, _hash, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_page
def test_named_files_and_tests_are_there(page: Path) -> None:
    """A path between backticks exists, and a named test is defined where it is said to be."""
    for code in codes(page.read_text(encoding="utf-8")):
        if test := _TEST.fullmatch(code):
            assert f"def {test[2]}(" in (ROOT / test[1]).read_text(encoding="utf-8"), code
        elif _PATH.fullmatch(code):
            assert (ROOT / code).exists(), code


@each_page
def test_named_code_can_be_imported(page: Path) -> None:
    """A dotted name between backticks leads to a module, a class or a function."""
    names = [code for code in codes(page.read_text(encoding="utf-8")) if _DOTTED.fullmatch(code)]
    assert [name for name in names if not found(name)] == []


def test_a_name_that_leads_nowhere_would_be_seen() -> None:
    """The check above can fail: at the module, the function and the method."""
    assert found("bot.memory.Memory.keep_private")
    assert not found("bot.memories")
    assert not found("bot.turns.take")
    assert not found("bot.memory.Memory.write")
