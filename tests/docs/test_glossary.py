"""docs/glossary.md names things as the code does."""

import re

from tests.docs.pages import ROOT, codes, rows

CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("bot", "handlers", "storage")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".js", ".html"}
)


def test_every_name_is_one_of_the_code() -> None:
    """A newcomer who looks a term up finds it in the code under that name."""
    names = [name for row in rows("docs/glossary.md", "Vietnamese") for name in codes(row[2])]
    assert len(names) > 50
    assert [name for name in names if not re.search(rf"\b{name}\b", CODE)] == []
