"""A trial from the settings: the line for what was asked, and a folder."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot import needs
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
        return TelegramLine(Client(token, settings.telegram_api, settings.telegram_proxy.get_secret_value()))
    except WrongToken as error:
        raise _no_token("LACHAN_TELEGRAM_TOKEN") from error


def _zalo_bot(settings: "Settings", port: int | None) -> Line:
    from bot.channels.zalo_bot.channel import ZaloBot
    from bot.channels.zalo_bot.client import Client
    from bot.trial.zalo_bot import ZaloBotLine

    token = _set("LACHAN_ZALO_BOT_TOKEN", settings.zalo_bot_token)
    address = "" if port is None else _address(settings, "--port", needs.ZALO_BOT)
    try:
        bot = ZaloBot(Client(token, settings.zalo_bot_api), secrets.token_urlsafe(24), address)
    except WrongToken as error:
        raise _no_token("LACHAN_ZALO_BOT_TOKEN") from error
    return ZaloBotLine(bot, None if port is None else Hook(needs.ZALO_BOT, port))


def _zalo_oa(settings: "Settings", port: int) -> Line:
    from bot.channels.zalo_oa.client import Client
    from bot.channels.zalo_oa.wire import Account
    from bot.trial.zalo_oa import ZaloOALine

    names = ("LACHAN_ZALO_OA_APP_ID", "LACHAN_ZALO_OA_SECRET", "LACHAN_ZALO_OA_ACCESS_TOKEN")
    given = (settings.zalo_oa_app_id, settings.zalo_oa_secret, settings.zalo_oa_access_token)
    if lacking := [name for name, value in zip(names, given, strict=True) if not value]:
        raise Stuck(_("{setting} isn't set.", setting=", ".join(lacking)))
    address = _address(settings, "lachan trial zalo-oa", needs.ZALO_OA)
    client, key = Client(settings.zalo_oa_app_id, "", settings.zalo_oa_api), settings.zalo_oa_secret.get_secret_value()
    account, hook = Account(settings.zalo_oa_app_id, key), Hook(needs.ZALO_OA, port)
    return ZaloOALine(client, settings.zalo_oa_access_token.get_secret_value(), account, hook, clock, address)


def _set(name: str, value: SecretStr) -> str:
    if not value:
        raise Stuck(_("{setting} isn't set.", setting=name))
    return value.get_secret_value()


def _no_token(name: str) -> Stuck:
    return Stuck(_("{setting} is no token.", setting=name))


def _address(settings: "Settings", asking: str, path: str) -> str:
    try:
        return needs.hook(settings, asking, path)
    except needs.Lacking as lacking:
        raise Stuck(lacking.sentence) from lacking
