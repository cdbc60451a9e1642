"""A walk through all that the conversation offers: every button of every answer, nearest first."""

import re
from collections import deque
from dataclasses import dataclass

from bot.app import App
from bot.turns import receive
from handlers.chat import Incoming, Kind, Say
from handlers.chat import action as joined
from storage.library.lessons import PRIVATE_TRACK
from tests.privacy.cases import TYPED

MOST = 400  # different taps
_RUN = re.compile(r"(?<=\d)-\d+")  # of a practice: its number differs each time


@dataclass(frozen=True, slots=True)
class Step:
    """What was sent, and what was said."""

    sent: Incoming
    says: tuple[Say, ...]


async def walk(app: App, channel: str, *, watched: bool = False) -> list[Step]:
    """Type and tap on this channel: the taps that were offered, each once."""
    steps = [await _step(app, channel, text, number, watched) for number, text in enumerate(TYPED)]
    waiting = deque(["start", "menu", "help", "need", "me", "link", joined("track", PRIVATE_TRACK)])
    waiting.extend(_offered(steps))
    known: set[str] = set()
    while waiting and len(known) < MOST:
        tapped = waiting.popleft()
        if (name := _RUN.sub("", tapped)) in known:
            continue
        known.add(name)
        sent = Incoming(channel, "walker", f"tap {len(known)}", Kind.TAP, action=tapped, watched=watched)
        steps.append(Step(sent, (await receive(app, sent)).says))
        offered = _offered(steps[-1:])
        waiting.extendleft(one for one in offered if one.startswith("quiz:a:"))  # while this question stands
        waiting.extend(one for one in offered if not one.startswith("quiz:a:"))
    return steps


async def _step(app: App, channel: str, text: str, number: int, watched: bool) -> Step:
    sent = Incoming(channel, f"typist {number}", f"text {number}", Kind.TEXT, text, watched=watched)
    return Step(sent, (await receive(app, sent)).says)


def _offered(steps: list[Step]) -> list[str]:
    return [button.action for step in steps for say in step.says for button in say.buttons]
