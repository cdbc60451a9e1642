"""The platforms that are set: whether the token works, and whether messages come the way the settings say.

Only the platform's own API is asked, with questions that change nothing: a server may run beside.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot import needs
from bot.channels.channel import SENT, Outcome, Result, WrongToken
from bot.checks.found import Found, Level, Scene
from bot.settings import Settings, WrongSetting
from storage.wording import catalogue

_ = catalogue("cli")

PATIENCE = 4.5  # seconds for one platform: less than `table.PATIENCE`, so that the sentence is ours
FRESH = timedelta(hours=1)  # an older error of a webhook is over
MANY = 100  # messages that wait: then nobody fetches them


class _Open(Protocol):
    async def close(self) -> None: ...


def load(settings: Settings) -> None:
    """Import what takes long, before anything is timed: a slow machine isn't a platform that can't be reached."""
    if settings.telegram_token:
        import bot.channels.telegram.client  # noqa: F401 - aiogram: two seconds, or many on a busy machine


async def telegram(scene: Scene) -> Found | None:
    """The citizens' Telegram bot."""
    if not scene.settings.telegram_token:
        return None
    return await _patiently(_telegram, scene, blocked=not scene.settings.telegram_proxy)


async def zalo_bot(scene: Scene) -> Found | None:
    """The Zalo Bot."""
    return await _patiently(_zalo_bot, scene) if scene.settings.zalo_bot_token else None


async def zalo_oa(scene: Scene) -> Found | None:
    """The Official Account's token. Where Zalo calls us stands in its console only."""
    return await _patiently(_zalo_oa, scene) if scene.settings.zalo_oa_app_id else None


async def _patiently(look: Callable[[Scene], Awaitable[Found]], scene: Scene, *, blocked: bool = False) -> Found:
    try:
        async with asyncio.timeout(PATIENCE):
            return await look(scene)
    except TimeoutError:
        return _unreached(blocked=blocked)
    except WrongSetting as wrong:
        return Found(Level.MEND, " ".join(wrong.sentences()))


@asynccontextmanager
async def _closing(one: _Open) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await one.close()


async def _telegram(scene: Scene) -> Found:
    settings = scene.settings
    client = _telegram_client(settings)
    async with _closing(client):
        me = await client.me()
        if me.outcome != SENT:
            return _trouble(me.outcome, blocked=not settings.telegram_proxy)
        hook = await client.webhook()
        if hook.outcome != SENT:
            return _trouble(hook.outcome)
    astray = _astray(hook.result.url, needs.brought_to(settings, "telegram_mode", needs.TELEGRAM))
    return astray or _brought(hook.result, f"@{me.result.username}", scene.now)


def _telegram_client(settings: Settings) -> Any:
    """Raises WrongSetting."""
    from bot.channels.telegram.client import Client

    try:
        proxy = settings.telegram_proxy.get_secret_value()
        return Client(settings.telegram_token.get_secret_value(), settings.telegram_api, proxy)
    except WrongToken as error:
        raise WrongSetting("telegram_token") from error


def _brought(hook: Any, name: str, now: datetime) -> Found:
    """How Telegram fares with bringing messages, or with waiting for us to ask."""
    waiting, failed = hook.pending_update_count, hook.last_error_date
    if hook.url and failed is not None and now - failed < FRESH:
        level = Level.MEND if waiting else Level.LOOK
        return Found(level, _("{name}: {why} {count} messages wait.", name=name, why=_why(hook), count=waiting))
    if waiting > MANY:
        return Found(Level.LOOK, _("{name}: {count} messages wait. Does the server run?", name=name, count=waiting))
    how = _by_webhook(name) if hook.url else _by_polling(name)
    return Found(Level.FINE, how)


def _why(hook: Any) -> str:
    """The webhook's last error in our words; Telegram's own are English, and may quote an address."""
    told = (hook.last_error_message or "").lower()
    if any(sign in told for sign in ("ssl", "certificate")):
        return _("Telegram doesn't trust the certificate of the webhook. Look at the proxy.")
    if any(sign in told for sign in ("401", "403")):
        return _("the server refuses what Telegram brings. Restart it, so that both know the same secret.")
    if any(sign in told for sign in ("404", "wrong response")):
        return _("behind the webhook something else answers, or an error. Look at the server and the proxy's file.")
    return _("Telegram couldn't reach the webhook lately. Look at DNS, proxy, firewall.")


async def _zalo_bot(scene: Scene) -> Found:
    from bot.channels.zalo_bot.channel import ZaloBot
    from bot.channels.zalo_bot.client import Client

    settings = scene.settings
    try:
        bot = ZaloBot(Client(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_api))
    except WrongToken as error:
        raise WrongSetting("zalo_bot_token") from error
    async with _closing(bot):
        found = await bot.check()
    if found.outcome != SENT:
        return _trouble(found.outcome)
    astray = _astray(found.webhook, needs.brought_to(settings, "zalo_bot_mode", needs.ZALO_BOT))
    if astray is not None:
        return astray
    if found.webhook:
        return Found(Level.FINE, _by_webhook(found.name))
    if settings.public_url:
        lost = _("{name}: by polling Zalo may lose messages. Set LACHAN_ZALO_BOT_MODE=webhook.", name=found.name)
        return Found(Level.LOOK, lost)
    return Found(Level.FINE, _by_polling(found.name))


async def _zalo_oa(scene: Scene) -> Found:
    from bot import platforms
    from bot.channels.zalo_oa.channel import ZaloOA
    from bot.channels.zalo_oa.health import State

    if scene.app is None:
        return Found(Level.LOOK, _("its token lies in the database, which can't be used."))
    channel = {one.name: one for one in platforms.PLATFORMS}["zalo_oa"].make(scene.app)
    assert isinstance(channel, ZaloOA)  # noqa: S101 - for the type checker: its app is set
    async with _closing(channel):
        health = await channel.check()
    level = {State.WORKS: Level.FINE, State.STALE: Level.LOOK}.get(health.state, Level.MEND)
    rest = [_("The rest goes on without it.")] if health.state is State.UNREACHED else []
    return Found(level, " ".join([health.told(), *rest]))


def _astray(is_: str, should: str) -> Found | None:
    """Whether messages are brought elsewhere than the settings say. Of a strange address only its host is told."""
    if is_ == should:
        return None
    if not is_:
        return Found(Level.MEND, _("no webhook is registered. Start the server, which registers it."))
    host = urlsplit(is_).hostname or "?"
    if should:
        return Found(
            Level.MEND, _("messages are brought to another address, at {host}. Restart the server.", host=host)
        )
    return Found(
        Level.MEND,
        _("a webhook at {host} is registered, so asking brings nothing. Restart the server.", host=host),
    )


def _trouble(outcome: Outcome, *, blocked: bool = False) -> Found:
    """Why a platform told nothing."""
    if outcome.result is Result.BROKEN:
        return Found(Level.MEND, _("the token is refused ({code}). Set the newest one, whole.", code=outcome.code))
    if not outcome.reached:
        return _unreached(blocked=blocked)
    return Found(Level.LOOK, _("it answered with {code}. Ask again later.", code=outcome.code))


def _unreached(*, blocked: bool = False) -> Found:
    told = _("can't be reached from here; the rest goes on. Look at the network.")
    proxy = _("Where it is blocked, set LACHAN_TELEGRAM_PROXY.")
    return Found(Level.MEND, f"{told} {proxy}" if blocked else told)


def _by_webhook(name: str) -> str:
    return _("{name} works; messages are brought.", name=name)


def _by_polling(name: str) -> str:
    return _("{name} works; the server asks for messages.", name=name)
