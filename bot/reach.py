"""Whether a platform can be reached: after failures in a row nothing is tried for a while, then one message alone."""

from dataclasses import dataclass, field
from enum import Enum

IN_A_ROW = 3  # failures until the platform, and not one chat, is taken to be gone
FIRST, LONGEST = 1.0, 60.0  # seconds of pause
MENDED_AFTER = 60.0  # seconds until a token that was refused is tried again


def pause(failures: int, first: float, longest: float) -> float:
    """Seconds until the next try: twice as long with each failure in a row."""
    return min(first * 2.0 ** min(failures - 1, 20), longest)


class State(Enum):
    """How a platform stands, as status and metrics show it."""

    UNTRIED = "untried"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # it answers, but not to our token: a human must look


@dataclass(slots=True)
class Reach:
    """What the last tries told. Times are seconds of a clock that never goes back."""

    state: State = State.UNTRIED
    failures: int = 0
    waits: int = 0
    not_before: float = 0.0
    chats: set[str] = field(default_factory=set)  # of the failures in a row

    def well(self) -> None:
        """It answered."""
        self.state, self.failures, self.waits, self.not_before = State.REACHED, 0, 0, 0.0
        self.chats.clear()

    def failed(self, now: float, chat: str | None = None) -> None:
        """It didn't answer, or only with trouble of its own. While that is told by one chat only, no other waits."""
        self.failures += 1
        if chat is not None and len(self.chats) < IN_A_ROW:
            self.chats.add(chat)
        if self.failures >= IN_A_ROW:
            self.state = State.UNREACHABLE
        if self.probing:
            self.not_before = now + pause(self.failures - IN_A_ROW + 1, FIRST, LONGEST)

    def asked_to_wait(self, now: float, wait: float) -> None:
        """It answered that we are too fast. Said to one chat it holds for that chat; in a row, for all of them."""
        self.state, self.failures = State.REACHED, 0
        self.chats.clear()
        self.waits += 1
        if self.waits >= IN_A_ROW:
            self.not_before = now + min(wait, LONGEST)

    def refused(self, now: float) -> None:
        """It refused our token or rights."""
        self.state, self.not_before = State.REFUSED, now + MENDED_AFTER
        self.failures = max(self.failures, IN_A_ROW)
        self.chats.clear()

    @property
    def probing(self) -> bool:
        """Whether one message alone is tried, to see."""
        return self.failures >= IN_A_ROW and len(self.chats) != 1
