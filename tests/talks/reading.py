"""A message of a channel without buttons, read as its people read it: text above, numbered choices below."""

import re

from storage.wording import catalogue
from tests.talks.player import Heard

_ = catalogue("bot")
HOW = _("Type a number to choose:")
"""What stands above the choices."""
_STEP = re.compile("^" + _("Step {number}:", number=0).replace("0", r"(\d+)") + " ", re.MULTILINE)
_CHOICE = re.compile(r"(?P<number>\d+)\. (?P<label>.+)")


def read(text: str) -> Heard:
    """The message; what a tap types is the choice's number. Steps are told apart from choices by their name."""
    *above, last = text.split("\n\n")
    how, *lines = last.split("\n")
    choices = [_CHOICE.fullmatch(line) for line in lines]
    if how != HOW or not above or not all(choices):
        return Heard(_STEP.sub(r"\1. ", text))
    buttons = tuple((line["label"], line["number"]) for line in choices if line)
    return Heard(_STEP.sub(r"\1. ", "\n\n".join(above)), buttons)
