"""What linking leaves: consents that don't grow, nothing of a try, no address on a screen; and all devices erased."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from bot.app import App
from bot.turns import receive
from handlers.link import rules
from handlers.link.joining import new_code
from storage import consents, links, people, progress, retention, tables
from storage.consents import Entry
from storage.links import guess, link
from storage.progress import Learnt
from storage.schema import Transaction, utc
from storage.wording import catalogue
from tests.privacy.cases import tap
from tests.privacy.conftest import Hands
from tests.privacy.phones import OF_A_PERSON, OVER, Phone, linked, nothing_open, pending, rows

_ = catalogue("bot")
DAY = date(2026, 11, 24)


def test_of_every_table_it_is_decided_what_linking_does_with_it() -> None:
    """A table that knows people is moved, merged or left; one that comes later fails here first."""
    moved = {table.name for table in links.MOVING}
    assert moved | {"progress", "state", "link", "guess"} == {table.name for table in OF_A_PERSON}


async def test_an_unlinked_device_is_nobody_and_can_not_come_back_by_itself(an: Phone, binh: Phone) -> None:
    """It sees nothing of the person, gets none of their messages, and what it does is not theirs."""
    await linked(an, binh)
    person = await an.person() or ""
    await an.tap(f"link:cut:{rules.tag(person, binh.channel, binh.address)}:yes")
    assert await binh.hear() == []
    assert await binh.person() is None
    assert _("I keep nothing about you yet.") in await binh.tap("me")
    await binh.tap("card:luat-pcmt:1")
    assert await binh.person() not in (None, person)
    assert await an.app.database.read(progress.of, person) == ()


async def test_erasing_on_one_device_erases_all(an: Phone, binh: Phone, linking_app: App) -> None:
    """Every address goes; every web session of theirs is over, the one that didn't ask for it too."""
    other = Phone(linking_app, "a second tab")
    await linked(an, binh)
    await linked(an, other)
    person = await an.person() or ""
    await binh.tap("me:erase:yes")
    assert [await phone.person() for phone in (an, binh, other)] == [None] * 3
    assert all([not await linking_app.database.read(rows, table, person) for table in OF_A_PERSON])
    assert [phone.address in linking_app.erased for phone in (an, other)] == [True, True]
    assert binh.address not in linking_app.erased
    assert len(await linking_app.database.read(rows, tables.metadata.tables["erased"])) == 2


SAID = {"yes": (True,), "no": (False,), "withdrawn": (True, False), "nothing": ()}


@pytest.mark.parametrize("learned", [True, False])
@pytest.mark.parametrize("second", SAID)
@pytest.mark.parametrize("first", SAID)
async def test_a_consent_is_never_widened(an: Phone, binh: Phone, first: str, second: str, learned: bool) -> None:
    """After linking a consent stands only if both gave it, or one did and the other has nothing and never said no."""
    await _say(an, first, learned=True)
    await _say(binh, second, learned=learned)
    await linked(an, binh)
    ledger = await an.app.database.read(consents.ledger, await an.person() or "")
    latest = consents.latest(ledger, consents.PROGRESS)
    both = (first, second) == ("yes", "yes")
    untouched = (first, second, learned) == ("yes", "nothing", False)
    assert bool(latest and latest.given) == (both or untouched)
    said = len(SAID[first]) + len(SAID[second])
    assert len(ledger) == said + ("yes" in (first, second) and not (both or untouched))


async def _say(phone: Phone, what: str, *, learned: bool) -> None:
    await phone.tap("age:18+")
    await phone.app.database.run(_plant, await phone.person() or "", SAID[what], learned)


def _plant(tx: Transaction, person_id: str, said: tuple[bool, ...], learned: bool) -> None:
    for given in said:
        consents.note(tx, person_id, Entry(consents.PROGRESS, "1", given, DAY))
    if learned:
        progress.add(tx, person_id, Learnt("lesson", "luat-pcmt", 1, 5, False, DAY))


