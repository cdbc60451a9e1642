"""Reading a request's JSON: whatever can't be read is the sender's mistake, not ours."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import SerializationException


class JsonRequest(Request[None, None, State]):
    """A request whose body may be anything."""

    async def json(self) -> Any:
        """The body as JSON. The decoder's own errors miss two: bytes that are no UTF-8, and a thousand brackets."""
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as error:
            raise SerializationException("not JSON") from error
