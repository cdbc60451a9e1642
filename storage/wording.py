"""What people read: the catalogues of `content/vi/LC_MESSAGES`, one a domain.

A message's id is its short English sentence. Domains: `bot` (conversation), `page` (web page), `cli` (command line and
the problems of `check`), `content` (words the content loader adds to a text).
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CONTENT = Path(__file__).resolve().parent.parent / "content"
"""The folder with one folder of content a language."""
LANGUAGE = "vi"


@cache
def catalogue(domain: str) -> Callable[..., str]:
    """The wording of one domain: `_ = catalogue("bot")`, then `_("{count} lessons", count=3)`.

    The file is read at the first message, not here, so that it can be called while modules are imported. An id without
    a translation, or whose translation has other {placeholders}, is answered in English: a slip there stops nobody.
    """

    def wording(message: str, /, **values: object) -> str:
        translated = _messages(domain).get(message, message)
        return _filled(translated, message, values) if values else translated

    return wording


def _filled(translated: str, message: str, values: Mapping[str, object]) -> str:
    try:
        return translated.format(**values)
    except (LookupError, ValueError, AttributeError):
        return message.format(**values)


@cache
def _messages(domain: str) -> Mapping[str, str]:
    path = CONTENT / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"
    found = read_catalogue(path) if path.exists() else ()
    return {str(entry.id): str(entry.string) for entry in found if entry.id and entry.string and not entry.fuzzy}


def read_catalogue(path: Path) -> Catalog:
    """Read one .po file; raises `babel.messages.pofile.PoFileError` where its form is broken."""
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)
