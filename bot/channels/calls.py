"""Calls to a platform over HTTP: one session for all of them, and answers read no further than they are looked at."""

from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

AT_ONCE = 50  # connections
PATIENCE, CONNECTING = 20.0, 10.0  # seconds for a call, and of them for reaching the server


def opened() -> ClientSession:
    """A session, to be made inside the loop. It follows no proxy but our settings', keeps no cookies, and unpacks
    nothing: a small packed answer may be a huge one."""
    return ClientSession(
        connector=TCPConnector(limit=AT_ONCE),
        timeout=ClientTimeout(total=PATIENCE, sock_connect=CONNECTING),
        cookie_jar=DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
    )


async def read(response: ClientResponse, most: int) -> bytes:
    """The body of an answer, or nothing where it is longer than any that is meant for us."""
    whole = bytearray()
    async for piece in response.content.iter_any():
        whole += piece
        if len(whole) > most:
            response.close()
            return b""
    return bytes(whole)
