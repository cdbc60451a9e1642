"""Somebody who taps and types at random, goes back and forth, repeats, erases; and what must hold each time."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from storage.wording import catalogue
from tests.fuzz.calling import PLANT, Page, Watch, answered, clear
from tests.servers import Got

WORDS = ["em", "lỡ dùng", "không thở", "tự tử", "con tôi hút", "pod", "luật", "bị ép", "😀", "\0", "'; --", "<b>"]
FOREIGN = ["", ":", "card:", "card:luat-pcmt:99", "scene:pod-truoc-cong-truong:x:7", "quiz:a:0:0", "quiz:a:5:0",
           "quiz:now", "me:erase", "learn:9999", "age:u16", "age:18+", "track:hs", "track:nc", "quiz"]  # fmt: skip
CHOICES = ["1", "2", "9", "b)", "Câu a", "H", "99"]
STALE = catalogue("bot")("That button is an old one. Here is the menu again.")
FAREWELL = catalogue("bot")("All is erased. You can start anew whenever you like.")
Message = dict[str, str]


@dataclass
class Ledger:
    """What must hold after a restart too."""

    durable: list[tuple[str, Message, bytes]] = field(default_factory=list)
    erased: list[tuple[str, Message]] = field(default_factory=list)

    def check(self, page: Page) -> None:
        """Durable answers are the same byte for byte; erased sessions are gone."""
        gone = {token for token, _message in self.erased}
        for token, message in self.erased:
            assert page.send(token, message).status == 410, message
        for token, message, body in self.durable:
            assert token in gone or page.send(token, message).body == body, message


class Talker(RuleBasedStateMachine):
    """One session after the other; hypothesis decides what comes next."""

    def __init__(self, page: Page, watch: Watch, ledger: Ledger) -> None:
        super().__init__()
        self.page, self.watch, self.ledger = page, watch, ledger
        self.erased = False
        self.sent: list[tuple[Message, Got]] = []
        self.buttons: list[dict[str, str]] = []

    @initialize()
    def begin(self) -> None:
        """A new session, and its first screen."""
        self.token = self.page.begin()
        self.sent, self.erased = [], False
        self.watch.written()
        self.say(action="start")

    @precondition(lambda self: self.erased)
    @rule()
    def begin_anew(self) -> None:
        """What was erased is over; there is always another session."""
        got = self.page.ask("GET", f"/chat/api/sessions/{self.token}/events")
        assert got.status == 410
        self.begin()

    @rule(which=st.integers(0, 12))
    def tap(self, which: int) -> None:
        """A button of the last answer: it is never an old one."""
        if self.buttons:
            answer = self.say(action=self.buttons[which % len(self.buttons)]["action"])
            assert answer is None or STALE not in answer["messages"][-1]["text"]

    @rule(which=st.integers(0, 12))
    def type_label(self, which: int) -> None:
        """What a button says, typed."""
        if self.buttons:
            self.say(text=self.buttons[which % len(self.buttons)]["label"])

    @rule(text=st.sampled_from(CHOICES))
    def type_choice(self, text: str) -> None:
        """A number or a letter."""
        self.say(text=text)

    @rule(words=st.lists(st.sampled_from(WORDS) | st.text(max_size=9), max_size=5))
    def type_freely(self, words: list[str]) -> None:
        """Free text leaves no trace, wherever the conversation stands."""
        text = " ".join([PLANT, *words]).encode("utf-8", "replace").decode()
        self.say(text=text, quiet=True)

    @rule(action=st.sampled_from(FOREIGN))
    def tap_foreign(self, action: str) -> None:
        """A button that doesn't stand there, or never stood anywhere."""
        self.say(action=action)

    @rule(action=st.sampled_from(["help", "lines", "need", "aid:co-giat", "aid:?", "card:su-dung-bi-phat:2"]))
    def go_private(self, action: str) -> None:
        """Help leaves no trace."""
        self.say(action=action, quiet=True)

    @rule()
    def resume(self) -> None:
        """Asked twice where it stands, it says the same."""
        first, again = self.say(action="resume"), self.say(action="resume")
        if first and again:
            assert first["messages"][-1] == again["messages"][-1]

    @rule(which=st.integers(0, 30))
    def repeat(self, which: int) -> None:
        """The same message again: the same answer, byte for byte, and nothing written."""
        message, before = self.sent[-1 - which % len(self.sent)]
        got = self.page.send(self.token, message)
        assert (got.status, got.body) == (before.status, before.body), message
        assert not self.watch.written(), "a repeated message was written"

    @rule(sure=st.booleans())
    def erase(self, sure: bool) -> None:
        """Ask for erasing, or confirm it without having been asked."""
        self.say(action="me:erase:yes" if sure else "me:erase")

    def say(self, *, quiet: bool = False, **what: str) -> dict[str, Any] | None:
        """Send a message of its own; `quiet`: nothing of it may be written. None when it was refused."""
        message = {"id": str(uuid.uuid4()), **what}
        got = self.page.send(self.token, message)
        if got.status != 200:
            assert got.status == (410 if self.erased else 429), got
            clear(got)
            return None
        assert not self.erased, "an erased session talks"
        if json.loads(got.body)["messages"][-1]["text"] == FAREWELL:
            self._end(message, got)
            return None
        return self._note(message, got, quiet=quiet)

    def _end(self, message: Message, got: Got) -> None:
        """All is erased: only the farewell can be heard again."""
        self.watch.written()
        for old, _got in self.sent:
            assert self.page.send(self.token, old).status == 410, old
        self.ledger.erased += [(self.token, one) for one, _got in self.sent]
        self.erased, self.sent, self.buttons = True, [(message, got)], []

    def _note(self, message: Message, got: Got, *, quiet: bool) -> dict[str, Any]:
        """Look at an answer and remember it."""
        answer = answered(got)
        written = self.watch.written()
        assert not (written and (quiet or answer["private"])), f"a private turn was written: {message}"
        assert PLANT not in got.body.decode()
        self.sent.append((message, got))
        self.buttons = answer["messages"][-1]["buttons"]
        if written:
            self.ledger.durable.append((self.token, message, got.body))
        return answer
