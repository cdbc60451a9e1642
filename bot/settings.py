"""Every setting once: name, default, help. Each is an environment variable that begins with LACHAN_."""

import os
import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.wording import CONTENT, LANGUAGE, catalogue

_ = catalogue("cli")

_NAME = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")  # of a machine


class WrongSetting(Exception):  # noqa: N818 - it names what was found
    """Settings that can't be used, by their fields' names; their values are told nowhere, as they may be secret."""

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields

    def sentences(self) -> Iterator[str]:
        """What each of them must be, for whoever set them."""
        for field in self.fields:
            yield _must(field, f"LACHAN_{field.upper()}")


class CannotListen(Exception):  # noqa: N818 - it names a state
    """The place to listen at is taken or forbidden; the text is the sentence for whoever starts the server."""


def _folder(value: Path) -> Path:
    """It needn't be there yet, but nothing on the way to it may be a file."""
    for place in (value, *value.absolute().parents):
        if os.path.exists(place):  # noqa: PTH110 - Path.exists raises where it may not look
            if place.is_dir():
                break
            raise ValueError
    return value


def _database(value: str) -> str:
    try:
        url = make_url(value or "sqlite:///file")
    except ArgumentError as error:
        raise ValueError from error
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:":
            return value
        case "postgresql":
            from storage.postgres import readable  # its driver is slow to load, and most houses run on SQLite

            readable(url)
            return value
    raise ValueError


def _host(value: str) -> str:
    if not _NAME.fullmatch(value):
        ip_address(value)
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError
    return value


def _api(value: str) -> str:
    """Scheme, host and port; what carries a token goes unguarded within this machine only."""
    if not value:
        return value
    parts = urlsplit(value.rstrip("/"))
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port is not None else ""  # urlsplit raises ValueError where it is no number
    if parts.scheme not in {"http", "https"} or value.rstrip("/").lower() != f"{parts.scheme}://{_shown(host)}{port}":
        raise ValueError
    if parts.scheme == "http" and not is_here(host):
        raise ValueError
    return value.rstrip("/")


def _shown(host: str) -> str:
    """A host as it stands in an address: an IPv6 one in brackets."""
    return f"[{host}]" if ":" in _host(host) else host


def _proxy(value: SecretStr) -> SecretStr:
    """What python-socks takes: it knows no https, and wants a port. It may carry a name and a password."""
    parts = urlsplit(value.get_secret_value())
    beyond = parts.path.strip("/") or parts.query or parts.fragment  # of a password that isn't written with %
    if value and (parts.scheme not in {"http", "socks4", "socks5"} or not parts.hostname or not parts.port or beyond):
        raise ValueError
    return value


def is_here(host: str) -> bool:
    """Whether a host's name or address stays within this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _networks(value: str) -> str:
    """Uvicorn takes what it can't read for a name, and believes nobody without saying so."""
    for one in value.split(",") if value else ():
        ip_network(one.strip())
    return value


