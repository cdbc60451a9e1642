"""A webhook that keeps what the fake Zalo servers send to it, for the tests of these servers."""

import json
from typing import Any, Self

from aiohttp import web


class Listener:
    """`async with` starts it on loopback. `status`: what it answers; `raw` and `headers`: what came."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.raw: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self._runner: web.AppRunner | None = None

    @property
    def payloads(self) -> list[Any]:
        """What came, read as JSON."""
        return [json.loads(body) for body in self.raw]

    @property
    def texts(self) -> list[str]:
        """The texts of the messages that came."""
        return [payload.get("result", payload)["message"]["text"] for payload in self.payloads]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/hook", self._take)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.raw.append(await request.read())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(status=self.status, text="taken")