async def test_a_child_on_one_side_makes_a_child_of_both(an: Phone, binh: Phone) -> None:
    """The younger band wins, so that what a child learned isn't kept as a grown person's."""
    await an.tap("age:18+")
    await binh.tap("age:u16")
    await linked(an, binh)
    found = await an.app.database.read(people.find, "telegram", binh.address)
    assert found is not None
    assert found.age == "u16"


async def test_nothing_of_a_try_outlives_its_minutes(an: Phone, binh: Phone, chi: Phone, clock: Hands) -> None:
    """Refused, used or over: no row stays; what was typed is in none, and no two people's rows share a ticket."""
    typed = await an.show()
    await binh.tap(f"link:take:{typed}")
    await binh.press(_("Don't link"))
    assert await nothing_open(an.app)
    await pending(an, binh)
    await an.press(_("Not me"))
    assert len(await binh.hear()) == 1
    await pending(an, binh)
    await an.tap("link:look")
    answers = {who: str(await _answers(phone)) for who, phone in (("an", an), ("binh", binh))}
    tickets = {who: set(re.findall(r"link:\w+:([0-9a-f]{16})", text)) for who, text in answers.items()}
    assert all(tickets.values())
    assert not tickets["an"] & tickets["binh"]
    assert rules.spelled(typed) in answers["an"]
    assert typed not in answers["binh"].replace("-", "")
    await chi.tap(f"link:take:{new_code()}")
    clock.now += rules.LIFE
    assert await an.app.database.run(links.expired, utc(clock.now)) == 2
    assert not await an.app.database.read(rows, guess)
    assert await nothing_open(an.app)


async def _answers(phone: Phone) -> list[tuple[Any, ...]]:
    return await phone.app.database.read(rows, tables.metadata.tables["inbox"], await phone.person())


async def test_with_the_clock_off_a_day_ends_a_code_too(an: Phone, clock: Hands) -> None:
    """The line of the retention table: nothing stays because a server slept."""
    await an.show()
    await an.tap(f"link:take:{new_code()}")
    days = next(line.days for line in retention.LINES if line.name == "links")
    for later, left in ((days, 1), (days + 1, 0)):
        await an.app.database.run(retention.links, clock.now.date() + timedelta(days=later), 500)
        assert [len(await an.app.database.read(rows, table)) for table in (link, guess)] == [left, left]


async def test_no_more_codes_than_there_may_be(an: Phone, binh: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes when too many codes are open is asked to wait; who has one keeps it, and may take a new one."""
    monkeypatch.setattr(rules, "MOST_OPEN", 1)
    code = await an.show()
    assert _("Many people are linking devices just now. Please try again in a few minutes.") in await binh.tap("link")
    assert await an.show() == code
    assert await an.show("link:new") != code


async def test_no_more_devices_than_a_screen_can_list(an: Phone, binh: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds when a code is typed, and also when it was reached only while the question stood."""
    monkeypatch.setattr(rules, "MOST_DEVICES", 1)
    full = _("One person can link {count} devices. Unlink one first.", count=1)
    assert full in await binh.tap(f"link:take:{await an.show()}")
    monkeypatch.setattr(rules, "MOST_DEVICES", 2)
    await pending(an, binh)
    monkeypatch.setattr(rules, "MOST_DEVICES", 1)
    assert OVER in await an.press(_("That's me"))
    assert await an.person() != await binh.person()
    assert await nothing_open(an.app)


async def test_addresses_are_shown_to_nobody(an: Phone, binh: Phone) -> None:
    """No screen of linking and no export names where a person is reached: only the channel."""
    await linked(an, binh)
    said = [await an.tap(tapped) for tapped in ("link", "link:look", "link:devices", "me")]
    shown = " ".join([*said, *an.buttons, *an.buttons.values(), *await binh.hear(), *binh.buttons.values()])
    exported = await receive(an.app, tap(an.channel, an.address, "me:export", "f" * 32))
    document = exported.says[0].document
    assert document is not None
    assert json.loads(document.content)["channels"] == ["telegram", "web"]
    assert not [address for address in (an.address, binh.address) if address in shown + document.content]
