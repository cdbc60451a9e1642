"""The map in prose (bot/__init__.py) and the drawn one (docs/map.svg) show the house as it stands."""

import re

import bot
from tests.docs.pages import ROOT, read

OURS = ("bot", "handlers", "storage")
PROSE = bot.__doc__ or ""
NAMED = set(re.findall(r"`((?:bot|handlers|storage|content|docs)/[\w./]*)`", PROSE))


def test_the_prose_names_nothing_that_is_not_there() -> None:
    """A file that was moved or removed is moved or removed on the map too."""
    assert [name for name in sorted(NAMED) if not (ROOT / name).exists()] == []


def test_every_folder_stands_in_the_prose() -> None:
    """Whoever opens a folder finds it on the map."""
    folders = {path.parent for ours in OURS for path in (ROOT / ours).rglob("*") if path.suffix in {".py", ".html"}}
    wanted = {f"{path.relative_to(ROOT).as_posix()}/" for path in folders if path.name != "versions"}
    assert wanted - NAMED == set()


def test_every_module_of_a_floor_stands_in_the_prose() -> None:
    """By name; what lies in a folder of its own is explained by the folder."""
    modules = [path for ours in OURS for path in (ROOT / ours).glob("*.py") if path.stem != "__init__"]
    assert {path.relative_to(ROOT).as_posix() for path in modules} - NAMED == set()


def test_the_drawing_shows_what_is_there() -> None:
    """Each file and folder in the drawing exists, and it has the five hops."""
    drawn = re.sub(r"<(?:style|desc)>.*?</(?:style|desc)>", "", read("docs/map.svg"), flags=re.DOTALL)
    words = re.findall(r"(?<=>)[^<>]+(?=</t)", drawn)
    files = {name for text in words for name in re.findall(r"[\w/]+(?:\.py|/)(?!\w)", text)}
    there = [path for ours in OURS for path in (ROOT / ours).rglob("*")]
    known = {path.name for path in there} | {f"{path.name}/" for path in there} | {f"{ours}/" for ours in OURS}
    assert files - known == {"content/vi/"}
    assert {text for text in words if text.isdigit()} == set("12345")
