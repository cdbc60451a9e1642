"""The methods there are, by name, and how a path names one."""

from collections.abc import Callable
from typing import Any

from tests.fakes import telegram_messages as messages
from tests.fakes import telegram_profile as profile
from tests.fakes.telegram_wire import Params, Refusal
from tests.fakes.telegram_world import World

METHODS: dict[str, Callable[[World, Params], Any]] = {
    "getMe": profile.get_me,
    "sendMessage": messages.send_message,
    "sendDocument": messages.send_document,
    "sendPhoto": messages.send_photo,
    "sendChatAction": messages.act,
    "editMessageText": messages.edit_text,
    "editMessageReplyMarkup": messages.edit_buttons,
    "deleteMessage": messages.delete,
    "deleteMessages": messages.delete_many,
    "answerCallbackQuery": messages.answer_tap,
    "setMyCommands": profile.set_commands,
    "getMyCommands": profile.get_commands,
    "setMyDescription": profile.set_description,
    "getMyDescription": profile.get_description,
    "setMyShortDescription": profile.set_short,
    "getMyShortDescription": profile.get_short,
    "setChatMenuButton": profile.set_menu,
    "setWebhook": profile.set_webhook,
    "deleteWebhook": profile.delete_webhook,
    "getWebhookInfo": profile.webhook_info,
    "leaveChat": profile.leave,
    "getFile": profile.get_file,
}
"""All but getUpdates, which waits."""
_BY_LOWER = {name.lower(): name for name in (*METHODS, "getUpdates")}  # the real API doesn't mind the case either


def method_of(path: str, token: str) -> str:
    """The method that a path names; refused as the real API does: 404 for no token or method, 401 for another token."""
    shown, _, name = path.removeprefix("/bot").partition("/")
    if not path.startswith("/bot") or ":" not in shown:
        raise Refusal(404, "Not Found")
    if shown != token:
        raise Refusal(401, "Unauthorized")
    found = _BY_LOWER.get(name.lower())
    if found is None:
        raise Refusal(404, "Not Found: method not found")
    return found
