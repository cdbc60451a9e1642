"""Content to read: a copy of the real one, and a tiny valid one."""

import shutil
from pathlib import Path

import pytest

from tests.content.samples import REAL, Content, write_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Content:
    """A valid small content."""
    return write_tiny(tmp_path)


@pytest.fixture
def real(tmp_path: Path) -> Content:
    """A copy of the content that people read."""
    shutil.copytree(REAL, tmp_path / "vi")
    return Content(tmp_path / "vi")
