"""Telegram's rules for a keyboard under a message."""

from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from tests.fakes.telegram_wire import Params, Refusal, Wire, bad

IN_ALL, A_ROW = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER), int(InlineKeyboardMarkupLimit.BUTTONS_PER_ROW)
DATA = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)  # bytes
_ACTIONS = frozenset(
    {"callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat"}
    | {"switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay"}
)
_OTHERS = ("keyboard", "remove_keyboard", "force_reply")

Rows = list[list[Wire]]


def rows(params: Params) -> Rows:
    """The inline keyboard that a request gives, in rows; empty for another kind or none."""
    markup = params.tree("reply_markup")
    if markup is None:
        return []
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if any(name in markup for name in _OTHERS):
        return []
    given = markup.get("inline_keyboard", [])
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in given if row]
    if sum(map(len, checked)) > IN_ALL or any(len(row) > A_ROW for row in checked):
        raise bad("reply markup is too long")  # a row too long may be cut by the real one: here it is told
    return checked


def _button(button: Any) -> Wire:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise _wrong("Object expected")
    if not button["text"].strip():
        raise _wrong("Text of the button must be non-empty")
    actions = [name for name in button if name in _ACTIONS]
    if not actions:
        raise _wrong("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _wrong("Exactly one action is allowed")
    if actions == ["callback_data"] and not 1 <= len(str(button["callback_data"]).encode()) <= DATA:
        raise bad("BUTTON_DATA_INVALID")
    if actions == ["url"] and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def _wrong(why: str) -> Refusal:
    return bad(f"can't parse inline keyboard button: {why}")
