"""Plays a written conversation against the real app and compares all that the bot says.

    An: /menu
    Bot: What would you like to do?
         [Learn] [Home]
    An: [Learn]
    Bot: …

A line `An: [Label]` taps the newest button of that label; any other line is typed. A line that is only `…` stands for
any lines, one that ends in it for the rest of its line: what follows is compared again. Other names than An talk in chats of their own.
"""

import difflib
import re
from dataclasses import dataclass, field
from typing import Protocol

_SPEAKER = re.compile(r"(?P<who>[A-Z]\w*): ?(?P<what>.*)")
BOT = "Bot"
GAP = "…"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as a channel showed it: its text, and the labels of its buttons with what a tap sends."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


class Stage(Protocol):
    """A channel to play on."""

    async def type(self, who: str, text: str) -> list[Heard]:
        """Send what was typed."""
        ...

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        """Send a tap."""
        ...


@dataclass
class Player:
    """Plays on one stage; remembers each person's buttons."""

    stage: Stage
    _buttons: dict[str, dict[str, str]] = field(default_factory=dict)

    async def __call__(self, script: str) -> None:
        """Play a script; the whole of what was said must be the whole of what is written."""
        written = _lines(script)
        played: list[str] = []
        for line in written:
            match = _SPEAKER.fullmatch(line)
            if match and match["who"] != BOT:
                played.append(line)
                played.extend(await self._turn(match["who"], match["what"]))
        _compare(written, played)

    async def _turn(self, who: str, what: str) -> list[str]:
        known = self._buttons.setdefault(who, {})
        if what.startswith("[") and what.endswith("]"):
            heard = await self.stage.tap(who, known[what[1:-1]])
        else:
            heard = await self.stage.type(who, what)
        for message in heard:
            known.update(message.buttons)
        return [line for message in heard for line in _shown(message)]


def _shown(message: Heard) -> list[str]:
    lines = message.text.split("\n")
    lines = [f"{BOT}: {lines[0]}", *(f"     {line}".rstrip() for line in lines[1:])]
    if message.buttons:
        lines.append("     " + " ".join(f"[{label}]" for label, _tap in message.buttons))
    return lines


def _lines(script: str) -> list[str]:
    """The script without its indentation and empty first and last lines."""
    lines = script.expandtabs().strip("\n").split("\n")
    depth = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return [line[depth:].rstrip() for line in lines if line.strip() or line == ""][: _last(lines)]


def _last(lines: list[str]) -> int:
    return len(lines) - (1 if not lines[-1].strip() else 0)


def _compare(written: list[str], played: list[str]) -> None:
    pattern = "".join(_pattern(line) for line in written)
    if re.fullmatch(pattern, "".join(f"{line}\n" for line in played)) is None:
        diff = difflib.unified_diff(written, played, "written", "played", lineterm="")
        raise AssertionError("\n" + "\n".join(diff))


def _pattern(line: str) -> str:
    if line.strip() in (GAP, f"{BOT}: {GAP}"):
        return r"(?:.*\n)*?"
    return re.escape(line.removesuffix(GAP)) + (r".*\n" if line.endswith(GAP) else r"\n")
