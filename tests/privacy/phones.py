"""People with several devices: what they tap, what they are shown, how they get linked, and what is kept of them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Table, select

from bot.app import App
from bot.turns import receive
from handlers.chat import Button, Say
from storage import people, tables
from storage.links import link
from storage.schema import Transaction
from storage.wording import catalogue
from tests.privacy.cases import tap

_ = catalogue("bot")
OF_A_PERSON = [table for table in tables.metadata.sorted_tables if "person_id" in table.c]
WRONG = _("This code isn't right, or its time is over. Look at it again, or take a new one.")
MANY = _("That were many codes. Please wait 10 minutes, then try again.")
OVER = _("That question is over: it was answered, or its 10 minutes are gone.")
LINKED = _("Linked. What you learned here and there is together now.")


@dataclass
class Phone:
    """Somebody's device: taps, and remembers the buttons it was shown."""

    app: App
    address: str
    channel: str = "web"
    buttons: dict[str, str] = field(default_factory=dict)
    ids: Any = field(default_factory=count)

    async def tap(self, tapped: str) -> str:
        """What is said to a tap."""
        answered = await receive(self.app, tap(self.channel, self.address, tapped, f"{next(self.ids):032x}"))
        self._look(answered.says)
        return "\n".join(say.text for say in answered.says)

    async def press(self, label: str) -> str:
        """Tap a button that was shown."""
        return await self.tap(self.buttons[label])

    async def show(self, how: str = "link") -> str:
        """The code that is shown here."""
        found = re.search(r"\*\*(\w{4})-(\w{4})\*\*", await self.tap(how))
        assert found
        return found[1] + found[2]

    async def hear(self) -> list[str]:
        """What arrived by itself."""
        rows = await self.app.database.run(_heard, self)
        says = tuple(Say(one["text"], _buttons(one)) for one in map(json.loads, rows))
        self._look(says)
        return [say.text for say in says]

    async def person(self) -> str | None:
        """The id of who is known here."""
        found = await self.app.database.read(people.find, self.channel, self.address)
        return found.id if found else None

    def _look(self, says: Sequence[Say]) -> None:
        self.buttons.update((button.label, button.action) for say in says for button in say.buttons)


def _buttons(message: dict[str, Any]) -> tuple[Button, ...]:
    return tuple(Button(**button) for button in message.get("buttons", []))


def _heard(tx: Transaction, phone: Phone) -> list[str]:
    outbox = tables.metadata.tables["outbox"]
    here = (outbox.c.channel == phone.channel, outbox.c.address == phone.address)
    rows = list(tx.scalars(select(outbox.c.body).where(*here).order_by(outbox.c.id)))
    tx.execute(outbox.delete().where(*here))
    return rows


async def pending(an: Phone, binh: Phone) -> str:
    """An showed a code, Binh typed it and agreed, An was asked and hasn't answered."""
    code = await an.show()
    await binh.tap(f"link:take:{code}")
    await binh.press(_("I agree to link"))
    assert len(await an.hear()) == 1
    return code


async def linked(an: Phone, binh: Phone) -> str:
    """Both are one."""
    code = await pending(an, binh)
    assert LINKED in await an.press(_("That's me"))
    return code


def rows(tx: Transaction, table: Table, person_id: str | None = None) -> list[tuple[Any, ...]]:
    """A table's rows, of one person or of all."""
    query = select(table) if person_id is None else select(table).where(table.c.person_id == person_id)
    return sorted((tuple(row) for row in tx.execute(query)), key=repr)


async def everything(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """All that is kept but for answers and states, which every tap changes."""
    kept = [table for table in tables.metadata.sorted_tables if table.name not in ("inbox", "state")]
    return {table.name: await app.database.read(rows, table) for table in kept}


async def nothing_open(app: App) -> bool:
    """Whether no code is left."""
    return not await app.database.read(rows, link)
