"""What is said to whoever sits at the terminal. Where nobody reads any more, as behind `| head -1`, nothing is said and
the work goes on: its exit code is as true as before.
"""

import sys
from contextlib import suppress
from typing import TextIO

import typer


def say(line: str) -> None:
    """Print at once."""
    _put(sys.stdout, f"{line}\n")


def ask(sign: str) -> None:
    """Print what somebody types behind."""
    _put(sys.stdout, sign)


def complain(sentence: str) -> None:
    """Print on standard error why it goes no further."""
    _put(sys.stderr, f"{sentence}\n")


def _put(stream: TextIO, text: str) -> None:
    with suppress(BrokenPipeError):
        typer.echo(text, file=stream, nl=False)
        stream.flush()
