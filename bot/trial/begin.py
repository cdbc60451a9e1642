"""A trial from the settings: the line for what was asked, and a folder."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.app import clock
from bot.channels.channel import WrongToken
from bot.trial import Kind, Stuck
from bot.trial.guide import lead
from bot.trial.hook import Hook
from bot.trial.step import Line, Screen
from storage.wording import catalogue

if TYPE_CHECKING:
    from bot.settings import Settings

_ = catalogue("cli")


async def begin(
    kind: Kind, settings: "Settings", folder: Path | None, port: int | None, say: Screen, typed: AsyncIterator[str]
) -> bool:
    """Try a platform; whether nothing turned out otherwise. Raises Stuck, OSError."""
    line = line_of(kind, settings, port)
    return await lead(line, folder or Path(f"trial-{kind.value}"), say, typed)


def line_of(kind: Kind, settings: "Settings", port: int | None) -> Line:
    """The line to a platform. `port`: where events are taken, behind LACHAN_PUBLIC_URL. Raises Stuck."""
    match kind:
        case Kind.TELEGRAM:
            return _telegram(settings)
        case Kind.ZALO_BOT:
            return _zalo_bot(settings, port)
        case Kind.ZALO_OA:
            return _zalo_oa(settings, settings.port if port is None else port)


def _telegram(settings: "Settings") -> Line:
    from bot.channels.telegram.client import Client
    from bot.trial.telegram import TelegramLine

    token = _set("LACHAN_TELEGRAM_TOKEN", settings.telegram_token)
    try:
        return TelegramLine(Client(token, settings.telegram_api, settings.telegram_proxy))
    except WrongToken as error:
        raise _no_token("LACHAN_TELEGRAM_TOKEN") from error


def _zalo_bot(settings: "Settings", port: int | None) -> Line:
    from bot.channels.zalo_bot.channel import ZaloBot
    from bot.channels.zalo_bot.client import Client
    from bot.trial.zalo_bot import ZaloBotLine

    token = _set("LACHAN_ZALO_BOT_TOKEN", settings.zalo_bot_token)
    path = "/zalo/bot/webhook"
    address = "" if port is None else _public(settings) + path
    try:
        bot = ZaloBot(Client(token, settings.zalo_bot_api), secrets.token_urlsafe(24), address)
    except WrongToken as error:
        raise _no_token("LACHAN_ZALO_BOT_TOKEN") from error
    return ZaloBotLine(bot, None if port is None else Hook(path, port))


def _zalo_oa(settings: "Settings", port: int) -> Line:
    from bot.channels.zalo_oa.client import Client
    from bot.channels.zalo_oa.wire import Account
    from bot.trial.zalo_oa import ZaloOALine

    app_id = _set("LACHAN_ZALO_OA_APP_ID", SecretStr(settings.zalo_oa_app_id))
    key = _set("LACHAN_ZALO_OA_SECRET", settings.zalo_oa_secret)
    token = _set("LACHAN_ZALO_OA_ACCESS_TOKEN", settings.zalo_oa_access_token)
    client = Client(app_id, "", settings.zalo_oa_api)
    return ZaloOALine(client, token, Account(app_id, key), Hook("/zalo/oa/webhook", port), clock)


def _set(name: str, value: SecretStr) -> str:
    if not value:
        raise Stuck(_("{setting} isn't set.", setting=name))
    return value.get_secret_value()


def _no_token(name: str) -> Stuck:
    return Stuck(_("{setting} is no token.", setting=name))


def _public(settings: "Settings") -> str:
    if not settings.public_url:
        raise Stuck(_("{setting} isn't set.", setting="LACHAN_PUBLIC_URL"))
    return settings.public_url.rstrip("/")
