"""The wording: every message has its Vietnamese, and all Vietnamese stands in the catalogues."""

import re
from pathlib import Path
from unicodedata import normalize

import pytest

from storage import wording
from storage.library.translations import placeholders
from storage.wording import CONTENT, LANGUAGE, catalogue, read_catalogue
from tests.content.extraction import OURS, ROOT, Asked, asked, in_python, in_template

FOLDER = CONTENT / LANGUAGE / "LC_MESSAGES"
CATALOGUES = {path.stem: read_catalogue(path) for path in sorted(FOLDER.glob("*.po"))}
ASKED = asked()
MARKS = re.compile("[aeiouy][\u0300-\u0303\u0306\u0309\u031b\u0323]|\u0111", re.IGNORECASE)
"""A Vietnamese letter, with the marks set apart; the last is the letter d with a stroke."""


def test_every_message_is_written_out_where_it_is_asked_for() -> None:
    """A message put together at run time can't be translated, nor one of an unknown catalogue."""
    assert [message for message in ASKED if message.id is None or not message.domain] == []


@pytest.mark.parametrize("domain", sorted({message.domain for message in ASKED} | CATALOGUES.keys()))
def test_every_message_has_its_vietnamese(domain: str) -> None:
    """Nobody meets an English sentence on a screen, and no value is lost on the way."""
    found = {str(entry.id): str(entry.string) for entry in CATALOGUES[domain] if entry.id and not entry.fuzzy}
    wanted = {
        message.id: f"{message.file}:{message.line}" for message in ASKED if message.domain == domain and message.id
    }
    missing = {text: place for text, place in wanted.items() if not found.get(text)}
    assert missing == {}
    assert {text for text in wanted if placeholders(text) != placeholders(found[text])} == set()


@pytest.mark.parametrize("domain", sorted(CATALOGUES))
def test_no_catalogue_keeps_what_nobody_asks_for(domain: str) -> None:
    """Editors spend no time on messages that nobody sees."""
    kept = {str(entry.id) for entry in CATALOGUES[domain] if entry.id}
    assert kept - {message.id for message in ASKED if message.domain == domain} == set()


def test_no_vietnamese_stands_in_code() -> None:
    """Whoever edits the wording finds all of it in the content folder."""
    found = []
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".js", ".css"}:
                lines = normalize("NFD", path.read_text(encoding="utf-8")).split("\n")
                found += [f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if MARKS.search(line)]
    assert found == []


def test_extraction_sees_every_way_of_asking() -> None:
    """The tests above can fail: messages are found under any name, in templates and in scripts."""
    source = (
        'from x import catalogue\n_ = catalogue("bot")\npage = catalogue("page")\n_("A {b}", b=1)\npage("C")\n_(name)\n'
    )
    assert list(in_python("a.py", source)) == [
        Asked("a.py", 4, "bot", "A {b}"),
        Asked("a.py", 5, "page", "C"),
        Asked("a.py", 6, "bot", None),
    ]
    assert list(in_python("a.py", '_("A")')) == [Asked("a.py", 1, "", "A")]
    template = '<a title="{{ _(\'D\') }}">\n{% if x %}{{ _("E {f}", f=x) }}{% endif %}{{ _(x) }}</a>'
    assert [(m.line, m.id) for m in in_template("a.html", template, "page")] == [(1, "D"), (2, "E {f}"), (2, None)]
    assert [m.id for m in in_template("a.js", 'say(_("G"));', "page")] == ["G"]


@pytest.fixture
def own_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue `own.po` which a test writes itself."""
    monkeypatch.setattr(wording, "CONTENT", tmp_path)
    path = tmp_path / LANGUAGE / "LC_MESSAGES" / "own.po"
    path.parent.mkdir(parents=True)
    catalogue.cache_clear()
    wording._messages.cache_clear()
    return path


def po(*entries: tuple[str, str]) -> str:
    return "".join(f'msgid "{source}"\nmsgstr "{text}"\n\n' for source, text in entries)


def test_a_message_is_said_in_vietnamese_with_its_values(own_catalogue: Path) -> None:
    """Values go into the Vietnamese sentence, wherever it has their places."""
    own_catalogue.write_text(po(("{a} of {b}", "{b} có {a}"), ("Yes", "Có")), encoding="utf-8")
    _ = catalogue("own")
    assert (_("{a} of {b}", a=1, b=2), _("Yes")) == ("2 có 1", "Có")


def test_a_slip_in_the_wording_stops_nobody(own_catalogue: Path) -> None:
    """A missing, empty or doubtful translation, or one with a wrong place for a value, is answered in English."""
    slips = po(("{a} left", "còn {b}"), ("No", ""), ("{c} {d}", "{")) + "#, fuzzy\n" + po(("Yes", "Không"))
    own_catalogue.write_text(slips, encoding="utf-8")
    _ = catalogue("own")
    assert (_("{a} left", a=1), _("No"), _("Other"), _("{c} {d}", c=1, d=2)) == ("1 left", "No", "Other", "1 2")
    assert _("Yes") == "Yes"


def test_the_file_is_read_at_the_first_message(own_catalogue: Path) -> None:
    """Modules name their catalogue while they are imported; only speaking needs the file."""
    _ = catalogue("own")
    own_catalogue.write_text(po(("Yes", "Có")), encoding="utf-8")
    assert _("Yes") == "Có"
