"""The settings among each other: names that nobody reads, and what does nothing as it stands."""

import os

from bot import needs
from bot.checks.found import Found, Level, Scene
from storage.wording import catalogue

_ = catalogue("cli")


def settings(scene: Scene) -> Found:
    """What `lachan run` remarks too."""
    if told := needs.remarks(scene.settings, os.environ):
        return Found(Level.LOOK, " ".join(told))
    return Found(Level.FINE, _("each name is known, and each has its use."))
