"""The running server: the web chat, the clock's pumps and the way to stop, in one task group."""

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import uvicorn
from litestar import HttpMethod, Litestar, Request, Response, Router, route
from litestar.datastructures import MutableScopeHeaders, State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import Message, Scope
from prometheus_client import start_http_server

from bot import jobs, platforms
from bot.app import App
from bot.channels import events, hooks, pages, refusals, webchat
from bot.channels.bodies import JsonRequest
from bot.clock import Clock
from bot.connections import Connection, allow_many_files
from bot.letterbox import Letterbox
from bot.settings import CannotListen, WrongSetting
from storage.wording import catalogue

_ = catalogue("cli")

Boxes = Mapping[str, Letterbox]

LONGEST_BODY = 64 * 1024  # bytes; a message of 4,000 letters fits in every spelling JSON has
LAST_WORDS = 10  # seconds that what runs may take to end


@route("/healthz", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False, media_type="text/plain")
async def healthz(request: Request[None, None, State]) -> str:  # noqa: ARG001 - the address is enough
    """Answers as soon as messages are answered; it waits for no platform."""
    return "ok"


def asgi(app: App, boxes: Boxes | None = None) -> Litestar:
    """The web chat, and the addresses that platforms call, as an ASGI application."""
    web = webchat.web_chat(app)
    chat = [webchat.new_session, webchat.send_message, events.listen]
    return Litestar(
        route_handlers=[*chat, pages.page, pages.file, healthz, *hooks.HOOKS],
        state=State({"web": web, "pages": pages.render(app), "boxes": boxes or {}}),
        exception_handlers={Exception: refusals.answer},
        before_send=[_careful],
        request_class=JsonRequest,
        request_max_body_size=LONGEST_BODY,
        openapi_config=_openapi(),
        logging_config=None,
    )


async def _careful(message: Message, scope: Scope) -> None:  # noqa: ARG001 - Litestar's signature
    """Whatever doesn't say otherwise, refusals too, is kept by nobody on the way and is what it says it is."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        headers.setdefault("cache-control", "no-store")
        headers.setdefault("x-content-type-options", "nosniff")


def _openapi() -> OpenAPIConfig:
    router = Router("/chat", route_handlers=[], include_in_schema=False, after_request=_refused_as_elsewhere)
    plugins = [JsonRenderPlugin()]
    return OpenAPIConfig(title="La Chan web chat", version="1", openapi_router=router, render_plugins=plugins)


def _refused_as_elsewhere(response: Response[Any]) -> Response[Any]:
    """Litestar has an English page of its own for what isn't there beside the description."""
    if response.status_code == 404:
        raise refusals.Refused("not_here")
    return response


class _Server(uvicorn.Server):
    """Uvicorn without its own signals: the task group decides when to stop, and hears when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: App, ready: Callable[[str, Boxes], None], stop: asyncio.Event | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until `stop`; `ready` gets the page's address once messages are answered.

    Raises CannotListen or WrongSetting before anything runs.
    """
    allow_many_files()
    async with platforms.opened(app) as boxes:
        web_app = asgi(app, boxes)
        door = _open_door(app)
        server = _Server(_config(app, web_app))
        clock = Clock(app, jobs.jobs(web_app.state.web, boxes))
        stop = stop or _stop_signal()
        _open_metrics(app)
        await platforms.begin(boxes)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve([door]), name="web chat")
            await server.ready.wait()
            _spare_what_stays()
            ready(app.settings.public_url or _address(door), boxes)
            silent = asyncio.Event()
            pumps = [*clock.start(group), *_work(group, boxes, silent)]
            await _until(stop, serving)
            _end(web_app, server, clock, pumps)
            await asyncio.wait((serving,))
            silent.set()


def _work(group: asyncio.TaskGroup, boxes: Boxes, silent: asyncio.Event) -> "list[asyncio.Task[None]]":
    """Carry out until `silent`, and listen: those tasks, to be cancelled."""
    for box in boxes.values():
        group.create_task(platforms.carry(box, silent))
    return [group.create_task(platforms.tend(box)) for box in boxes.values()]


def _spare_what_stays() -> None:
    """What was built at the start stays, and so does what open pages hold: going through all of it, again and again,
    took the collector 60 ms without pages and 400 ms with 5,000, in which nobody was answered."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)


async def _until(stop: asyncio.Event, serving: "asyncio.Task[None]") -> None:
    while not stop.is_set() and not serving.done():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await stop.wait()


def _end(web_app: Litestar, server: uvicorn.Server, clock: Clock, pumps: "list[asyncio.Task[None]]") -> None:
    clock.stop()
    web_app.state.web.listeners.close()
    server.should_exit = True
    for pump in pumps:
        pump.cancel()


def _config(app: App, web_app: Litestar) -> uvicorn.Config:
    return uvicorn.Config(
        web_app,
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        proxy_headers=bool(app.settings.trusted_proxies),
        forwarded_allow_ips=app.settings.trusted_proxies or None,
        timeout_graceful_shutdown=LAST_WORDS - 2,
        limit_concurrency=None,
        backlog=2048,
    )


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, stop.set)
    return stop


def _open_door(app: App) -> socket.socket:
    """Bind before anything runs."""
    host, port = app.settings.host, app.settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with _listening(host, port, "LACHAN_PORT"):
        return socket.create_server((host, port), family=family, backlog=2048)


def _open_metrics(app: App) -> None:
    if port := app.settings.metrics_port:
        with _listening("127.0.0.1", port, "LACHAN_METRICS_PORT"):
            start_http_server(port, "127.0.0.1", app.metrics.registry)


@contextlib.contextmanager
def _listening(host: str, port: int, setting: str) -> Iterator[None]:
    """Tell in a sentence why nobody can listen there: the system's own words are English."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        yield
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                sentence = _("{place} is taken. Stop what uses it, or set {setting}.", place=place, setting=setting)
            case errno.EACCES:
                sentence = _("{place} isn't allowed. Set {setting} to 1024 or more.", place=place, setting=setting)
            case _:
                raise _misplaced(error) from error
        raise CannotListen(sentence) from error


def _misplaced(error: OSError) -> Exception:
    number = error.errno or 0  # below 0: the name leads nowhere (EAI_...)
    return WrongSetting("host") if number < 0 or number in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT} else error


def _address(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
