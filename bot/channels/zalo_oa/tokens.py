"""An access token that works: changed for a new one before it runs out, or when Zalo refuses it.

A refresh token is taken once, and the new pair is told once. So one asks at a time (claimed in the database, since
commands run beside the server), a new pair is committed before it is used, and a question whose answer never came is
known afterwards: it is asked once more, and where the token turns out to be spent, a human must grant the app again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.channel import SENT, UNREACHED, Outcome, Result
from bot.channels.zalo_oa import errors
from bot.channels.zalo_oa.client import Answer
from bot.channels.zalo_oa.safe import LIFE, LOST, Held, Pair, Safe
from storage.database import StorageUnavailable
from storage.schema import utc

LEFT = timedelta(hours=1)  # of an access token's life, when it is changed
LONGEST = timedelta(days=30)  # no access token lives so long
PAUSE = timedelta(minutes=5)  # between two changes, while the old token works or the new one doesn't
CLAIMED = 15.0  # seconds until it is looked again whether somebody else's answer came

UNSET = Outcome(Result.BROKEN, code="no token")
REFUSED = Outcome(Result.BROKEN, code="token refused")
STORAGE = Outcome(Result.LATER, wait=CLAIMED, code="storage")
ELSEWHERE = Outcome(Result.LATER, wait=CLAIMED, code="token")


class Tokens:
    """Hands out access tokens. `ask` changes a refresh token and never raises; `now` tells the time with a zone."""

    def __init__(self, safe: Safe, ask: Callable[[str], Awaitable[Answer]], now: Callable[[], datetime]) -> None:
        self._safe = safe
        self._ask = ask
        self._now = now
        self._held: Held | None = None
        self._new: tuple[int, Pair, datetime] | None = None  # arrived, but not committed yet
        self._not_before = datetime.min  # noqa: DTZ901 - UTC without a zone, as the database keeps it
        self._young = ""  # the access token that came last
        self._spent_turn = -1  # of the pair that Zalo won't change
        self._changing: asyncio.Task[Outcome] | None = None
        self.trouble: Outcome | None = None  # why the last change failed, though the old token may work still

    async def access(self, refused: str = "") -> str | Outcome:
        """An access token, changed first where it is time; else why there is none. `refused`: one that Zalo refused."""
        try:
            held = self._held or await self._load()
        except StorageUnavailable:
            return STORAGE
        if held is None:
            return UNSET
        if refused and refused == self._young and self._utc() < self._not_before:
            return REFUSED  # the new one doesn't work either: another new one wouldn't
        works = self._works(held, refused)
        if works and (held.expires_at - self._utc() > LEFT or self._utc() < self._not_before):
            return held.pair.access
        outcome = await self._change()
        held = self._held or held
        return held.pair.access if self._works(held, refused) else REFUSED if outcome == SENT else outcome

    async def look(self) -> Held | None:
        """The pair as it stands, without changing or keeping anything. Raises StorageUnavailable."""
        return await self._safe.look(self._utc())

    async def close(self) -> None:
        """Wait for an answer that comes only once."""
        if self._changing is not None:
            await asyncio.wait([self._changing])

    async def _change(self) -> Outcome:
        """Change the pair. Whoever comes meanwhile waits for the same; whoever is cancelled takes no answer along."""
        if self._changing is None or self._changing.done():
            self._changing = asyncio.create_task(self._changed())  # noqa: TID251 - must outlive its sender; see close()
        return await asyncio.shield(self._changing)

    async def _changed(self) -> Outcome:
        try:
            outcome = await (self._commit() if self._new else self._renewed())
        except StorageUnavailable:
            outcome = STORAGE
        self._not_before = self._utc() + PAUSE
        self.trouble = None if outcome == SENT else outcome
        return outcome

    async def _renewed(self) -> Outcome:
        before, held = self._held, await self._load()
        if held is None:
            return UNSET
        if before is not None and held.turn != before.turn:
            return SENT  # changed by another process
        if self._spent_turn == held.turn or not held.pair.refresh:  # asked once a start: somebody may have mended it
            return Outcome(Result.BROKEN, code=f"token {held.refused or 'refused'}")
        if not await self._safe.claim(held, self._utc()):
            return ELSEWHERE
        return await self._learned(held, await self._ask(held.pair.refresh))

    async def _learned(self, held: Held, answer: Answer) -> Outcome:
        pair = _pair(answer, held.pair)
        if pair is not None:
            self._new = held.turn, pair, self._utc() + _life(answer)
            return await self._commit()
        if not answer.arrived:
            await self._safe.give_back(held)
            return UNREACHED
        if errors.is_spent(answer):
            return await self._spent(held, str(answer.code))
        found = errors.outcome(answer, self._now())
        if not answer.code:
            return found if found != SENT else replace(UNREACHED, code="garbled")  # the answer may have held the pair
        await self._safe.give_back(held)
        return found if answer.code == errors.BUSY else Outcome(Result.BROKEN, code=f"token {answer.code}")

    async def _spent(self, held: Held, code: str) -> Outcome:
        """No next pair. If an earlier answer was lost, that one held it, and this is known to be our bad luck."""
        told = LOST if held.asked_at or held.refused == LOST else code
        await self._safe.refuse(held, told)
        self._held, self._spent_turn = replace(held, refused=told, asked_at=None), held.turn
        return Outcome(Result.BROKEN, code=f"token {told}")

    async def _commit(self) -> Outcome:
        """Keep the pair that arrived; should the database fail, it stays here, unused, until this is tried again."""
        if self._new is not None:
            await self._safe.keep(*self._new)
            self._young, self._new = self._new[1].access, None
        await self._load()
        return SENT

    async def _load(self) -> Held | None:
        self._held = await self._safe.load(self._utc())
        return self._held

    def _works(self, held: Held, refused: str) -> bool:
        return held.pair.access not in ("", refused) and held.expires_at > self._utc()

    def _utc(self) -> datetime:
        return utc(self._now())


def _pair(answer: Answer, old: Pair) -> Pair | None:
    """The new pair. Without a refresh token, against the documents, the access token is good all the same."""
    access, refresh = answer.data.get("access_token"), answer.data.get("refresh_token")
    if answer.code or not isinstance(access, str) or not access:
        return None
    return Pair(access, refresh if isinstance(refresh, str) and refresh else old.refresh)


def _life(answer: Answer) -> timedelta:
    """How long it lasts: Zalo writes the number of seconds as text. What can't be read never costs us the pair."""
    try:
        seconds = timedelta(seconds=int(answer.data.get("expires_in") or 0))
    except (ValueError, TypeError, OverflowError):
        return LIFE
    return seconds if timedelta() < seconds < LONGEST else LIFE
