"""What one connection may cost, and how many there may be: uvicorn's own has no such limits."""

import asyncio
import resource

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_FILES = 65_536  # open at once; each connection is one
LONGEST_HEAD = 64 * 1024  # bytes
LONGEST_LINE_UP = 16  # requests that were sent before the answer to the first
PATIENCE = 30  # seconds in which a request has to be there whole


def allow_many_files() -> None:
    """Raise what this process may open: systems start it with 1,024, which so many open pages would fill."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def room_for_streams() -> int:
    """How many may listen at once: half of what may be open, so that messages always find a place."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return (MOST_FILES if soft == resource.RLIM_INFINITY else min(soft, MOST_FILES)) // 2


class Connection(HttpToolsProtocol):
    """Hung up on when a request is endless or comes too slowly, and at once when the server stops."""

    _deadline: asyncio.TimerHandle | None = None
    _headers = 0  # bytes that came and were no body
    _in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's signature
        """From asyncio."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """From asyncio."""
        self._expect_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """From asyncio."""
        self._expect()
        self._in_body = False
        super().data_received(data)
        self._headers += 0 if self._in_body else len(data)
        if self._headers > LONGEST_HEAD or len(self.pipeline) > LONGEST_LINE_UP:
            self.transport.close()

    def on_message_begin(self) -> None:
        """From the parser."""
        self._expect()
        self._headers = 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """From the parser."""
        self._in_body = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """From the parser."""
        self._expect_no_more()
        super().on_message_complete()

    def shutdown(self) -> None:
        """The server stops: what isn't here whole isn't waited for; it may be sent again."""
        begun = self.cycle is not None  # there is none before the first request
        if begun and self.cycle.more_body:
            self.transport.close()
        else:
            super().shutdown()

    def _expect(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(PATIENCE, self.timeout_keep_alive_handler)

    def _expect_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
