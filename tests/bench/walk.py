"""The turns that are measured: somebody opens a lesson and taps "next", screen after screen."""

from itertools import islice
from uuid import uuid4

import msgspec

from handlers.chat import action
from storage.library import Library

CALLERS = 20  # who ask at the same time, each waiting for the answer before the next tap
LENGTH = 28  # screens that one person reads without a pause: the page allows 30 messages at once


def taps(library: Library) -> tuple[str, ...]:
    """The screens of the real lessons, in order. Each one is kept: who reads a card for people at risk isn't."""
    kept = (lesson for lesson in library.lessons.values() if not lesson.private)
    every = (action("card", lesson.id, screen) for lesson in kept for screen in range(len(lesson.screens)))
    return tuple(islice(every, LENGTH))


def body(**what: str) -> bytes:
    """A message as the page sends it: `action` or `text`."""
    return msgspec.json.encode({"id": str(uuid4()), **what})
