"""A server that does nothing but answer: what the asking side could measure at most. It prints its port."""

import asyncio
import sys
from typing import cast

import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1500\r\n\r\n" + b" " * 1_500


class Trivial(asyncio.Protocol):
    """Each piece that arrives is one whole request of ours."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """From asyncio."""
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """From asyncio."""
        self._transport.write(ANSWER)


async def serve() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Trivial, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
