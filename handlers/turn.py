"""What a handler gets and gives: a moment (private turns), a turn (durable ones), a reply."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from handlers.chat import Incoming, Say, fields
from storage import people
from storage.library import Library
from storage.people import Device, Person
from storage.schema import Transaction
from storage.states import State


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, and where the conversation stands then.

    Only the last message has buttons: where menus are numbered there can't be two of them. `place` is the action that
    shows this screen again. `note` replaces the running note; None clears it. `erased`: wherever the person talked
    with us, of whom nothing is left.
    """

    says: tuple[Say, ...]
    place: str
    note: dict[str, Any] | None = None
    erased: tuple[Device, ...] = ()


@dataclass(slots=True)
class Moment:
    """One message, and what needs no database to answer it. `now` is UTC, with its zone; `page` is the web chat's
    address, empty where people can't be told one."""

    incoming: Incoming
    library: Library
    now: datetime
    page: str = field(default="", kw_only=True)

    @property
    def fields(self) -> tuple[str, ...]:
        """The action's route and arguments."""
        return fields(self.incoming.action)

    def argument(self, place: int) -> str:
        """The action's n-th argument (1 = first), or nothing."""
        return self.fields[place] if place < len(self.fields) else ""

    def number(self, place: int) -> int | None:
        """The n-th argument as a small number, or None where a foreign action carries something else."""
        raw = self.argument(place)
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 4 else None

    @property
    def today(self) -> date:
        """The day in the province."""
        return self.now.astimezone(self.library.edition.timezone).date()


@dataclass(slots=True)
class Turn(Moment):
    """A durable message inside its transaction."""

    tx: Transaction
    person: Person | None = None
    state: State = field(default_factory=State)
    seed: int = 0  # chance for this message: the same for the same message

    def somebody(self) -> Person:
        """The person, made now if there was nothing to keep about them until now."""
        if self.person is None:
            self.person = people.add(self.tx, self.incoming.channel, self.incoming.address, self.today)
        return self.person
