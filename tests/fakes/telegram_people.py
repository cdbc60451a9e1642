"""People and groups on the fake Telegram: what they do becomes updates, what the bot does they see."""

from dataclasses import dataclass, field
from itertools import count

from tests.fakes.telegram_chats import Chat, Message, Standing
from tests.fakes.telegram_markup import found
from tests.fakes.telegram_profile import membership, was_in
from tests.fakes.telegram_things import ORIGINS, THINGS, UNHEARD_ORIGIN
from tests.fakes.telegram_wire import Upload, Wire
from tests.fakes.telegram_world import Tap, World

MEMBER: Wire = {"status": "member"}
GONE: Wire = {"status": "kicked", "until_date": 0}
_TAPS = count(4_382_919_282_171_000_001)


@dataclass(slots=True)
class Place:
    """A chat that people write in."""

    world: World
    chat: Chat
    _seen: int = 0

    @property
    def screen(self) -> list[Message]:
        """All messages that stand there, oldest first: the person's own too."""
        return list(self.chat.messages.values())

    @property
    def heard(self) -> list[Message]:
        """Those of the bot."""
        return [message for message in self.screen if message.by_bot]

    def news(self) -> list[Message]:
        """The bot's messages that came or changed since this was asked last, in that order."""
        fresh = sorted((one for one in self.heard if one.turn > self._seen), key=lambda one: one.turn)
        self._seen = self.world.turn
        return fresh

    def _say(self, sender: Wire, fields: Wire, kind: str = "message") -> Message:
        self.world.know(fields)
        novel: Wire = {"future_note": "unheard-of"} if self.world.updates.novel else {}
        message = self.world.add(self.chat, sender | fields | novel, by_bot=False)
        self.world.updates.emit(kind, dict(message.wire))
        return message

    def _change(self, message: Message, fields: Wire, kind: str) -> None:
        self.world.change(message, **fields)
        self.world.updates.emit(kind, dict(message.wire))

    def _tap(self, person: Wire, message: Message | None, number: int, data: str) -> Tap:
        """Tap a button; of a message that the bot took away only its number is told."""
        hidden: Wire = {"message_id": number, "date": 0, "chat": self.chat.wire}
        tap = Tap(str(next(_TAPS)), person["id"], self.world.now())
        self.world.taps[tap.id] = tap
        shown = dict(message.wire) if message is not None else hidden
        query: Wire = {
            "id": tap.id,
            "from": person,
            "message": shown,
            "chat_instance": self.chat.instance,
            "data": data,
        }
        self.world.updates.emit("callback_query", query)
        return tap

    def _offering(self, label: str, message: Message | None) -> tuple[Message, str]:
        """The newest message that has this button (or this message), and what a tap sends."""
        for one in [message] if message else reversed(self.heard):
            data = dict(one.buttons).get(label)
            if data is not None:
                return one, data
        raise LookupError(f"no button {label!r} on the screen of {self.chat.id}")


@dataclass(slots=True)
class Person(Place):
    """Somebody with a private chat. The bot can't write there before they did."""

    user: Wire = field(default_factory=dict)

    def write(self, text: str, **fields: object) -> Message:
        """Type a text. `fields` are added to the message as they are."""
        marked = found(text)
        return self._speak({"text": text} | ({"entities": marked} if marked else {}) | fields)

    def start(self, payload: str = "") -> Message:
        """Press Start, perhaps from a link."""
        return self.write(f"/start {payload}".rstrip())

    def send(self, thing: str, caption: str = "", content: bytes = b"", name: str = "form.pdf") -> Message:
        """Send one of THINGS; or a document with this `content`."""
        fields = dict(THINGS[thing])
        if content:
            fields = {"document": self.world.keep(Upload(name, content), file_name=name)}
        return self._speak(fields | ({"caption": caption} if caption else {}))

    def forward(self, origin: str = "user", text: str = "Forwarded", **fields: object) -> Message:
        """Forward a message of somebody else: one of ORIGINS, or "unheard"."""
        known = ORIGINS.get(origin, UNHEARD_ORIGIN)
        return self._speak({"forward_origin": known, "text": text} | fields)

    def edit(self, message: Message, text: str) -> None:
        """Change what was typed."""
        self._change(message, {"text": text}, "edited_message")

    def tap(self, label: str, message: Message | None = None) -> Tap:
        """Tap a button by its label, on the newest message that has it or on this one."""
        offered, data = self._offering(label, message)
        return self._tap(self.user, offered, offered.number, data)

    def tap_data(self, data: str, number: int) -> Tap:
        """A tap that sends what the caller says: forged, or on a message that is gone."""
        return self._tap(self.user, self.chat.messages.get(number), number, data)

    def block(self) -> None:
        """Stop the bot."""
        self.chat.standing = Standing.BLOCKED
        membership(self.world, self.chat, self.user, MEMBER, GONE)

    def unblock(self) -> None:
        """Let it write again."""
        self.chat.standing = Standing.OPEN
        membership(self.world, self.chat, self.user, GONE, MEMBER)

    def vanish(self) -> None:
        """Delete the account; the bot isn't told."""
        self.chat.standing = Standing.DEACTIVATED

    def clear(self, message: Message) -> None:
        """Delete a message for both; the bot isn't told."""
        self.chat.messages.pop(message.number, None)

    @property
    def taps(self) -> list[Tap]:
        """All taps so far, oldest first."""
        return [tap for tap in self.world.taps.values() if tap.person == self.user["id"]]

    @property
    def toasts(self) -> list[str]:
        """What was shown for a moment after taps."""
        return [tap.toast for tap in self.taps if tap.toast]

    @property
    def turning(self) -> list[Tap]:
        """Taps that nobody answered yet."""
        return [tap for tap in self.taps if not tap.answered]

    @property
    def documents(self) -> list[tuple[str, bytes]]:
        """Names and contents of the files that the bot sent."""
        return [(message.file_name, message.content) for message in self.heard if message.file_name]

    def _speak(self, fields: Wire) -> Message:
        if self.chat.standing in (Standing.BLOCKED, Standing.DEACTIVATED):
            raise RuntimeError("who blocked the bot or is gone can't write to it")
        self.chat.standing = Standing.OPEN
        return self._say({"from": self.user}, fields)


