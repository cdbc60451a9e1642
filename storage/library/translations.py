"""The wording as its editors left it: nothing untranslated, placeholders kept, the same rules as for all words."""

import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from storage.library.desk import Desk
from storage.library.lint import SHOWN
from storage.library.texts import Passage, read_text, tidy
from storage.wording import catalogue, read_catalogue

_ = catalogue("cli")
FOLDER = "LC_MESSAGES"


def check_translations(folder: Path, desk: Desk) -> None:
    """Judge every catalogue of the folder of content."""
    for path in sorted((folder / FOLDER).glob("*.po")):
        file = f"{FOLDER}/{path.name}"
        read_text(folder, file, desk.report)
        for entry in _entries(path, file, desk):
            _judge(entry, file, desk)


def _entries(path: Path, file: str, desk: Desk) -> Iterator[Message]:
    try:
        found: Catalog | list[Message] = read_catalogue(path)
    except PoFileError as error:
        message = _("This line can't be read: {reason}.", reason=error)
        desk.report.error(file, (error.lineno or 0) + 1, "po", message)
        return
    except UnicodeDecodeError:
        return  # read_text has told it
    yield from (entry for entry in found if entry.id)


def _judge(entry: Message, file: str, desk: Desk) -> None:
    line, source, text = entry.lineno or 1, str(entry.id), str(entry.string or "")
    if not text or entry.fuzzy:
        message = _("“{text}” has no translation, or one marked fuzzy. Write it and remove the mark.", text=source)
        desk.report.error(file, line, "untranslated", message)
    elif placeholders(text) != placeholders(source):
        message = _("The {{placeholders}} differ from those of “{text}”. Keep each as it is.", text=source)
        desk.report.error(file, line, "placeholders", message)
    desk.judge_words(Passage(file, line, tidy(Passage(file, line, text), desk.report), by_line=False), SHOWN)


def placeholders(text: str) -> frozenset[str | None]:
    """The names in {braces} of a message; {None} for a text whose braces can't be read."""
    try:
        return frozenset(name for _text, name, _spec, _how in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return frozenset({None})
