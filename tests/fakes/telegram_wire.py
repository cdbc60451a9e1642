"""How a Bot API request looks on the wire: form, query, multipart or JSON; and how it is answered or refused."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

Wire = dict[str, Any]
_TRUE = ("true", "yes", "t", "y", "1")


class Refusal(Exception):
    """The API's answer that isn't ok."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def wire(self) -> Wire:
        """As the API says it."""
        said: Wire = {"ok": False, "error_code": self.code, "description": self.description}
        return said | ({"parameters": self.parameters} if self.parameters else {})


def bad(description: str) -> Refusal:
    """A bad request."""
    return Refusal(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """A request's parameters. Form values are text, JSON's are themselves; both are read as what is asked for."""

    raw: Wire

    def text(self, name: str) -> str:
        """As text; empty when it isn't there."""
        value = self.raw.get(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None or isinstance(value, Upload):
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int, least: int = -(2**53), most: int = 2**53) -> int:
        """As a whole number, put between both limits as the real API does."""
        try:
            return max(least, min(most, int(self.text(name) or default)))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """As yes or no."""
        return self.text(name).lower() in _TRUE

    def tree(self, name: str) -> Any:
        """As JSON; None when it isn't there."""
        value = self.raw.get(name)
        if not isinstance(value, str) or not value:
            return value if value != "" else None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad(f"can't parse {name} JSON object") from error


async def params(request: web.BaseRequest) -> Params:
    """Read them, whichever way they came; what is in the body counts more than the query."""
    raw: Wire = dict(request.query)
    if not request.body_exists:
        return Params(raw)
    if request.content_type == "application/json":
        return Params(raw | _object(await request.read()))
    if request.content_type == "multipart/form-data":
        return Params(raw | {name: _part(value) for name, value in (await request.post()).items()})
    return Params(raw | dict(parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True)))


def _object(body: bytes) -> Wire:
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise bad("can't parse JSON object") from error
    if not isinstance(found, dict):
        raise bad("JSON object expected")
    return found


def _part(value: Any) -> Any:
    if isinstance(value, FileField):
        return Upload(value.filename, value.file.read())
    return value.decode() if isinstance(value, bytes | bytearray) else value


def answer(result: Any, description: str = "") -> web.Response:
    """An answer that is ok."""
    said: Wire = {"ok": True, "result": result}
    return _response(200, said | ({"description": description} if description else {}))


def refuse(refusal: Refusal) -> web.Response:
    """An answer that isn't."""
    return _response(refusal.code, refusal.wire())


def _response(status: int, said: Wire) -> web.Response:
    return web.Response(status=status, body=json.dumps(said).encode(), content_type="application/json")
