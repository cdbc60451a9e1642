"""All that a Telegram knows about one bot: chats, updates, files, and the taps that wait for an answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.faults import Faults
from tests.fakes.telegram_chats import Chat, Message
from tests.fakes.telegram_record import Record
from tests.fakes.telegram_things import file
from tests.fakes.telegram_updates import Updates
from tests.fakes.telegram_wire import Params, Upload, Wire, bad

TOKEN = "10000001:AAFakeFakeFakeFakeFakeFakeFakeFake00"
TAP_LIVES = 15.0  # seconds in which a tap can be answered


@dataclass(slots=True)
class Tap:
    """A button that turns until it is answered; `toast` and `alert`: what was shown then."""

    id: str
    person: int
    at: float
    answered: bool = False
    toast: str = ""
    alert: bool = False


@dataclass(slots=True)
class Hook:
    """Where updates are brought to; empty: nowhere. Errors as getWebhookInfo tells them."""

    url: str = ""
    secret: str = ""
    at_once: int = 40
    error: str = ""
    error_at: int = 0


@dataclass(slots=True)
class Profile:
    """What the bot said of itself, by language ("" for all others), and commands by scope too."""

    commands: dict[tuple[str, str], list[Wire]] = field(default_factory=dict)
    description: dict[str, str] = field(default_factory=dict)
    short: dict[str, str] = field(default_factory=dict)
    menu: dict[str, Wire] = field(default_factory=dict)


@dataclass(slots=True)
class World:
    """`now`: Unix seconds, a test's own if it likes. `turn` grows with each change that people can see."""

    token: str = TOKEN
    now: Callable[[], float] = time.time
    faults: Faults = field(default_factory=Faults)
    record: Record = field(default_factory=Record)
    users: dict[int, Wire] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    taps: dict[str, Tap] = field(default_factory=dict)
    files: dict[str, Wire] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    hook: Hook = field(default_factory=Hook)
    profile: Profile = field(default_factory=Profile)
    turn: int = 0
    numbers: int = 100
    updates: Updates = field(init=False)

    def __post_init__(self) -> None:
        self.updates = Updates(self.faults)

    @property
    def bot(self) -> Wire:
        """The bot as a user."""
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Shield", "username": "shield_bot"}

    def chat(self, params: Params) -> Chat:
        """The chat that a request names."""
        named = params.text("chat_id")
        if not named:
            raise bad("chat_id is empty")
        found = self.chats.get(int(named)) if named.lstrip("-").isdigit() else self._called(named)
        if found is None:
            raise bad("chat not found")
        return found

    def place(self, params: Params) -> str:
        """The chat that a request is about, as text; of a tap's answer, who tapped."""
        tap = self.taps.get(params.text("callback_query_id"))
        return str(tap.person) if tap is not None else params.text("chat_id")

    def next_number(self, chat: Chat) -> int:
        """The next message_id: one count for private chats and groups, one each for the others."""
        if chat.kind in ("supergroup", "channel"):
            chat.last += 1
            return chat.last
        self.numbers += 1
        return self.numbers

    def add(self, chat: Chat, fields: Wire, *, by_bot: bool, content: bytes = b"") -> Message:
        """A new message in a chat."""
        number, self.turn = self.next_number(chat), self.turn + 1
        wire = {"message_id": number, "date": int(self.now()), "chat": chat.wire, **fields}
        message = chat.messages[number] = Message(wire, by_bot, self.turn, content)
        return message

    def change(self, message: Message, **fields: object) -> None:
        """Another text or other buttons; None takes a field away."""
        self.turn += 1
        kept = {name: value for name, value in (message.wire | fields).items() if value is not None}
        message.wire = kept | {"edit_date": int(self.now())}
        message.turn = self.turn

    def keep(self, upload: Upload, **more: object) -> Wire:
        """Store a file that was sent; its fields."""
        kept = file(f"up-{len(self.contents)}", len(upload.content), **more)
        self.contents[kept["file_id"]] = upload.content
        self.files[kept["file_id"]] = kept
        return kept

    def know(self, fields: object) -> None:
        """Remember all files that a message's fields name, so that the bot can ask for them."""
        if isinstance(fields, list):
            for one in fields:
                self.know(one)
        elif isinstance(fields, dict):
            if "file_id" in fields:
                self.files.setdefault(fields["file_id"], fields)
            for one in fields.values():
                self.know(one)

    def _called(self, name: str) -> Chat | None:
        found = (chat for chat in self.chats.values() if "@" + str(chat.wire.get("username")) == name)
        return next((chat for chat in found if chat.kind != "private"), None)
