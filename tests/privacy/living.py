"""A piece of somebody's durable life with the bot: taps, one after the other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.app import App
from bot.turns import Answered, receive
from handlers.chat import Incoming, Say
from tests.privacy.cases import tap

ANSWER = "the last option of the question that stands"


@dataclass(frozen=True, slots=True)
class Moment:
    """What was sent, and what came back."""

    sent: Incoming
    answered: Answered


async def live(app: App, who: str, taps: Iterable[str], ids: Iterator[str]) -> list[Moment]:
    """Tap what is listed; ANSWER stands for an option of the question that was just asked."""
    moments: list[Moment] = []
    for tapped in taps:
        meant = _last_option(moments[-1].answered.says) if tapped == ANSWER else tapped
        sent = tap("web", who, meant, next(ids))
        moments.append(Moment(sent, await receive(app, sent)))
    return moments


def _last_option(says: tuple[Say, ...]) -> str:
    return [button.action for button in says[-1].buttons if button.action.startswith("quiz:a:")][-1]
