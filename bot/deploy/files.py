"""`lachan deploy --print`: one file, as text. No secret is ever printed: what is secret stays in the settings' file."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import make_url

from bot import needs
from bot.channels.channel import LONGEST_CALL
from bot.deploy import Kind
from bot.deploy.place import neighbour, public, upstream

if TYPE_CHECKING:
    from bot.settings import Settings

FOLDER = Path(__file__).resolve().parent
DOCS = FOLDER.parent.parent / "docs" / "running.md"
KEPT = Path("/var/lib")  # where a unit's StateDirectory lies
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))


def render(kind: Kind, settings: "Settings") -> str:
    """The file for these settings. Raises NotReady where one is missing."""
    name, about = _FILES[kind]
    # Plain text for programs, not a page: what goes in is checked or quoted where it is made.
    environment = Environment(  # noqa: S701 - as said above
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(**about(settings))


def _proxy(settings: "Settings") -> dict[str, Any]:
    people = public(settings)
    return {
        "host": people.host,
        "port": people.port,
        "site": people.site,
        "address": f"https://{people.site}",
        "upstream": upstream(settings),
        "hooks": (needs.TELEGRAM, needs.ZALO_BOT, needs.ZALO_OA),
        "longest_call": LONGEST_CALL,
    }


def _unit(settings: "Settings") -> dict[str, Any]:
    program = Path(sys.prefix) / "bin" / "lachan"
    folders = _folders(settings)
    own = folders[0].is_relative_to(KEPT) and folders[0] != KEPT
    at_home = any(path.is_relative_to(home) for path in (program, *folders) for home in _HOMES)
    return {
        "docs": word(DOCS.as_uri()),
        "program": word(str(program), command=True),
        "environment": [word(f"LACHAN_{name}={value}") for name, value in _wiring(settings).items()],
        "state": word(str(folders[0].relative_to(KEPT))) if own else "",
        "writable": [word(str(path)) for path in folders[own:]],
        "home": "read-only" if at_home else "yes",
    }


def _folders(settings: "Settings") -> list[Path]:
    """What the server writes to: its data folder, and the database's where that is a file elsewhere."""
    data = settings.data if settings.data.is_absolute() else KEPT / "lachan"
    address = make_url(settings.database_url)
    if not settings.database or address.get_backend_name() != "sqlite" or not address.database:
        return [data]
    beside = Path(address.database).absolute().parent
    return [data] if beside.is_relative_to(data) else [data, beside]


def _wiring(settings: "Settings") -> dict[str, str]:
    """What hangs on this machine; nothing here is secret."""
    upstream(settings)  # a port that changes is no use to a proxy
    wiring = {
        "DATA": str(_folders(settings)[0]),
        "HOST": settings.host,
        "PORT": str(settings.port),
        "PUBLIC_URL": f"https://{public(settings).site}",
        "TRUSTED_PROXIES": settings.trusted_proxies or neighbour(settings),
    }
    return wiring | ({"METRICS_PORT": str(settings.metrics_port)} if settings.metrics_port else {})


def word(text: str, *, command: bool = False) -> str:
    """One word of a unit file, whatever is in it (systemd.syntax(7), systemd.service(5))."""
    text = text.replace("%", "%%")
    text = text.replace("$", "$$") if command else text
    if not set(text) & set(" \t\n\"'\\;"):
        return text
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


_FILES: Mapping[Kind, tuple[str, Callable[["Settings"], dict[str, Any]]]] = {
    Kind.CADDY: ("Caddyfile.j2", _proxy),
    Kind.NGINX: ("nginx.conf.j2", _proxy),
    Kind.SYSTEMD: ("lachan.service.j2", _unit),
}
