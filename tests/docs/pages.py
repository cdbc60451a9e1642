"""The pages of the documentation, read back into tables, blocks and names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def name_of(page: Path) -> str:
    """A page's place in the repository."""
    return page.relative_to(ROOT).as_posix()


def read(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def rows(page: str, head: str) -> list[list[str]]:
    """The rows of all tables of a page whose first column is headed so; each row as its cells."""
    found: list[list[str]] = []
    inside = False
    for line in read(page).split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if inside and cells and not set(cells[0]) <= {"-"}:
            found.append(cells)
        inside = bool(cells) and (inside or cells[0] == head)
    return found


def codes(text: str) -> tuple[str, ...]:
    """What stands between backticks."""
    return tuple(_CODE.findall(_FENCED.sub("", text)))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return [block for kind, block in _FENCED.findall(page.read_text(encoding="utf-8")) if kind == language]


def all_blocks(language: str) -> dict[str, str]:
    """The fenced blocks of a language on all pages, each under its page and number."""
    return {f"{name_of(page)}-{at}": text for page in PAGES for at, text in enumerate(blocks(page, language), 1)}
