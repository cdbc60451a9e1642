"""The pages and their files: rendered once at start, sent from memory, under a strict content security policy."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from babel.dates import get_day_names
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import HttpMethod, Request, Response, route
from litestar.datastructures import State
from litestar.params import FromPath

from bot.app import App
from bot.channels.refusals import refused
from storage.library.helplines import HelpLine, Span
from storage.wording import LANGUAGE, catalogue

_ = catalogue("page")

FOLDER = Path(__file__).resolve().parent.parent / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
READ = [HttpMethod.GET, HttpMethod.HEAD]
_SENT = {".css", ".js", ".svg", ".png", ".webmanifest"}  # templates are not files to fetch


@dataclass(frozen=True, slots=True)
class Page:
    """One thing to fetch, with its type and the hash of its content."""

    body: bytes
    media_type: str
    tag: str


@dataclass(frozen=True, slots=True)
class Pages:
    """All there is to fetch, ready to send."""

    chat: Page
    help: Page
    files: dict[str, Page]


def render(app: App) -> Pages:
    """Read and render everything once."""
    files = {path.name: _file(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _SENT}
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    environment.policies["json.dumps_function"] = lambda value, **_options: msgspec.json.encode(value).decode()
    environment.globals.update(_=_, asset=lambda name: f"/page/{name}?{files[name].tag}")
    files |= {name: _template(environment, name, app, files) for name in ("sw.js", "manifest.webmanifest")}
    return Pages(
        chat=_page(environment.get_template("chat.html").render(**_about(app, files)), "text/html"),
        help=_page(environment.get_template("help.html").render(**_about(app, files)), "text/html"),
        files=files,
    )


@route(["/", "/giup", "/sw.js", "/manifest.webmanifest"], http_method=READ, include_in_schema=False)
async def page(request: Request[None, None, State]) -> Response[bytes]:
    """A page at an address of its own; asked for again, only if it has changed."""
    pages: Pages = request.app.state.pages
    name = request.url.path.removeprefix("/")
    found = {"": pages.chat, "giup": pages.help}.get(name) or pages.files[name]
    return _sent(request, found, "no-cache")


@route("/page/{name:str}", http_method=READ, include_in_schema=False)
async def file(request: Request[None, None, State], name: FromPath[str]) -> Response[bytes]:
    """A file of the page; under its hash it never changes."""
    pages: Pages = request.app.state.pages
    found = pages.files.get(name)
    if found is None:
        raise refused("not_here", request.app.state.web.app.metrics)
    fixed = request.url.query == found.tag
    return _sent(request, found, "public, max-age=31536000, immutable" if fixed else "no-cache")


def _sent(request: Request[None, None, State], found: Page, cache: str) -> Response[bytes]:
    tag = f'"{found.tag}"'
    headers = HEADERS | {"Cache-Control": cache, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type=found.media_type)


def _page(text: str, media_type: str) -> Page:
    body = text.encode()
    return Page(body, media_type, hashlib.sha256(body).hexdigest()[:12])


def _file(path: Path) -> Page:
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Page(body, media_type, hashlib.sha256(body).hexdigest()[:12])


def _template(environment: Environment, name: str, app: App, files: dict[str, Page]) -> Page:
    kind = "text/javascript" if name.endswith(".js") else "application/manifest+json"
    return _page(environment.get_template(name).render(**_about(app, files)), kind)


def _about(app: App, files: dict[str, Page]) -> dict[str, Any]:
    together = hashlib.sha256("".join(sorted(one.tag for one in files.values())).encode()).hexdigest()[:12]
    return {
        "province": app.library.edition.province,
        "exit_url": app.settings.exit_url,
        "first_aid": app.library.first_aid,
        "helplines": [_line(one) for one in app.library.helplines],  # a page made once tells hours, not "open now"
        "files": sorted(name for name in files if name != "sw.js"),
        "version": together,
    }


def _line(line: HelpLine) -> dict[str, Any]:
    when = "; ".join(map(_span, line.hours.spans)) or _("day and night")
    return {
        "number": line.number,
        "dial": line.dial,
        "name": line.name,
        "says": line.says,
        "free": line.free,
        "when": when,
    }


def _span(span: Span) -> str:
    day = get_day_names("abbreviated", locale=LANGUAGE)[span.day - 1]
    return f"{day} {span.opens:%H:%M}–{span.closes:%H:%M}"
