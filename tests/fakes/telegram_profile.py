"""The methods by which a bot tells who it is, where its updates go, what its menu holds, and fetches files."""

import re
from urllib.parse import urlsplit

from telegram.constants import (
    SUPPORTED_WEBHOOK_PORTS,
    BotCommandLimit,
    BotDescriptionLimit,
    FileSizeLimit,
    WebhookLimit,
)

from tests.fakes.telegram_chats import Chat, Standing
from tests.fakes.telegram_markup import units
from tests.fakes.telegram_wire import Params, Refusal, Wire, bad
from tests.fakes.telegram_world import Hook, World

NAME = re.compile(rf"[a-z0-9_]{{{int(BotCommandLimit.MIN_COMMAND)},{int(BotCommandLimit.MAX_COMMAND)}}}")
WHAT, MANY = int(BotCommandLimit.MAX_DESCRIPTION), int(BotCommandLimit.MAX_COMMAND_NUMBER)
LONG, SHORT = int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH), int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH)
SECRET = re.compile(
    rf"[A-Za-z0-9_-]{{{int(WebhookLimit.MIN_SECRET_TOKEN_LENGTH)},{int(WebhookLimit.MAX_SECRET_TOKEN_LENGTH)}}}"
)
AT_ONCE = int(WebhookLimit.MIN_CONNECTIONS_LIMIT), int(WebhookLimit.MAX_CONNECTIONS_LIMIT)
FETCHED = int(FileSizeLimit.FILESIZE_DOWNLOAD)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ABILITIES = (
    "can_read_all_group_messages supports_inline_queries can_connect_to_business has_main_web_app "
    "has_topics_enabled allows_users_to_create_topics can_manage_bots supports_guest_queries"
)

_YES = (
    "can_manage_chat can_change_info can_post_messages can_edit_messages can_delete_messages can_invite_users "
    "can_restrict_members can_promote_members can_manage_video_chats can_post_stories can_edit_stories "
    "can_delete_stories can_send_welcome_messages"
)
RIGHTS: Wire = {
    "status": "administrator",
    "can_be_edited": False,
    "is_anonymous": False,
    **dict.fromkeys(_YES.split(), True),
}
"""What a bot has in a channel."""


def get_me(world: World, params: Params) -> Wire:
    """getMe."""
    return world.bot | {"can_join_groups": True} | dict.fromkeys(_ABILITIES.split(), False)


def set_webhook(world: World, params: Params) -> tuple[bool, str]:
    """setWebhook: https on Telegram's ports, or anything on loopback; an empty URL takes it away."""
    url = params.text("url").strip()
    if not url:
        return delete_webhook(world, params)
    _reachable(url)
    secret = params.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    world.updates.allow(params)
    _drop(world, params)
    world.updates.terminate("setWebhook request")
    same = world.hook.url == url
    world.hook = Hook(url, secret, params.integer("max_connections", 40, *AT_ONCE))
    world.updates.hooked = True
    return True, "Webhook is already set" if same else "Webhook was set"


def delete_webhook(world: World, params: Params) -> tuple[bool, str]:
    """deleteWebhook."""
    _drop(world, params)
    was, world.hook, world.updates.hooked = world.hook.url, Hook(), False
    return True, "Webhook was deleted" if was else "Webhook is already deleted"


def webhook_info(world: World, params: Params) -> Wire:
    """getWebhookInfo."""
    hook, waiting = world.hook, len(world.updates.waiting)
    info: Wire = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": waiting}
    if hook.url:
        info |= {"max_connections": hook.at_once, "ip_address": "127.0.0.1"}
    if hook.error:
        info |= {"last_error_date": hook.error_at, "last_error_message": hook.error}
    return info | ({"allowed_updates": sorted(world.updates.allowed)} if world.updates.allowed else {})


def set_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    commands = params.tree("commands")
    if not isinstance(commands, list):
        raise bad('parameter "commands" is required')
    if len(commands) > MANY:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not NAME.fullmatch(str(one.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(str(one.get("description", ""))) <= WHAT:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [{"command": one["command"].removeprefix("/"), "description": one["description"]} for one in commands]
    world.profile.commands[_scope(params), _language(params)] = kept
    return True


def get_commands(world: World, params: Params) -> list[Wire]:
    """getMyCommands: those of exactly this scope and language."""
    return world.profile.commands.get((_scope(params), _language(params)), [])


def set_description(world: World, params: Params) -> bool:
    """setMyDescription."""
    world.profile.description[_language(params)] = _within(params.text("description"), LONG)
    return True


def set_short(world: World, params: Params) -> bool:
    """setMyShortDescription."""
    world.profile.short[_language(params)] = _within(params.text("short_description"), SHORT)
    return True


def get_description(world: World, params: Params) -> Wire:
    """getMyDescription."""
    kept = world.profile.description
    return {"description": kept.get(_language(params)) or kept.get("", "")}


def get_short(world: World, params: Params) -> Wire:
    """getMyShortDescription."""
    kept = world.profile.short
    return {"short_description": kept.get(_language(params)) or kept.get("", "")}


def set_menu(world: World, params: Params) -> bool:
    """setChatMenuButton."""
    button = params.tree("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad("can't parse menu button: Menu button has invalid type")
    world.profile.menu[params.text("chat_id")] = button
    return True


def leave(world: World, params: Params) -> bool:
    """leaveChat."""
    chat = world.chat(params)
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    chat.writable()
    chat.standing = Standing.LEFT
    world.turn += 1
    membership(world, chat, world.bot, was_in(chat), {"status": "left"})
    return True


def was_in(chat: Chat) -> Wire:
    """What the bot is in a chat that it is in."""
    return RIGHTS if chat.kind == "channel" else {"status": "member"}


def membership(world: World, chat: Chat, by: Wire, old: Wire, new: Wire) -> int:
    """Tell the bot that it became something else in a chat; the update's number."""
    bot = {"user": world.bot}
    change = {"chat": chat.wire, "from": by, "date": int(world.now())}
    return world.updates.emit("my_chat_member", change | {"old_chat_member": bot | old, "new_chat_member": bot | new})


def get_file(world: World, params: Params) -> Wire:
    """getFile."""
    found = world.files.get(params.text("file_id"))
    if found is None:
        raise bad("invalid file_id")
    if found["file_size"] > FETCHED:
        raise bad("file is too big")
    kept = {name: found[name] for name in ("file_id", "file_unique_id", "file_size")}
    return kept | {"file_path": f"documents/{found['file_id']}"}


def _reachable(url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in SUPPORTED_WEBHOOK_PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _drop(world: World, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        world.updates.waiting.clear()


def _scope(params: Params) -> str:
    scope = params.tree("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad("can't parse BotCommandScope: Object expected")
    return ":".join([scope["type"], *(str(scope[name]) for name in ("chat_id", "user_id") if name in scope)])


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise Refusal(400, "Bad Request: LANGUAGE_CODE_INVALID")
    return code


def _within(text: str, most: int) -> str:
    if units(text) > most:
        raise bad("description is too long")
    return text
