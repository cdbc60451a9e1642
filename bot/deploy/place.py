"""Where the server stands and how people reach it, read from the settings and safe to write into a file."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from storage.wording import catalogue

if TYPE_CHECKING:
    from bot.settings import Settings

_ = catalogue("cli")

HTTPS = 443
_ALL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - told apart here, not listened on
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*")


class NotReady(ValueError):  # noqa: N818 - it names a state
    """A setting is missing or can't be used for this file; the sentence says which, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Public:
    """What people type: a host's name in the letters of DNS, and the port."""

    host: str
    port: int

    @property
    def site(self) -> str:
        """Without a scheme."""
        return self.host if self.port == HTTPS else f"{self.host}:{self.port}"


def public(settings: "Settings") -> Public:
    """From LACHAN_PUBLIC_URL. Raises NotReady."""
    if not settings.public_url:
        raise NotReady(_("LACHAN_PUBLIC_URL is missing. Set the address that people type, like https://bot.tinh.vn."))
    try:
        address = urlsplit(settings.public_url)
        host = (address.hostname or "").encode("idna").decode()
        port = address.port or HTTPS
    except ValueError:  # a port that is none, letters that no name has
        host, port, address = "", 0, urlsplit("")
    if not _plain(address) or not _HOST.fullmatch(host):
        raise NotReady(_("LACHAN_PUBLIC_URL must be https:// and a host's name, without a path."))
    return Public(host, port)


def _plain(address: SplitResult) -> bool:
    beyond = address.path.strip("/") + address.query + address.fragment
    return address.scheme == "https" and "@" not in address.netloc and not beyond


def upstream_host(settings: "Settings") -> str:
    """The address under which a neighbour on this machine reaches the server."""
    return _ALL.get(settings.host, settings.host)


def neighbour(settings: "Settings") -> str:
    """The addresses from which a proxy on this machine comes, as LACHAN_TRUSTED_PROXIES takes them."""
    host = upstream_host(settings)
    try:
        return str(ip_address(host))
    except ValueError:
        return "127.0.0.1,::1"


def upstream(settings: "Settings") -> str:
    """Host and port for a proxy on the same machine. Raises NotReady."""
    if not settings.port:
        raise NotReady(_("LACHAN_PORT is 0: the port changes at each start. Set a fixed one, like 8080."))
    host = upstream_host(settings)
    return f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"
