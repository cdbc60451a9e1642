"""Runs the server with content each screen of which breaks when it is looked at, with an error full of words.

Started by the canary tests as a process of its own: the handlers, the turns and the logs are the real ones.
"""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot import app, cli
from storage.library import Library, load

WORDS = sys.argv.pop()
"""What the errors say."""


class _Broken(tuple[Any, ...]):
    """A sequence that has a length, and nothing in it can be reached, but once: pages are rendered at the start."""

    rendered = False

    def __getitem__(self, at: object) -> Any:
        raise ValueError(f"{WORDS} at {at}")

    def __iter__(self) -> Any:
        if self.rendered:
            raise LookupError(WORDS)
        self.rendered = True
        return super().__iter__()


def _load(folder: Path, today: date) -> Library:
    library = load(folder, today)
    lessons = {key: replace(one, screens=_Broken(one.screens)) for key, one in library.lessons.items()}
    stories = {key: replace(one, nodes=_BrokenNodes(one.nodes)) for key, one in library.scenarios.items()}
    questions = {key: replace(one, options=_Broken(one.options)) for key, one in library.questions.items()}
    return replace(
        library,
        lessons=MappingProxyType(lessons),
        scenarios=MappingProxyType(stories),
        questions=MappingProxyType(questions),
        first_aid=tuple(replace(one, steps=_Broken(one.steps)) for one in library.first_aid),
    )


class _BrokenNodes(dict[str, Any]):
    def __getitem__(self, at: object) -> Any:
        raise KeyError(WORDS, at)


if __name__ == "__main__":
    app.load = _load  # type: ignore[attr-defined] # the one thing that is changed: what content is read
    cli.main()
