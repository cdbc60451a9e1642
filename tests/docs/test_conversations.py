"""The conversations that README and docs show are real: they are played on every channel."""

import pytest

from tests.docs.pages import all_blocks
from tests.talks.player import Player

TALKS = all_blocks("talk")


def test_there_are_conversations_to_play() -> None:
    """README and the page on privacy show one each; a misspelt block would silently be no test."""
    assert {place.split("-")[0] for place in TALKS} >= {"README.md", "docs/privacy.md"}


@pytest.mark.parametrize("place", TALKS)
async def test_a_shown_conversation_is_what_the_bot_says(talk: Player, place: str) -> None:
    """Line by line, on the web page and the terminal, on both databases."""
    await talk(TALKS[place])
