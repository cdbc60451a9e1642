"""Files broken in any way: the loader tells what is wrong, and never falls over."""

import contextlib
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.library import BadContent, check
from tests.content.samples import TODAY, Content, write_tiny

FILES = [
    "edition.yaml", "facts.yaml", "helplines.yaml", "firstaid.yaml", "lint.yaml", "lexicon.yaml",
    "lessons/tu-choi.md", "scenarios/cong-truong.yaml", "questions/tu-choi.yaml",
]  # fmt: skip
PIECES = st.sampled_from([
    "", "null", "[]", "{}", "- ", ": ", "\n", "  ", "&a [*a]", "*a", "!!python/name:os.system", "---", "## ", "{{B58}}",
    "{{", "}}", "**", "[[x]]", "{E01}", "\t", '"', "'", "true", "1e999", "2026-02-30", "\x00", "\ufffe", "\u0302", "(",
])  # fmt: skip
CUTS = st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.one_of(PIECES, st.text(max_size=8)))


def mangle(path: Path, start: float, length: float, piece: str) -> None:
    """Put a piece in the place of some characters."""
    text = path.read_text(encoding="utf-8")
    first = int(start * len(text))
    path.write_text(text[:first] + piece + text[first + int(length * len(text)) :], encoding="utf-8", errors="replace")


def read(content: Content) -> None:
    """Load and check; the two must agree about whether anything is serious."""
    serious = any(problem.serious for problem in check(content.folder, TODAY))
    with contextlib.suppress(BadContent):
        content.load()
        assert not serious


@given(st.sampled_from(FILES), st.lists(CUTS, min_size=1, max_size=3))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mangled_file_is_refused_or_read(file: str, cuts: list[tuple[float, float, str]]) -> None:
    """Whatever an editor's slip leaves in a file, reading ends in a library or in BadContent."""
    with tempfile.TemporaryDirectory() as folder:
        content = write_tiny(Path(folder))
        for cut in cuts:
            mangle(content.folder / file, *cut)
        read(content)


@given(st.sampled_from(FILES), st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_refused_or_read(file: str, junk: bytes) -> None:
    """A file of another kind, saved under a name of ours, is refused with a reason."""
    with tempfile.TemporaryDirectory() as folder:
        content = write_tiny(Path(folder))
        (content.folder / file).write_bytes(junk)
        read(content)