Folder = Annotated[Path, AfterValidator(_folder)]
Port = Annotated[int, Field(ge=0, le=65535)]
Mode = Literal["polling", "webhook"]
Api = Annotated[str, AfterValidator(_api)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """What an installation decides. Read once at start; a variable that is empty counts as not set."""

    model_config = SettingsConfigDict(env_prefix="LACHAN_", env_ignore_empty=True, frozen=True, extra="ignore")

    data: Folder = Field(Path("data"), description="Folder of all that is kept: database, key, lock.")
    database: Annotated[str, AfterValidator(_database)] = Field(
        "", description="URL of the database; empty: SQLite in the data folder."
    )
    content: Folder = Field(CONTENT / LANGUAGE, description="Folder of the content.")
    host: Annotated[str, AfterValidator(_host)] = Field("127.0.0.1", description="Address the web chat listens on.")
    port: Port = Field(8080, description="Port the web chat listens on; 0 takes a free one.")
    public_url: WebAddress = Field("", description="Address under which people reach the page; empty: as they came.")
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        "", description="Proxies whose X-Forwarded-For is believed, separated by commas."
    )
    metrics_port: Port = Field(0, description="Loopback port of the metrics; 0: off.")
    exit_url: WebAddress = Field("https://vi.wikipedia.org/", description="The harmless page that quick exit leads to.")
    sessions_a_minute: int = Field(600, ge=1, description="New web sessions allowed a minute and network address.")

    telegram_token: SecretStr = Field(SecretStr(""), description="Token of the citizens' Telegram bot; empty: off.")
    telegram_api: Api = Field("", description="Another address of the Bot API: scheme, host, port.")
    telegram_proxy: Annotated[SecretStr, AfterValidator(_proxy)] = Field(
        SecretStr(""), description="Proxy to Telegram, such as socks5://host:port."
    )
    telegram_mode: Mode = Field("polling", description="How messages come: polling, or webhook over LACHAN_PUBLIC_URL.")
    telegram_secret: SecretStr = Field(
        SecretStr(""), description="What Telegram's webhook shows; empty: one of our own."
    )
    telegram_a_second: float = Field(
        30, gt=0, description="Messages a second that Telegram takes: 30, or what it was paid for."
    )
    zalo_bot_token: SecretStr = Field(SecretStr(""), description="Token of the Zalo Bot; empty: off.")
    zalo_bot_api: Api = Field("", description="Another address of Zalo's bot API: scheme, host, port.")
    zalo_bot_mode: Mode = Field("polling", description="How messages come: polling (to try out), or webhook.")
    zalo_bot_secret: SecretStr = Field(
        SecretStr(""), description="What Zalo Bot's webhook shows; empty: one of our own."
    )
    zalo_oa_app_id: str = Field("", description="The app of the Zalo Official Account; empty: off.")
    zalo_oa_app_secret: SecretStr = Field(SecretStr(""), description="The app's secret, for new tokens.")
    zalo_oa_secret: SecretStr = Field(SecretStr(""), description="The OA's webhook key, which signs what comes.")
    zalo_oa_access_token: SecretStr = Field(SecretStr(""), description="The first access token.")
    zalo_oa_refresh_token: SecretStr = Field(SecretStr(""), description="The first refresh token.")
    zalo_oa_api: Api = Field("", description="Another address of Zalo's OpenAPI: scheme, host, port.")
    zalo_oa_oauth: Api = Field("", description="Another address of Zalo's sign-in: scheme, host, port.")
    zalo_oa_silence_minutes: int = Field(
        60, ge=0, description="How long the bot is silent after a human wrote in a chat."
    )

    @property
    def database_url(self) -> str:
        """The database's URL, also where none was set."""
        return self.database or f"sqlite:///{(self.data / 'lachan.db').absolute()}"


def read() -> Settings:
    """The settings of this process. Raises WrongSetting, which names all that are wrong."""
    try:
        return Settings()
    except ValidationError as error:
        fields = dict.fromkeys(str(part["loc"][0]) for part in error.errors(include_input=False))
        raise WrongSetting(*fields) from None  # pydantic quotes the values


def _must(field: str, name: str) -> str:
    folder = _("{setting} must be the path of a folder, not of a file.", setting=name)
    port = _("{setting} must be a whole number from 0 to 65535.", setting=name)
    page = _("{setting} must be a web address that begins with https:// or http://.", setting=name)
    api = _("{setting} must be scheme, host and port, like https://api.example.vn:8081.", setting=name)
    mode = _("{setting} must be polling or webhook.", setting=name)
    told = {
        **dict.fromkeys(("data", "content"), folder),
        **dict.fromkeys(("port", "metrics_port"), port),
        **dict.fromkeys(("public_url", "exit_url"), page),
        **dict.fromkeys(("telegram_api", "zalo_bot_api", "zalo_oa_api", "zalo_oa_oauth"), api),
        **dict.fromkeys(("telegram_mode", "zalo_bot_mode"), mode),
        "database": _("{setting} must be like sqlite:////folder/name.db or postgresql://name@host/base.", setting=name),
        "host": _("{setting} must be an address of this machine, like 127.0.0.1.", setting=name),
        "trusted_proxies": _("{setting} must be addresses or networks, separated by commas.", setting=name),
        "sessions_a_minute": _("{setting} must be a whole number, 1 or more.", setting=name),
        "telegram_proxy": _("{setting} must be like socks5://host:port, socks4:// or http://.", setting=name),
        "telegram_token": _("{setting} must be a bot's token as BotFather shows it, like 123456:ABC.", setting=name),
    }
    return told.get(field) or _("{setting} can't be used. docs/running.md tells what it may be.", setting=name)
