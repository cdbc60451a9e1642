"""Channels' names stand in one place, and no handler does anything by them."""

import re

import pytest

from bot.platforms import PLATFORMS
from handlers.channels import channel_name
from tests.content.extraction import ROOT

NAMES = [*(platform.name for platform in PLATFORMS), "web", "terminal"]
OTHER = channel_name("what nobody has")
PLATFORM = re.compile(r"telegram|zalo", re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_every_channel_has_a_name_of_its_own(name: str) -> None:
    """A platform that is added to the table must be called something on screens."""
    called = channel_name(name)
    assert called != OTHER
    assert [one for one in NAMES if channel_name(one) == called] == [name]


def test_handlers_know_platforms_in_one_place_only() -> None:
    """Whoever branches on a platform, or writes one into a sentence, is found; reasons in comments are no branches."""
    code = re.compile(r"^\s*(#|\"\"\").*$|\s#\s.*$", re.MULTILINE)
    files = sorted((ROOT / "handlers").rglob("*.py"))
    found = [path.name for path in files if PLATFORM.search(code.sub("", path.read_text(encoding="utf-8")))]
    assert found == ["channels.py"]
