"""A text file as an editor wrote it: UTF-8, one form of each letter, no invisible characters."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from storage.library.problems import Report
from storage.wording import catalogue

_ = catalogue("cli")
BIGGEST = 1_000_000
"""Bytes. The whole library is smaller; what is bigger got here by mistake and would only slow the start."""
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
"""Control characters, zero-width characters and marks of direction; pasted from word processors, never meant."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text and where it begins; `by_line` says whether its line breaks are those of the file."""

    file: str
    line: int
    text: str
    by_line: bool = True

    def line_at(self, offset: int) -> int:
        """The line of the file at an offset into the text."""
        return self.line + (self.text.count("\n", 0, offset) if self.by_line else 0)


def read_text(folder: Path, file: str, report: Report) -> str:
    """The text of a file, "" when it can't be read; what is wrong is reported, and mended for further reading."""
    try:
        found = (folder / file).read_bytes()
    except FileNotFoundError:
        report.error(file, 1, "missing-file", _("The file {file} is missing.", file=file))
        return ""
    except OSError as error:
        report.error(file, 1, "unreadable", _("The file can't be read: {reason}.", reason=error.strerror))
        return ""
    return tidy(Passage(file, 1, _decoded(found, file, report).replace("\r\n", "\n")), report)


def _decoded(found: bytes, file: str, report: Report) -> str:
    if len(found) > BIGGEST:
        report.error(file, 1, "too-big", _("The file is bigger than one megabyte. Split it."))
        return ""
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        report.error(file, line, "not-utf8", _("This isn't UTF-8. Save the file again with the encoding UTF-8."))
        return ""


def tidy(passage: Passage, report: Report) -> str:
    """The text in the form NFC and without invisible characters; where it was otherwise is reported once a line."""
    text = passage.text
    if INVISIBLE.search(text):
        for line in sorted({passage.line_at(hit.start()) for hit in INVISIBLE.finditer(text)}):
            message = _("An invisible character stands in this line. Type the line anew instead of pasting it.")
            report.error(passage.file, line, "invisible", message)
        text = INVISIBLE.sub("", text)
    if not unicodedata.is_normalized("NFC", text):
        _report_decomposed(passage, report)
        text = unicodedata.normalize("NFC", text)
    return text


def _report_decomposed(passage: Passage, report: Report) -> None:
    for number, line in enumerate(passage.text.split("\n")):
        if not unicodedata.is_normalized("NFC", line):
            message = _("Letters and marks stand apart here (not NFC). Type the line anew with a Unicode keyboard.")
            report.error(passage.file, passage.line + number * passage.by_line, "not-nfc", message)
