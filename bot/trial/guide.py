"""Leads a person with a phone through a table of steps: says what to do, waits for it, and judges what came.

Only payloads of whoever sent the code are looked at; everybody else's are passed over and kept nowhere.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.channel import Outcome, Result
from bot.trial.record import Record
from bot.trial.step import CODE, Answers, Heard, Line, Screen, Seen, Step
from handlers.chat import Incoming
from storage.library.lexicon import fold
from storage.wording import catalogue

_ = catalogue("cli")

PATIENCE = 180.0  # seconds for what a person does; then a step counts as not tried
CONFLICT = "409"
_YES, _NO = frozenset({"c", "co", "y", "yes"}), frozenset({"k", "khong", "n", "no"})

Event = Heard | Outcome | str


@dataclass(slots=True)
class Guide:
    """One trial on one line. `typed`: what the person types at the keyboard."""

    line: Line
    record: Record
    say: Screen
    typed: AsyncIterator[str]
    patience: float = PATIENCE
    _events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    _who: str = ""
    _was_told: bool = False

    async def lead(self) -> None:
        """Take step after step. Whenever it is left, what was learned stands in the record."""
        code = f"{CODE}{secrets.randbelow(9000) + 1000}"
        steps = self.line.steps(code)
        self.say(
            _("{count} steps, about ten minutes. Enter skips a step, Ctrl-C ends; nothing is lost.", count=len(steps))
        )
        async with asyncio.TaskGroup() as group:
            pumps = [group.create_task(self._listen()), group.create_task(self._read())]
            try:
                if await self._begun(steps[0], code, len(steps)):
                    for number, step in enumerate(steps[1:], 2):
                        await self._take(step, f"{number}/{len(steps)}")
            finally:
                for pump in pumps:
                    pump.cancel()

    async def _begun(self, step: Step, code: str, count: int) -> bool:
        """Wait for the code, however long it takes the person to find the chat: there is no trial without it."""
        self.say(f"1/{count} {step.tell()}")
        while (heard := await self._heard(lambda one: code in str(one.payload), strangers=True)) is None:
            if not await self._goes_on():
                return False
        self._who = self.line.sender(heard.payload)
        self.line.chat = heard.decoded.address if isinstance(heard.decoded, Incoming) else self._who
        self.record.note(step, Seen(heard))
        return True

    async def _goes_on(self) -> bool:
        self.say(_("The code hasn't come. It must be sent exactly as it stands there. Go on waiting? (c/k)"))
        return await self._answer() is True

    async def _take(self, step: Step, place: str) -> None:
        while not self._events.empty():
            self._events.get_nowait()  # a second sticker, a stray Enter: they belong to the step before
        alone = step.hears is None and not step.asks
        if alone:
            self.say(f"{place} {step.tell()}")
        answers = await step.does() if step.does else ()
        if not alone:  # its words are about what has just been sent
            self.say(f"{place} {step.tell() if _arrived(answers) else _('What the step is about was refused.')}")
        self.record.note(step, await self._seen(step, answers))

    async def _seen(self, step: Step, answers: Answers) -> Seen:
        if not _arrived(answers):
            return Seen(None, answers)
        heard = await self._heard(step.hears) if step.hears else None
        if heard is not None and step.after is not None:
            answers += await step.after(heard)
        return Seen(heard, answers, await self._answer() if step.asks else None)

    async def _heard(self, ends: Callable[[Heard], bool], *, strangers: bool = False) -> Heard | None:
        try:
            async with asyncio.timeout(self.patience):
                while not isinstance(event := await self._events.get(), str):
                    if isinstance(event, Outcome):
                        self._tell_trouble(event)
                    elif (strangers or self.line.sender(event.payload) == self._who) and ends(event):
                        return event
        except TimeoutError:
            pass
        return None

    async def _answer(self) -> bool | None:
        try:
            async with asyncio.timeout(self.patience):
                while not isinstance(event := await self._events.get(), str):
                    pass
        except TimeoutError:
            return None
        said = fold(event)
        return True if said in _YES else False if said in _NO else None

    async def _listen(self) -> None:
        async for event in self.line.hear():
            self._events.put_nowait(event)

    async def _read(self) -> None:
        async for line in self.typed:
            self._events.put_nowait(line)

    def _tell_trouble(self, outcome: Outcome) -> None:
        if outcome.code == CONFLICT:
            told = _("Another program asks with this token. Stop it: `systemctl stop lachan`.")
        else:
            told = _("The platform can't be reached just now; it is asked again.")
        if not self._was_told:
            self.say(told)
        self._was_told = True


def _arrived(answers: Answers) -> bool:
    """Whether there is something on the phone to look at, where the step sends something."""
    return not answers or any(one.outcome.result is Result.SENT for one in answers)


async def lead(line: Line, folder: Path, say: Screen, typed: AsyncIterator[str], patience: float = PATIENCE) -> bool:
    """Try one platform; whether nothing turned out otherwise. Left at any step, what was learned is told and saved.

    Raises Stuck where it can't begin, OSError where the folder can't be written.
    """
    record = Record(line.kind, folder, say, line.ours)
    try:
        name = await line.begin(say)
        say(_("Trying {name}. Others who write meanwhile get no answer.", name=name) + " " + line.advice())
        await Guide(line, record, say, typed, patience).lead()
    finally:
        record.end()
        await line.close()
    return record.is_well
