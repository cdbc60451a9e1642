"""Chats as Telegram keeps them: messages with their numbers, who is in them, and what a person sees there."""

from dataclasses import dataclass, field
from enum import Enum

from tests.fakes.telegram_wire import Refusal, Wire, bad

DAYS_DELETABLE = 48 * 3600  # seconds


class Standing(Enum):
    """How the bot stands in a chat, and what it is told when it writes there."""

    OPEN = ""
    UNKNOWN = "400 Bad Request: chat not found"
    BLOCKED = "403 Forbidden: bot was blocked by the user"
    DEACTIVATED = "403 Forbidden: user is deactivated"
    KICKED = "403 Forbidden: bot was kicked from the {kind} chat"
    LEFT = "403 Forbidden: bot is not a member of the {kind} chat"
    UPGRADED = "400 Bad Request: group chat was upgraded to a supergroup chat"


@dataclass(slots=True)
class Message:
    """One message: as the API emits it, and a file's bytes. `turn` grows with each change in the whole of Telegram."""

    wire: Wire
    by_bot: bool
    turn: int
    content: bytes = b""

    @property
    def number(self) -> int:
        """Its message_id."""
        number: int = self.wire["message_id"]
        return number

    @property
    def text(self) -> str:
        """What is read, after entities; a file's caption."""
        text: str = self.wire.get("text") or self.wire.get("caption") or ""
        return text

    @property
    def buttons(self) -> tuple[tuple[str, str], ...]:
        """Labels, and what a tap sends (an address for a link), in reading order."""
        return tuple(button for row in self.rows for button in row)

    @property
    def rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The same in rows."""
        keyboard = self.wire.get("reply_markup", {}).get("inline_keyboard", [])
        return tuple(
            tuple((one["text"], one.get("callback_data") or one.get("url", "")) for one in row) for row in keyboard
        )

    @property
    def bold(self) -> tuple[str, ...]:
        """The parts in bold."""
        return self.marked("bold")

    def marked(self, kind: str) -> tuple[str, ...]:
        """The parts that an entity of this kind covers."""
        said = self.text.encode("utf-16-le", "surrogatepass")
        spans = self.wire.get("entities") or self.wire.get("caption_entities") or []
        found = ((2 * one["offset"], 2 * (one["offset"] + one["length"])) for one in spans if one["type"] == kind)
        return tuple(said[begin:end].decode("utf-16-le", "surrogatepass") for begin, end in found)

    @property
    def edited(self) -> bool:
        """Whether it was changed after it came."""
        return "edit_date" in self.wire

    @property
    def guarded(self) -> bool:
        """Whether it can't be forwarded or saved."""
        return bool(self.wire.get("has_protected_content"))

    @property
    def file_name(self) -> str:
        """The name of the document it carries, if it does."""
        name: str = self.wire.get("document", {}).get("file_name", "")
        return name


@dataclass(slots=True)
class Chat:
    """One chat: its description on the wire, its messages by number, and how the bot stands in it."""

    wire: Wire
    standing: Standing = Standing.UNKNOWN
    upgraded_to: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    deleted: dict[int, int] = field(default_factory=dict)  # number -> when it was sent
    actions: list[str] = field(default_factory=list)  # "typing" and the like, shown for a moment
    last: int = 0  # the highest number, where a chat counts its own

    @property
    def id(self) -> int:
        """Its chat_id."""
        number: int = self.wire["id"]
        return number

    @property
    def kind(self) -> str:
        """private, group, supergroup or channel."""
        kind: str = self.wire["type"]
        return kind

    @property
    def instance(self) -> str:
        """What a tap calls this chat: never its id."""
        return str((self.id * 0x9E3779B97F4A7C15) % 2**62)

    def writable(self) -> None:
        """Refuse where the bot may not write."""
        if self.standing is Standing.OPEN:
            return
        code, _, said = self.standing.value.partition(" ")
        more = {"migrate_to_chat_id": self.upgraded_to} if self.standing is Standing.UPGRADED else {}
        raise Refusal(int(code), said.format(kind=self.kind), **more)

    def own(self, number: int) -> Message:
        """A message that the bot may edit."""
        self.writable()
        message = self.messages.get(number)
        if message is None:
            raise bad("message to edit not found")
        if not message.by_bot:
            raise bad("message can't be edited")
        return message

    def delete(self, number: int, now: float) -> bool:
        """Take a message away; whether it was there. Older ones than two days stay."""
        message = self.messages.get(number)
        if message is None:
            return False
        if now - message.wire["date"] >= DAYS_DELETABLE:
            raise bad("message can't be deleted for everyone")
        if self.kind == "channel" and not message.by_bot:
            raise bad("message can't be deleted")
        self.deleted[number] = message.wire["date"]
        del self.messages[number]
        return True
