"""What others think of a request that the fake took: aiogram's models of the methods, and teremok's reader of HTML.

They are stricter than Telegram here and there; a client of ours should please them all the same.
"""

import json
from typing import Any

import aiogram.methods
from pydantic import ValidationError
from teremok.validation import ApiRuleViolation, validate_html

from tests.fakes.telegram_record import Call
from tests.fakes.telegram_wire import Upload, Wire

_TREES = ("reply_markup", "allowed_updates", "commands", "scope", "menu_button", "message_ids", "entities")
_FILES = ("document", "photo")


def _models() -> dict[str, Any]:
    every = (getattr(aiogram.methods, name) for name in aiogram.methods.__all__)
    return {one.__api_method__: one for one in every if isinstance(getattr(one, "__api_method__", None), str)}


MODELS = _models()


def objections(call: Call) -> list[str]:
    """Why a request is doubtful, although it was taken; empty when it isn't."""
    model = MODELS.get(call.method)
    if model is None:
        return [f"{call.method}: aiogram knows no such method"]
    given = {name: _value(name, value) for name, value in call.params.raw.items() if not isinstance(value, Upload)}
    found = [f"{call.method}: unknown parameter {name}" for name in given if name not in model.model_fields]
    try:
        model.model_validate(given | _files(given, call))
    except ValidationError as error:
        found += [f"{call.method}: {one['loc']}: {one['msg']}" for one in error.errors(include_input=False)]
    return found + _html(call)


def _html(call: Call) -> list[str]:
    if call.params.text("parse_mode").lower() != "html":
        return []
    try:
        validate_html(call.params.text("text") or call.params.text("caption"))
    except ApiRuleViolation as error:
        return [f"{call.method}: {error.description}"]
    return []


def _value(name: str, value: Any) -> Any:
    return json.loads(value) if name in _TREES and isinstance(value, str) and value else value


def _files(given: Wire, call: Call) -> Wire:
    """A file that came along stands for its id."""
    return {name: "a file" for name in _FILES if name in call.params.raw and name not in given}
