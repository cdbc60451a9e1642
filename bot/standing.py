"""How a platform stands, for whoever looks after it: one metric, and a log line when that changes, not at each try."""

from enum import Enum
from typing import TYPE_CHECKING

from bot.reach import State

if TYPE_CHECKING:
    from bot.app import App


class Way(Enum):
    """The ways to a platform, each of which is tried by itself."""

    SENDING = "sending"
    READING = "reading"  # asking it for messages, or telling it where we listen


def note(app: "App", channel: str, way: Way, state: State, code: str = "") -> None:
    """Show how the last try by one way left it. `code`: of the platform, never its words."""
    before, now = app.metrics.reach(channel, way.value, state)
    if now is before:
        return
    match now:
        case State.REFUSED:
            app.log.error("channel refused", channel=channel, code=code)
        case State.UNREACHABLE:
            app.log.warning("channel unreachable", channel=channel, code=code)
        case State.REACHED if before is not State.UNTRIED:
            app.log.info("channel reached again", channel=channel)
