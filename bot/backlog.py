"""What waits for one channel in the outbox: which rows are held in memory, which chats are behind, what was sent.

A row's writer holds it for ten minutes before anybody looks for it, so that no two carry out the same. What there was
no room to hold is put off: its chat is behind until a look at the outbox has found all of it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot import failures
from bot.parcels import Parcel
from storage import outbox
from storage.outbox import LEASE
from storage.schema import utc

if TYPE_CHECKING:
    from bot.app import App

PAGE = 500  # rows looked up, or deleted, at once
NOTE_AGAIN = 5.0  # seconds until what was sent is noted once more


class Backlog:
    """The rows of one channel."""

    def __init__(self, app: "App", channel: str) -> None:
        self._app = app
        self._channel = channel
        self._held: set[int] = set()  # in the queue or under way
        self._sent: set[int] = set()  # to be deleted
        self._deleted: set[int] = set()  # since the last look began, which may have read them before
        self._behind: dict[str, int] = {}  # chats, and the number of the last look that began before
        self._looks = 0
        self._waking = asyncio.Event()

    def is_behind(self, address: str) -> bool:
        """Whether something of a chat waits in the outbox only: then what comes later waits there too."""
        return address in self._behind

    def put_off(self, address: str) -> None:
        """Leave an answer in the outbox until the next look."""
        self._behind[address] = self._looks

    def hold(self, parcel: Parcel) -> Parcel:
        """Have rows in memory: the parcel, without what a look took up just before."""
        if not self._held.isdisjoint(parcel.rows):
            left = [both for both in zip(parcel.says, parcel.rows, strict=True) if both[1] not in self._held]
            parcel = replace(parcel, says=tuple(one for one, _ in left), rows=tuple(row for _, row in left))
        self._held.update(parcel.rows)
        return parcel

    async def look(self, has_room: Callable[[], bool], *, everything: bool) -> AsyncIterator[outbox.Waiting]:
        """Take up what is due, and before that what was put off; `everything`: whoever else held it holds it no more.

        Stops where there is no room.
        """
        self._looks += 1
        self._deleted.clear()
        look, after = self._looks, 0
        until = self._now() + (LEASE if everything or self._behind else timedelta())
        while has_room():
            rows = await self._app.database.read(outbox.waiting, self._channel, until, PAGE, after)
            if not rows:
                self._behind = {address: since for address, since in self._behind.items() if since >= look}
                return
            after = rows[-1].id
            for row in await self._taken_up(tuple(row for row in rows if everything or self._is_ours(row))):
                yield row

    async def put_back(self, rows: tuple[int, ...], wait: timedelta) -> None:
        """Let rows wait in the outbox for another time of the day. Raises StorageUnavailable."""
        await self._app.database.run(outbox.put_back, rows, self._now() + wait)
        self._held.difference_update(rows)

    def note(self, rows: tuple[int, ...]) -> None:
        """Have rows deleted: they arrived, or never will."""
        if rows:
            self._sent.update(rows)
            self._waking.set()

    @property
    def to_note(self) -> int:
        """How many rows are to be deleted."""
        return len(self._sent)

    async def note_for_ever(self) -> None:
        """Delete what was sent, many at once. While the database is gone it stays in memory, and isn't sent again."""
        while True:
            await self._waking.wait()
            self._waking.clear()
            try:
                await self.note_all()
            except Exception as error:  # noqa: BLE001 - whatever it is, sending everything again would be worse
                failures.log(self._app.log, "noting deliveries failed", error)
                self._waking.set()
                await asyncio.sleep(NOTE_AGAIN)

    async def note_all(self) -> None:
        """Delete what was sent. Raises StorageUnavailable."""
        while self._sent:
            rows = tuple(self._sent)[:PAGE]
            await self._app.database.run(outbox.delivered_all, rows)
            self._sent.difference_update(rows)
            self._held.difference_update(rows)
            self._deleted.update(rows)

    def _is_ours(self, row: outbox.Waiting) -> bool:
        """Whether nobody is about to hold it: it is due, or was put off."""
        return row.due_at <= self._now() or row.address in self._behind

    async def _taken_up(self, rows: tuple[outbox.Waiting, ...]) -> tuple[outbox.Waiting, ...]:
        """Those that aren't in memory yet; nobody else looks at any of them for a while."""
        now = self._now()
        leased = tuple(row.id for row in rows if row.due_at <= now or row.id not in self._held)
        if leased:
            await self._app.database.run(outbox.lease, leased, now)
        new = tuple(row for row in rows if row.id not in self._held and row.id not in self._deleted)
        self._held.update(row.id for row in new)
        return new

    def _now(self) -> datetime:
        return utc(self._app.now())
