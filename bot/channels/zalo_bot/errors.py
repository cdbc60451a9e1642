"""What Zalo's refusals mean. Its descriptions vary and aren't looked at; its 403 is called "Internal server error"."""

from dataclasses import dataclass

from bot.channels.channel import Outcome, Result

PAUSE = 30.0  # seconds after a 429: Zalo names none; a spent month is tried again as rarely as any
IDLE = "408"  # to getUpdates: nothing came

UNREADABLE = Outcome(Result.LATER, reached=False, code="unreadable")
"""An answer that isn't Zalo's: a proxy's page, or half of one."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    result: Result
    wait: float = 0.0
    reached: bool = True


_TABLE: dict[int, _Meaning] = {
    400: _Meaning(Result.REFUSED),
    401: _Meaning(Result.BROKEN),  # the token
    403: _Meaning(Result.LATER),
    404: _Meaning(Result.REFUSED),  # no such chat; a wrong token is a 401
    408: _Meaning(Result.LATER, reached=False),
    429: _Meaning(Result.LATER, wait=PAUSE),
}
_ELSE = _Meaning(Result.LATER, reached=False)  # trouble of its own


def outcome(code: int) -> Outcome:
    """What becomes of a message that was refused so; what isn't in the table is tried again."""
    meaning = _TABLE.get(code, _ELSE)
    return Outcome(meaning.result, wait=meaning.wait, reached=meaning.reached, code=str(code))
