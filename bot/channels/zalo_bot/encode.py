"""Messages as Zalo Bot shows them: text with bold places, the menu as a numbered list in its last piece.

Bold is told by `text_styles`, which count in UTF-16 units: nothing a text holds can be mistaken for markup.
"""

from dataclasses import dataclass

from bot.channels.channel import Capabilities
from bot.channels.menus import listed, marked, stepped
from bot.channels.texts import BOLD, split, unmarked, utf16
from handlers.chat import Document, Say

ABLE = Capabilities(
    text=2000,
    measure=utf16,  # Zalo says "characters"; no other count of a text is larger
    watched=True,  # whether a bot's creator reads its chats isn't published: so people are told that it may be
    a_second=10.0,  # none is published either
)

Span = tuple[int, int]
"""Where a bold place begins and how long it is, in UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that fits into one message."""

    text: str
    bold: tuple[Span, ...] = ()


def pieces(say: Say) -> tuple[Piece, ...]:
    """The message in as many pieces as it takes; a document is written out before the menu."""
    menu = listed((), say.buttons)
    text = stepped(marked(say))
    if say.document is None:
        return _styled("\n\n".join(part for part in (text, menu) if part))
    return (*_styled(text), *_document(say.document), *_styled(menu))


def _styled(text: str) -> tuple[Piece, ...]:
    parts = split(text, ABLE.text, lambda part: utf16(unmarked(part)))
    return tuple(_piece(part) for part in parts if unmarked(part).strip())  # marks around nothing leave nothing


def _document(document: Document) -> tuple[Piece, ...]:
    """Letter by letter: what looks like a mark in it is none."""
    return tuple(Piece(piece) for piece in split(document.written, ABLE.text, utf16))


def _piece(raw: str) -> Piece:
    text, bold, after = "", [], 0
    for found in BOLD.finditer(raw):
        text += unmarked(raw[after : found.start()])
        inside = unmarked(found[1])
        bold.append((utf16(text), utf16(inside)))
        text, after = text + inside, found.end()
    return Piece(text + unmarked(raw[after:]), tuple(bold))
