"""The methods that send, change and take away messages, and answer taps."""

from telegram.constants import BulkRequestLimit, CallbackQueryLimit, ChatAction, FileSizeLimit

from tests.fakes.telegram_buttons import Rows, rows
from tests.fakes.telegram_chats import Chat, Message
from tests.fakes.telegram_markup import CAPTION, TEXT, trimmed, understood, units
from tests.fakes.telegram_wire import Params, Refusal, Upload, Wire, bad
from tests.fakes.telegram_world import TAP_LIVES, World

TOAST = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
DOCUMENT, PHOTO = int(FileSizeLimit.FILESIZE_UPLOAD), int(FileSizeLimit.PHOTOSIZE_UPLOAD)
MANY = int(BulkRequestLimit.MAX_LIMIT)
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def send_message(world: World, params: Params) -> Wire:
    """sendMessage."""
    said = _text(params, "text", "entities")
    if not said["text"]:
        raise bad("message text is empty")
    return _sent(world, world.chat(params), params, said).wire


def send_document(world: World, params: Params) -> Wire:
    """sendDocument."""
    fields, content = _file(world, params, "document", DOCUMENT)
    said = _text(params, "caption", "caption_entities")
    return _sent(world, world.chat(params), params, {"document": fields} | said, content).wire


def send_photo(world: World, params: Params) -> Wire:
    """sendPhoto: as it is, in one size."""
    fields, content = _file(world, params, "photo", PHOTO)
    photo = {name: value for name, value in fields.items() if name not in ("file_name", "mime_type")}
    said = _text(params, "caption", "caption_entities")
    sizes = {"photo": [photo | {"width": 320, "height": 240}]}
    return _sent(world, world.chat(params), params, sizes | said, content).wire


def edit_text(world: World, params: Params) -> Wire:
    """editMessageText."""
    said = _text(params, "text", "entities")
    if not said["text"]:
        raise bad("message text is empty")
    message = world.chat(params).own(params.integer("message_id", 0))
    if "text" not in message.wire:
        raise bad("there is no text in the message to edit")
    return _edited(world, message, {"text": said["text"], "entities": said.get("entities")}, rows(params))


def edit_buttons(world: World, params: Params) -> Wire:
    """editMessageReplyMarkup."""
    message = world.chat(params).own(params.integer("message_id", 0))
    return _edited(world, message, {}, rows(params))


def delete(world: World, params: Params) -> bool:
    """deleteMessage."""
    chat = world.chat(params)
    chat.writable()
    if not chat.delete(params.integer("message_id", 0), world.now()):
        raise bad("message to delete not found")
    world.turn += 1
    return True


def delete_many(world: World, params: Params) -> bool:
    """deleteMessages: those that aren't there are passed over."""
    numbers, chat = params.tree("message_ids"), world.chat(params)
    chat.writable()
    if not isinstance(numbers, list) or not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > MANY:
        raise bad("too many message identifiers specified")
    for number in numbers:
        chat.delete(int(number), world.now())
    world.turn += 1
    return True


def answer_tap(world: World, params: Params) -> bool:
    """answerCallbackQuery: once, and in time."""
    tap = world.taps.get(params.text("callback_query_id"))
    if tap is None or tap.answered or world.now() - tap.at > TAP_LIVES:
        raise bad(TOO_OLD)
    toast = params.text("text")
    if units(toast) > TOAST:
        raise bad("MESSAGE_TOO_LONG")
    tap.answered, tap.toast, tap.alert = True, toast, params.flag("show_alert")
    world.turn += 1
    return True


def act(world: World, params: Params) -> bool:
    """sendChatAction."""
    chat, action = world.chat(params), params.text("action")
    chat.writable()
    if action not in list(ChatAction):
        raise bad("wrong parameter action in request")
    chat.actions.append(action)
    return True


def _text(params: Params, name: str, entities: str) -> Wire:
    """The text's fields: after entities, within its limit."""
    given = params.tree(entities) if not params.text("parse_mode") else None
    text, marked = understood(params.text(name), params.text("parse_mode").lower())
    if given:
        text, marked = trimmed(params.text(name), given)
    if units(text) > (TEXT if name == "text" else CAPTION):
        raise bad("message is too long" if name == "text" else "message caption is too long")
    said: Wire = {name: text} if text or name == "text" else {}
    return said | ({entities: marked} if marked else {})


def _sent(world: World, chat: Chat, params: Params, fields: Wire, content: bytes = b"") -> Message:
    keyboard = rows(params)
    chat.writable()
    fields = {"sender_chat": chat.wire, **fields} if chat.kind == "channel" else {"from": world.bot, **fields}
    if keyboard:
        fields["reply_markup"] = {"inline_keyboard": keyboard}
    if params.flag("protect_content"):
        fields["has_protected_content"] = True
    return world.add(chat, fields, by_bot=True, content=content)


def _edited(world: World, message: Message, fields: Wire, keyboard: Rows) -> Wire:
    fields = fields | {"reply_markup": {"inline_keyboard": keyboard} if keyboard else None}
    if all(message.wire.get(name) == value for name, value in fields.items()):
        raise bad(UNCHANGED)
    world.change(message, **fields)
    return message.wire


def _file(world: World, params: Params, name: str, most: int) -> tuple[Wire, bytes]:
    given = params.raw.get(name)
    if isinstance(given, str) and given.startswith("attach://"):
        given = params.raw.get(given.removeprefix("attach://"))
    if isinstance(given, str) and given in world.files:
        return world.files[given], world.contents.get(given, b"")
    if not isinstance(given, Upload):
        raise bad(f"there is no {name} in the request" if not given else "wrong file identifier/HTTP URL specified")
    if not given.content:
        raise bad("file must be non-empty")
    if len(given.content) > most:
        raise Refusal(413, "Request Entity Too Large")
    kept = world.keep(given, file_name=given.name, mime_type=_kind(given.name))
    return kept, given.content


def _kind(name: str) -> str:
    ending = name.rpartition(".")[2]
    kinds = {"txt": "text/plain", "json": "application/json", "csv": "text/csv", "pdf": "application/pdf"}
    return kinds.get(ending, "application/octet-stream")