@dataclass(slots=True)
class Group(Place):
    """A group, a supergroup or a channel."""

    def add_bot(self, by: Person) -> None:
        """Put the bot in; into a channel as an administrator."""
        self.chat.standing = Standing.OPEN
        membership(self.world, self.chat, by.user, {"status": "left"}, was_in(self.chat))
        if self.chat.kind != "channel":
            self._say({"from": by.user}, {"new_chat_members": [self.world.bot]})

    def kick_bot(self, by: Person) -> None:
        """Throw it out."""
        self.chat.standing = Standing.KICKED
        membership(self.world, self.chat, by.user, was_in(self.chat), GONE)

    def write(self, by: Person, text: str, **fields: object) -> Message:
        """What a member types."""
        marked = found(text)
        return self._say({"from": by.user}, {"text": text} | ({"entities": marked} if marked else {}) | fields)

    def send(self, by: Person, thing: str) -> Message:
        """What a member sends, one of THINGS."""
        return self._say({"from": by.user}, dict(THINGS[thing]))

    def tap(self, by: Person, label: str, message: Message | None = None) -> Tap:
        """A member taps."""
        offered, data = self._offering(label, message)
        return self._tap(by.user, offered, offered.number, data)

    def post(self, text: str) -> Message:
        """What a channel tells."""
        return self._say({"sender_chat": self.chat.wire}, {"text": text}, "channel_post")

    def edit_post(self, message: Message, text: str) -> None:
        """What it told is changed."""
        self._change(message, {"text": text}, "edited_channel_post")

    def upgrade(self, by: Person, new_id: int) -> "Group":
        """Become a supergroup with another number, as large groups do."""
        bigger = Chat({"id": new_id, "title": self.chat.wire["title"], "type": "supergroup"}, Standing.OPEN)
        self._say({"from": by.user}, {"migrate_to_chat_id": new_id})
        self.chat.standing, self.chat.upgraded_to = Standing.UPGRADED, new_id
        self.world.chats[new_id] = bigger
        group = Group(self.world, bigger)
        group._say({"from": by.user}, {"migrate_from_chat_id": self.chat.id})
        return group


def person(world: World, number: int, **known: object) -> Person:
    """Somebody by their id; `known` are fields of the API's User, such as username or is_premium."""
    names: Wire = {"first_name": "An", "language_code": "vi", **known}
    user = world.users.setdefault(number, {"id": number, "is_bot": False, **names})
    user |= known
    told: Wire = {name: user[name] for name in ("first_name", "last_name", "username") if name in user}
    chat = world.chats.setdefault(number, Chat({"id": number, "type": "private"}))
    chat.wire |= told
    return Person(world, chat, user=user)


def group(world: World, number: int, kind: str = "group", title: str = "Class 8A") -> Group:
    """A group (`kind`: group, supergroup or channel) by its id, which is below nought."""
    more: Wire = {"all_members_are_administrators": False} if kind == "group" else {}
    chat = world.chats[number] = Chat({"id": number, "title": title, "type": kind, **more}, Standing.LEFT)
    return Group(world, chat)
