"""How the token of an OA stands, for `lachan status`: whether it works, how long, and what to do."""

from dataclasses import dataclass
from enum import Enum

from bot.channels.channel import SENT, Outcome, Result
from bot.channels.zalo_oa.safe import LOST, Held
from storage.wording import catalogue

_ = catalogue("cli")


class State(Enum):
    """What a look at the token found."""

    WORKS = "works"
    UNSET = "unset"
    STALE = "stale"  # run out while the server stood; the server changes it at its next message
    REFUSED = "refused"  # and no new one can be had
    LOST = "lost"  # the same, since the answer with the new one never arrived
    DENIED = "denied"  # the token is good, but the app or OA may not do this
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Health:
    """`hours`: how long the token lasts; `code`: of the platform; `oa`: the account's number there."""

    state: State
    hours: float = 0.0
    code: str = ""
    oa: str = ""

    def told(self) -> str:
        """One or two sentences for whoever looks."""
        match self.state:
            case State.WORKS:
                hours = int(self.hours)
                told = _("The token of the Zalo OA works for {hours} more hours and is renewed by itself.", hours=hours)
            case State.UNSET:
                told = _("The Zalo OA has no token: set its first access token and refresh token.")
            case State.STALE:
                told = _("The token of the Zalo OA has run out. The server renews it at its next message.")
            case State.LOST:
                told = _("Zalo's answer with the new token was lost. An OA administrator must grant the app again.")
            case State.REFUSED:
                told = _("Zalo renews the token no more ({code}). Grant the app again.", code=self.code)
            case State.DENIED:
                told = _("Zalo refuses the app ({code}): look at its rights and the OA's package.", code=self.code)
            case State.UNREACHED:
                told = _("Zalo can't be reached now, so nothing is known about the token.")
        return told


def of(held: Held, hours: float, outcome: Outcome, *, stale: bool, oa: str) -> Health:
    """What a held pair and Zalo's answer to its access token say together."""
    if held.refused:
        return Health(State.LOST if held.refused == LOST else State.REFUSED, hours, held.refused, oa)
    if not outcome.reached or outcome.result is Result.LATER:
        return Health(State.UNREACHED, hours, outcome.code)
    if stale:
        return Health(State.STALE if held.pair.refresh else State.REFUSED, code=outcome.code)
    return Health(State.WORKS if outcome == SENT else State.DENIED, hours, outcome.code, oa)
