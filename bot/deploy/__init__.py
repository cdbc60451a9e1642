"""Files for one machine, filled from the settings: a proxy with TLS in front of the server, and its systemd unit."""

from enum import StrEnum


class Kind(StrEnum):
    """What can be printed."""

    CADDY = "caddy"
    NGINX = "nginx"
    SYSTEMD = "systemd"
