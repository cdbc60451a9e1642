"""One server for one PostgreSQL database: an advisory lock that lives as long as its connection."""

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.database import AlreadyServed, StorageUnavailable

SERVING = 0x4C61_4368_0000  # number of the lock; locks are each database's own


class Served:
    """Holds the lock, and takes it again when its connection was lost."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._taking = asyncio.Lock()

    async def take(self) -> None:
        """Take the lock, or raise `AlreadyServed`."""
        await self.release()
        connection = await self._engine.connect()
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if not await connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": SERVING}):
            await connection.close()
            raise AlreadyServed("Another server is running on this database.")
        self._connection = connection
        self._driver = (await connection.get_raw_connection()).driver_connection

    async def keep(self) -> None:
        """Make sure that we still are the one server; a restart of PostgreSQL takes the lock away."""
        if self._lost():
            async with self._taking:
                if self._lost():
                    await self._regain()

    async def release(self) -> None:
        """Let the next server in."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()  # it isn't reused, so the lock goes with it
            await connection.close()

    async def _regain(self) -> None:
        try:
            await self.take()
        except AlreadyServed as error:
            raise StorageUnavailable("Another server took this database over. Nothing was kept.") from error

    def _lost(self) -> bool:
        return self._connection is None or self._driver.is_closed()
