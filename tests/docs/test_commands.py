"""The commands that README and docs show can be typed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bot import cli
from tests.docs.pages import PAGES, ROOT, all_blocks, codes, name_of

SHOWN = sorted({line for block in all_blocks("console").values() for line in block.strip().split("\n")})
COMMANDS: dict[str, typer.core.TyperCommand] = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined] # ours is a group
_MADE = re.compile(r"make ([a-z]+)")
_LACHAN = re.compile(r"(?:\.venv/bin/)?lachan (?!-)(\w+)")


def lachan(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run our command line, with nothing on its standard input, on data of its own."""
    command = [str(Path(sys.executable).with_name("lachan")), *words]
    surroundings = {"LACHAN_DATA": str(folder / "data"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("line", SHOWN)
def test_a_shown_command_works(line: str, tmp_path: Path) -> None:
    """`make` knows the goal; what `lachan` does without serving ends well."""
    program, *words = shlex.split(line)
    if program == "make":
        assert subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, check=False).returncode == 0
        return
    assert program == ".venv/bin/lachan"
    assert lachan(*words, folder=tmp_path).returncode == 0


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_named_command_exists(page: Path) -> None:
    """What stands in the text as `make ...` or `lachan ...` is a goal or a command that there is."""
    named = codes(page.read_text(encoding="utf-8"))
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {found[1] for code in named if (found := _MADE.fullmatch(code))} <= goals
    assert {found[1] for code in named if (found := _LACHAN.match(code))} <= set(COMMANDS)
