"""Lengths as platforms count them, and long texts cut where a reader would pause."""

import re
import unicodedata
from collections.abc import Callable

Measure = Callable[[str], int]

_PAUSES = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.!?…:;])[”\"’)\]]*\s+"), re.compile(r"\s+"))
"""Paragraphs, lines, sentences, words."""
BOLD = re.compile(r"\*\*([^*]+(?:\*[^*]+)*)\*\*")
"""A bold place. Of each run of asterisks it leaves as many as `unmarked` does: one, or none."""
_WHOLE = re.compile(BOLD.pattern + r"|https?://\S+|\d[\d .]{2,}\d")
"""What is never cut inside: what is bold, an address, a number."""
_JOINS = "\u200d\ufe0f\ufe0e"  # a picture made of several signs
LEAST = 0.25  # of the room: a shorter piece looks torn off


def utf16(text: str) -> int:
    """Units of UTF-16, in which Telegram counts."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def unmarked(text: str) -> str:
    """The text without its marks for bold."""
    return text.replace("**", "")


def split(text: str, most: int, measure: Measure = len) -> tuple[str, ...]:
    """Pieces of at most `most`, none of them empty; nothing but blanks between them is lost."""
    rest, pieces = text.strip(), []
    while measure(rest) > most:
        at = _cut(rest, most, measure)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return tuple(piece for piece in (*pieces, rest) if piece)


def shortened(text: str, most: int, measure: Measure = len) -> str:
    """The text, or its beginning and an ellipsis where it is too long."""
    return text if measure(text) <= most else text[: _grapheme(text, _room(text, most - 1, measure))].rstrip() + "…"


def _room(text: str, most: int, measure: Measure) -> int:
    """How many code points from the start fit."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= most else (low, middle - 1)
    return low


def _cut(text: str, most: int, measure: Measure) -> int:
    """Where to cut: the last pause that leaves a decent piece, outside of what is whole."""
    room = _room(text, most, measure)
    wholes = [found.span() for found in _WHOLE.finditer(text) if found.end() - found.start() <= room]
    for pause in _PAUSES:
        ends = [found.end() for found in pause.finditer(text, 0, min(room + 2, len(text))) if found.start() <= room]
        good = [end for end in ends if end >= room * LEAST and not _inside(end, wholes)]
        if good:
            return good[-1]
    return _before_whole(room, wholes) or _grapheme(text, room) or max(room, 1)


def _inside(at: int, wholes: list[tuple[int, int]]) -> bool:
    return any(start < at < end for start, end in wholes)


def _before_whole(room: int, wholes: list[tuple[int, int]]) -> int:
    return next((start for start, end in wholes if start < room < end), 0)


def _grapheme(text: str, at: int) -> int:
    """The last place up to `at` that isn't inside one letter with its marks, or one picture."""
    while 0 < at < len(text) and (_clings(text[at]) or text[at - 1] == "\u200d"):
        at -= 1
    return at


def _clings(sign: str) -> bool:
    return unicodedata.combining(sign) > 0 or sign in _JOINS or "\U0001f3fb" <= sign <= "\U0001f3ff"
