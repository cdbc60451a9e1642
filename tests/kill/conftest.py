"""A server to be killed."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.settings import Settings
from storage.library import Library, load
from tests.servers import Server

Report = Callable[[str], None]
_SAID = pytest.StashKey[list[str]]()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Says something at the end of the run: what was measured and is not judged."""
    return request.config.stash.setdefault(_SAID, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what the tests had to say."""
    for line in config.stash.get(_SAID, []):
        terminalreporter.write_line(f"kill: {line}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that hasn't started yet."""
    made = Server(tmp_path)
    yield made
    made.kill()


@pytest.fixture(scope="session")
def library() -> Library:
    """The content that the server reads too."""
    return load(Settings().content, date.min)
