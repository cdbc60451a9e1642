"""Reading a request's JSON: whatever can't be read is the sender's mistake or bad luck, not ours."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ClientException, InternalServerException, SerializationException


class JsonRequest(Request[None, None, State]):
    """A request whose body may be anything, and may break off."""

    async def body(self) -> bytes:
        """The whole body. A telephone that lost the net in the middle is no failure of the server's."""
        try:
            return await super().body()
        except InternalServerException as error:
            raise ClientException("broken off") from error

    async def json(self) -> Any:
        """The body as JSON. The decoder's own errors miss two: bytes that are no UTF-8, and a thousand brackets."""
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as error:
            raise SerializationException("not JSON") from error
