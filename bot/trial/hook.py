"""A small listener behind the person's own https address: what a platform brings is answered at once and handed on."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

from bot.channels.channel import MOST_HELD, Headers
from bot.trial import Stuck
from storage.wording import catalogue

_ = catalogue("cli")


@dataclass(slots=True)
class Hook:
    """Listens on loopback at `path`; `port` 0 takes a free one. `came`: headers and bytes, as they came."""

    path: str
    port: int
    came: "asyncio.Queue[tuple[Headers, bytes]]" = field(default_factory=asyncio.Queue)
    _runner: web.AppRunner | None = None

    async def open(self) -> Self:
        """Listen. Raises Stuck where the port is taken."""
        app = web.Application(client_max_size=MOST_HELD)
        app.add_routes([web.post(self.path, self._take)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        except OSError as error:
            raise Stuck(
                _("Port {port} is taken. Stop the server first: `systemctl stop lachan`.", port=self.port)
            ) from error
        self.port = self._runner.addresses[0][1]
        return self

    async def close(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.put_nowait((headers, await request.read()))
        return web.Response()
