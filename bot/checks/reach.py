"""How people reach it: the server itself, the public address and its certificate, the proxy."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from bot import needs
from bot.checks.found import Found, Level, Scene
from bot.deploy.place import NotReady, neighbour, public, upstream_host
from storage.wording import catalogue

_ = catalogue("cli")

_MOST = 8 * 1024  # bytes of an answer
SOON, NOW = 1 / 4, 1 / 10  # of a certificate's life that is left: who renews by themselves does so at a third


@dataclass(frozen=True, slots=True)
class Answer:
    """What /healthz said, and under which certificate."""

    well: bool
    certificate: Mapping[str, Any]


async def ask(host: str, port: int, tls: ssl.SSLContext | None = None) -> Answer:
    """Ask /healthz. Nothing is followed: only this host is asked. Raises OSError."""
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    try:
        writer.write(f"GET /healthz HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        said = b""
        while len(said) < _MOST and (more := await reader.read(_MOST)):
            said += more
        certificate = writer.get_extra_info("peercert") or {}
    finally:
        writer.close()
    return Answer(said.split()[1:2] == [b"200"] and said.endswith(b"ok"), certificate)


async def server(scene: Scene) -> Found:
    """Whether the server answers on this machine."""
    port = scene.settings.port
    if not port:
        return Found(Level.LOOK, _("LACHAN_PORT is 0, so it isn't known where it listens."))
    try:
        well = (await ask(upstream_host(scene.settings), port)).well
    except OSError:
        level = Level.MEND if scene.settings.public_url else Level.LOOK
        return Found(level, _("nobody listens on port {port}. Start it with `lachan run`.", port=port))
    if not well:
        return Found(Level.MEND, _("on port {port} somebody else answers. Set another LACHAN_PORT.", port=port))
    return Found(Level.FINE, _("answers on port {port}.", port=port))


async def public_address(scene: Scene) -> Found:
    """Whether people reach it over https, and how long the certificate lasts."""
    if not scene.settings.public_url:
        return _unset(scene)
    try:
        people = public(scene.settings)
    except NotReady as reason:
        return Found(Level.MEND, str(reason))
    try:
        answer = await ask(people.host, people.port, ssl.create_default_context())
    except ssl.SSLCertVerificationError:
        return Found(Level.MEND, _("browsers don't trust the certificate of {host}.", host=people.host))
    except OSError:
        return Found(
            Level.MEND,
            _("{host} can't be reached from here. Look at DNS, proxy, firewall.", host=people.host),
        )
    if not answer.well:
        return Found(Level.MEND, _("at {host} it isn't our server that answers.", host=people.host))
    return _certificate(answer.certificate, scene.now)


def _unset(scene: Scene) -> Found:
    """An OA gets nothing without it; people at least find another way."""
    if unreached := needs.unreached(scene.settings):
        return Found(Level.MEND, unreached)
    return Found(Level.LOOK, _("LACHAN_PUBLIC_URL isn't set. People need an address with https."))


def _certificate(certificate: Mapping[str, Any], now: datetime) -> Found:
    begun, ends = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate[one]), UTC) for one in ("notBefore", "notAfter")
    )
    left = (ends - now) / (ends - begun)
    days = max((ends - now).days, 0)
    if left > SOON:
        return Found(Level.FINE, _("answers; the certificate lasts {days} more days.", days=days))
    level = Level.MEND if left < NOW else Level.LOOK
    sentence = _("the certificate ends in {days} days. See why the proxy doesn't renew it.", days=days)
    return Found(level, sentence)


async def proxy(scene: Scene) -> Found | None:
    """Whether the server tells people apart behind a proxy, and hides itself behind it."""
    settings = scene.settings
    if not settings.public_url.startswith("https:"):
        return None
    if not settings.trusted_proxies:
        beside = neighbour(settings)
        told = _("set LACHAN_TRUSTED_PROXIES={address}, or all people count as one.", address=beside)
        return Found(Level.MEND, told)
    if not _on_loopback(settings.host):
        return Found(Level.LOOK, _("the server also answers past it, without https. Set LACHAN_HOST=127.0.0.1."))
    return Found(Level.FINE, _("trusted, and the only way in."))


def _on_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
