"""What Zalo's refusals mean: change the token, try again, never again for this chat, never this message, or a human.

The codes are those of the OpenAPI's own table (developers.zalo.me, Official Account, appendix: error codes).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, timezone

from bot.channels.channel import SENT, UNREACHED, Outcome, Result
from bot.channels.zalo_oa.client import Answer

STALE_TOKEN = frozenset({-216, -220})  # invalid; run out or taken back
SPENT = frozenset({-14014, -14020})  # of OAuth: this refresh token was used, or has run out
BUSY, NIGHT = -32, -234
BUSY_FOR = 15.0  # seconds; the limit counts by the minute
MORNING = time(6, tzinfo=timezone(timedelta(hours=7)))  # in Viet Nam, where the night rule is

_TABLE: Mapping[int, Result] = {
    0: Result.SENT,
    BUSY: Result.LATER,
    -100: Result.LATER,  # unknown, or a file that must be uploaded again
    -201: Result.REFUSED,  # a parameter
    -204: Result.BROKEN,  # the OA was removed
    -205: Result.BROKEN,  # there is no such OA
    -209: Result.BROKEN,  # the app isn't switched on
    -210: Result.REFUSED,  # too long
    -211: Result.BROKEN,  # the OA's quota is used up: somebody must buy, or wait
    -212: Result.BROKEN,  # this call isn't registered for the app
    -213: Result.GONE,  # doesn't follow the OA
    -216: Result.BROKEN,
    -217: Result.GONE,  # blocked us
    -218: Result.REFUSED,  # this person got as much as one may get for now; the chat stays open
    -219: Result.BROKEN,  # the app was removed
    -220: Result.BROKEN,
    -221: Result.BROKEN,  # the OA isn't verified
    -223: Result.BROKEN,  # the OA hasn't granted this
    -224: Result.BROKEN,  # the OA's package doesn't hold this
    -227: Result.GONE,  # banned, or away for more than 45 days
    -230: Result.REFUSED,  # wrote more than 7 days ago: open again with the next word they write
    -232: Result.REFUSED,  # never wrote: the same
    -233: Result.REFUSED,  # a kind of message
    NIGHT: Result.LATER,
    -235: Result.BROKEN,  # not for this kind of OA
    -240: Result.BROKEN,  # a version of the API that was shut
    -242: Result.BROKEN,  # the app wants a proof of its secret
    -244: Result.REFUSED,  # this person wants no messages of this kind
    -248: Result.REFUSED,  # content
    -320: Result.BROKEN,  # no Zalo Cloud account
    -321: Result.BROKEN,  # no money on it
}
"""Code and what follows. What isn't here is tried again."""


def outcome(answer: Answer, now: datetime) -> Outcome:
    """What becomes of a message that was answered so."""
    if not answer.reached:
        return UNREACHED
    if answer.code is None:
        return _by_status(answer)
    result = _TABLE.get(answer.code, Result.LATER)
    return SENT if result is Result.SENT else Outcome(result, wait=_wait(answer, now), code=str(answer.code))


def is_stale(answer: Answer) -> bool:
    """Whether the access token, and nothing else, was refused."""
    return answer.code in STALE_TOKEN or (answer.status == 401 and answer.code is None)


def is_spent(answer: Answer) -> bool:
    """Whether a refresh token will never be taken (again)."""
    return answer.code in SPENT or (bool(answer.code) and "refresh token" in answer.said.lower())


def is_unfit(found: Outcome) -> bool:
    """Whether the form of a message was refused, so that it may be taken in a plainer one."""
    return found.result is Result.REFUSED and found.code in {"-201", "-210", "-233", "-248"}


def _by_status(answer: Answer) -> Outcome:
    """No code to be read: a front or a proxy answered, or nonsense came."""
    code = f"http {answer.status}"
    match answer.status:
        case 401 | 403 | 404:
            return Outcome(Result.BROKEN, code=code)
        case 413:
            return Outcome(Result.REFUSED, code=code)
        case 429:
            return Outcome(Result.LATER, wait=answer.wait or BUSY_FOR, code=code)
    return Outcome(Result.LATER, reached=False, code=code)


def _wait(answer: Answer, now: datetime) -> float:
    if answer.code == BUSY:
        return answer.wait or BUSY_FOR
    return _until_morning(now) if answer.code == NIGHT else 0.0


def _until_morning(now: datetime) -> float:
    here = now.astimezone(MORNING.tzinfo or UTC)
    six = datetime.combine(here.date(), MORNING)
    return ((six if here < six else six + timedelta(days=1)) - here).total_seconds()
