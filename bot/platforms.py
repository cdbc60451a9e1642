"""The platforms that are sent to, as the settings ask: one table, opened, tended and let go."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import failures, needs, polling
from bot.channels.channel import SENT, UNREACHED, Channel, Result, WrongToken
from bot.delivery import Delivery
from bot.letterbox import Letterbox
from bot.reach import pause
from bot.settings import WrongSetting
from storage.database import StorageUnavailable
from storage.secret import text

if TYPE_CHECKING:
    from bot.app import App

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds until a platform is told again where we listen
FRESH_EVERY = 600.0  # seconds between two looks at a channel's rights
LAST_SENDS = 2.0  # seconds that what is being sent may take at the end


@dataclass(frozen=True, slots=True)
class Platform:
    """How a channel is made from the settings; None where they don't ask for it."""

    name: str
    make: Callable[["App"], Channel | None]
    polls: Callable[["App"], bool]


def _telegram(app: "App") -> Channel | None:
    settings = app.settings
    if not settings.telegram_token:
        return None
    from bot.channels.telegram.channel import Telegram
    from bot.channels.telegram.client import Client  # aiogram: two seconds and 130 MB
    from bot.channels.telegram.encode import ABLE

    try:
        proxy = settings.telegram_proxy.get_secret_value()
        client = Client(settings.telegram_token.get_secret_value(), settings.telegram_api, proxy)
    except WrongToken as error:
        raise WrongSetting("telegram_token") from error
    address = needs.brought_to(settings, "telegram_mode", needs.TELEGRAM)
    secret = _secret(app, "telegram", settings.telegram_secret.get_secret_value())
    return Telegram(client, secret, address, capabilities=replace(ABLE, a_second=settings.telegram_a_second))


def _zalo_bot(app: "App") -> Channel | None:
    settings = app.settings
    if not settings.zalo_bot_token:
        return None
    from bot.channels.zalo_bot.channel import ZaloBot
    from bot.channels.zalo_bot.client import Client

    try:
        client = Client(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_api)
    except WrongToken as error:
        raise WrongSetting("zalo_bot_token") from error
    address = needs.brought_to(settings, "zalo_bot_mode", needs.ZALO_BOT)
    return ZaloBot(client, _secret(app, "zalo bot", settings.zalo_bot_secret.get_secret_value()), address)


def _zalo_oa(app: "App") -> Channel | None:
    settings = app.settings
    if not settings.zalo_oa_app_id:
        return None
    from bot.channels.zalo_oa.channel import ZaloOA
    from bot.channels.zalo_oa.client import Client
    from bot.channels.zalo_oa.safe import Pair, Safe
    from bot.channels.zalo_oa.tokens import Tokens
    from bot.channels.zalo_oa.wire import Account

    needs.whole_account(settings)
    first = Pair(settings.zalo_oa_access_token.get_secret_value(), settings.zalo_oa_refresh_token.get_secret_value())
    app_secret, key = settings.zalo_oa_app_secret.get_secret_value(), settings.zalo_oa_secret.get_secret_value()
    client = Client(settings.zalo_oa_app_id, app_secret, settings.zalo_oa_api, settings.zalo_oa_oauth)
    tokens = Tokens(Safe(app.database, app.secret, first), client.renew, app.now)
    return ZaloOA(client, tokens, Account(settings.zalo_oa_app_id, key), app.now)


PLATFORMS: tuple[Platform, ...] = (
    Platform("telegram", _telegram, lambda app: app.settings.telegram_mode == "polling"),
    Platform("zalo_bot", _zalo_bot, lambda app: app.settings.zalo_bot_mode == "polling"),
    Platform("zalo_oa", _zalo_oa, lambda _app: False),
)


def _secret(app: "App", name: str, given: str) -> str:
    """What a webhook must show: as set, else one of our own, the same after each start."""
    return given or text(app.secret.derived(f"{name} webhook"))


@asynccontextmanager
async def opened(app: "App") -> AsyncIterator[Mapping[str, Letterbox]]:
    """The channels that the settings ask for, each with its delivery. Raises WrongSetting."""
    boxes: dict[str, Letterbox] = {}
    try:
        for platform in PLATFORMS:
            channel = platform.make(app)
            if channel is not None:
                boxes[platform.name] = _letterbox(app, channel, polls=platform.polls(app))
        yield boxes
    finally:
        for box in boxes.values():
            await box.channel.close()


def _letterbox(app: "App", channel: Channel, *, polls: bool) -> Letterbox:
    delivery = app.deliveries[channel.name] = Delivery(app, channel)
    return Letterbox(app, channel, delivery, polls=polls, silence=app.settings.zalo_oa_silence_minutes * 60.0)


async def begin(boxes: Mapping[str, Letterbox]) -> None:
    """Take up what the server before left in the outbox, before anything new comes."""
    for box in boxes.values():
        with suppress(StorageUnavailable):
            await box.delivery.load(everything=True)


async def carry(box: Letterbox, stop: asyncio.Event) -> None:
    """Deliver until `stop`; then let what is under way end."""
    async with asyncio.TaskGroup() as group:
        working = group.create_task(box.delivery.run())
        await stop.wait()
        await box.delivery.finish(LAST_SENDS)
        working.cancel()


async def tend(box: Letterbox) -> None:
    """Listen until cancelled. A channel that breaks is begun anew, and takes nothing else along."""
    breaks = 0
    while True:
        try:
            await _listen(box)
        except Exception as error:  # noqa: BLE001 - of whatever it breaks, the page and the other channels go on
            breaks += 1
            failures.log(box.app.log, "listening failed", error)
            box.note_reading(UNREACHED)
            await asyncio.sleep(pause(breaks, FIRST_PAUSE, LONGEST_PAUSE))


async def _listen(box: Letterbox) -> None:
    """Tell the platform where we listen, as often as it takes, and ask it for messages if it doesn't bring them."""
    tries = 0
    while (outcome := await box.channel.prepare()).result is not Result.SENT:
        tries += 1
        box.note_reading(outcome)
        await asyncio.sleep(outcome.wait or pause(tries, FIRST_PAUSE, LONGEST_PAUSE))
    box.note_reading(outcome)
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_fresh(box))
        if box.polls:
            group.create_task(polling.poll(box))


async def _keep_fresh(box: Letterbox) -> None:
    while True:
        if (outcome := await box.channel.keep_fresh()) != SENT:
            box.note_reading(outcome)
        await asyncio.sleep(FRESH_EVERY)
