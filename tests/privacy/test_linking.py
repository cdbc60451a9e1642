"""Linking attacked: guessed, replayed, at once, to oneself, torn in the middle."""

import asyncio

import pytest

from bot.app import App
from handlers.link import rules
from handlers.link.joining import new_code
from storage import links, people, progress
from storage.people import Device
from storage.schema import utc
from storage.wording import catalogue
from tests.privacy.conftest import Hands
from tests.privacy.phones import (
    LINKED,
    MANY,
    OF_A_PERSON,
    OVER,
    WRONG,
    Phone,
    everything,
    linked,
    nothing_open,
    pending,
    rows,
)

_ = catalogue("bot")


async def test_a_link_joins_two_only_after_both_agreed(an: Phone, binh: Phone) -> None:
    """Two people stay two until the second yes; then every row is the one's, and the code is gone."""
    await an.tap("age:18+")
    await binh.tap("card:luat-pcmt:1")
    assert await pending(an, binh)
    first, second = await an.person(), await binh.person()
    assert first != second
    assert LINKED in await an.press(_("That's me"))
    assert await an.person() == await binh.person() == first
    assert second
    assert all([not await an.app.database.read(rows, table, second) for table in OF_A_PERSON])
    assert await nothing_open(an.app)
    assert len(await binh.hear()) == 1


async def test_guessing_ends_after_a_few_tries(an: Phone, binh: Phone, clock: Hands) -> None:
    """Five wrong codes, then even the right one is refused, whatever else is done; ten minutes later it isn't."""
    code = await an.show()
    for _try in range(rules.MOST_WRONG):
        assert WRONG in await binh.tap(f"link:take:{new_code()}")
    for _try in range(2):
        assert MANY in await binh.tap(f"link:take:{code}")
    await binh.show("link:new")
    assert MANY in await binh.tap(f"link:take:{code}")
    clock.now += rules.LIFE
    code = await an.show("link:new")
    await binh.tap(f"link:take:{code}")
    assert _("I agree to link") in binh.buttons


async def test_a_guesser_can_not_tell_what_was_wrong(an: Phone, binh: Phone, chi: Phone, clock: Hands) -> None:
    """A code that never was, one that is over, one that somebody else typed, one that was used: the same words."""
    never = await chi.tap(f"link:take:{new_code()}")
    voided = await an.show()
    assert await an.show("link:new") != voided
    assert await chi.tap(f"link:take:{voided}") == never
    code = await pending(an, binh)
    assert await chi.tap(f"link:take:{code}") == never
    await an.press(_("That's me"))
    assert await chi.tap(f"link:take:{code}") == never
    late = await an.show()
    clock.now += rules.LIFE
    assert await chi.tap(f"link:take:{late}") == never


async def test_a_code_and_its_questions_end_after_ten_minutes(an: Phone, binh: Phone, clock: Hands) -> None:
    """At no step can a late tap link: neither of who typed it nor of who showed it."""
    code = await an.show()
    await binh.tap(f"link:take:{code}")
    clock.now += rules.LIFE
    assert OVER in await binh.press(_("I agree to link"))
    await pending(an, binh)
    clock.now += rules.LIFE
    assert OVER in await an.press(_("That's me"))
    assert await an.person() != await binh.person()
    await an.app.database.run(links.expired, utc(clock.now))
    assert await nothing_open(an.app)


async def test_replays_change_nothing(an: Phone, binh: Phone, chi: Phone) -> None:
    """Each button once more, by both and by a third, and the code again: nothing moves, nobody is asked again."""
    code = await linked(an, binh)
    await binh.hear()
    before = await everything(an.app)
    for phone in (an, binh):
        for label in (_("I agree to link"), _("That's me")):
            assert OVER in await phone.tap((an.buttons | binh.buttons)[label])
    assert OVER in await chi.tap(an.buttons[_("That's me")])
    assert await everything(an.app) == before
    assert WRONG in await chi.tap(f"link:take:{code}")


async def test_a_ticket_is_worth_nothing_to_others(an: Phone, binh: Phone, chi: Phone) -> None:
    """Who learns what a button carries can neither agree nor confirm nor refuse in another's place."""
    await binh.tap(f"link:take:{await an.show()}")
    early = binh.buttons[_("I agree to link")].replace("agree", "confirm")
    assert OVER in await an.tap(early)
    await pending(an, binh)
    await chi.show()  # somebody who is known, too
    stolen = an.buttons[_("That's me")], an.buttons[_("Not me")], binh.buttons[_("I agree to link")]
    for phone in (chi, binh):
        for tapped in stolen:
            await phone.tap(tapped)
    assert len({await phone.person() for phone in (an, binh, chi)}) == 3
    assert LINKED in await an.press(_("That's me"))


async def test_who_showed_the_code_can_not_be_linked_by_an_answer_to_another_question(
    an: Phone, binh: Phone, chi: Phone
) -> None:
    """“That's me”, said to Binh's question, doesn't let Chi in, who came later."""
    await pending(an, binh)
    to_binh = an.buttons[_("That's me")]
    code = await an.show("link:new")
    await chi.tap(f"link:take:{code}")
    await chi.press(_("I agree to link"))
    assert OVER in await an.tap(to_binh)
    assert await an.person() != await chi.person()


async def test_who_typed_two_codes_answers_only_the_last_question(an: Phone, binh: Phone, chi: Phone) -> None:
    """A yes or no to An's question, which is over, is neither said to Chi's."""
    await binh.tap(f"link:take:{await an.show()}")
    to_an = binh.buttons[_("I agree to link")], binh.buttons[_("Don't link")]
    await binh.tap(f"link:take:{await chi.show()}")
    for tapped in to_an:
        await binh.tap(tapped)
    assert await chi.hear() == []
    await binh.press(_("I agree to link"))
    assert len(await chi.hear()) == 1
    assert await an.hear() == []


async def test_linking_ends_what_else_was_open(an: Phone, binh: Phone, chi: Phone) -> None:
    """An, who also typed Chi's code and agreed, becomes one with Binh: Chi's question is over, since An is another."""
    await an.tap(f"link:take:{await chi.show()}")
    await an.press(_("I agree to link"))
    await chi.hear()
    await linked(an, binh)
    assert await nothing_open(an.app)
    assert OVER in await chi.press(_("That's me"))
    assert await chi.person() != await an.person()


async def test_to_oneself(an: Phone, binh: Phone) -> None:
    """The own code on the own device, or on one that is linked already: a kind word, and nothing happens."""
    assert _("This is the code of this device. Type it on the other one.") in await an.tap(
        f"link:take:{await an.show()}"
    )
    await linked(an, binh)
    code = await an.show()
    before = await everything(an.app)
    assert _("These two devices are linked already.") in await binh.tap(f"link:take:{code}")
    assert await everything(an.app) | {"outbox": []} == before | {"outbox": []}


async def test_two_that_type_the_code_at_once(an: Phone, binh: Phone, chi: Phone) -> None:
    """One is asked, the other hears that the code isn't right."""
    code = await an.show()
    answers = await asyncio.gather(*(phone.tap(f"link:take:{code}") for phone in (binh, chi)))
    assert sum(WRONG in answer for answer in answers) == 1
    assert sum(_("I agree to link") in phone.buttons for phone in (binh, chi)) == 1


async def test_a_third_device_comes_too_late(an: Phone, binh: Phone, chi: Phone) -> None:
    """While one is asked, another one's try is a wrong one and disturbs nothing."""
    code = await pending(an, binh)
    assert WRONG in await chi.tap(f"link:take:{code}")
    assert LINKED in await an.press(_("That's me"))
    assert await chi.person() != await an.person() == await binh.person()


async def test_both_show_and_both_type_and_all_confirm_at_once(an: Phone, binh: Phone) -> None:
    """Two links between the same two, in both directions, confirmed in the same moment: one person, nothing lost."""
    await an.tap("card:luat-pcmt:0")
    await binh.tap("card:luat-pcmt:1")
    await pending(an, binh)
    await pending(binh, an)
    yes = [an.press(_("That's me")), binh.press(_("That's me")), an.press(_("That's me"))]
    answers = await asyncio.gather(*yes)
    assert sum(LINKED in answer for answer in answers) == 1
    assert await an.person() == await binh.person()
    assert await nothing_open(an.app)
    learnt = await an.app.database.read(progress.of, await an.person() or "")
    assert [(one.item, one.at) for one in learnt] == [("luat-pcmt", 2)]
    assert len(await an.app.database.read(rows, people.person)) == 1


async def test_a_chain_is_one_person(an: Phone, binh: Phone, chi: Phone) -> None:
    """While An and Binh are asked, Binh becomes one with Chi: the first question is over, and can be asked anew."""
    await pending(an, binh)
    code = await chi.show()
    await binh.tap(f"link:take:{code}")
    await binh.press(_("I agree to link"))
    await chi.hear()
    assert LINKED in await chi.press(_("That's me"))
    assert OVER in await an.press(_("That's me"))
    assert await an.person() != await chi.person() == await binh.person()
    await linked(an, binh)
    assert await an.person() == await chi.person() == await binh.person()


STEPS = ("shown", "typed", "agreed")


async def until(step: str, an: Phone, binh: Phone) -> str:
    """Come so far."""
    code = await an.show()
    if step in ("typed", "agreed"):
        await binh.tap(f"link:take:{code}")
    if step == "agreed":
        await binh.press(_("I agree to link"))
        await an.hear()
    return code


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["an", "binh"])
async def test_erasing_in_the_middle(an: Phone, binh: Phone, step: str, who: str) -> None:
    """Whoever erases at whatever step is gone with the code; the other goes on as they were."""
    await an.tap("age:18+")
    await binh.tap("age:16-17")
    code = await until(step, an, binh)
    gone, stays = (an, binh) if who == "an" else (binh, an)
    them = await gone.person()
    await gone.tap("me:erase:yes")
    assert them
    assert all([not await an.app.database.read(rows, table, them) for table in OF_A_PERSON])
    assert await nothing_open(an.app) == ((step, who) != ("shown", "binh"))
    if step == "shown" and who == "an":
        assert WRONG in await binh.tap(f"link:take:{code}")
    elif step == "typed" and who == "an":
        assert OVER in await binh.press(_("I agree to link"))
    elif step == "agreed":
        assert OVER in await (an.press(_("That's me")) if who == "binh" else binh.tap("link:asked"))
    assert await stays.person()
    assert len(await an.app.database.read(rows, people.address)) == 1


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["an", "binh"])
async def test_unlinking_in_the_middle(an: Phone, binh: Phone, linking_app: App, step: str, who: str) -> None:
    """A device that is unlinked while it shows or typed a code takes the code with it; its person keeps the rest."""
    mine = an if who == "an" else binh
    other = Phone(linking_app, "another of theirs", "zalo_bot")
    await linked(other, mine)
    await mine.hear()
    person = await other.person()
    await until(step, an, binh)
    device = Device(mine.channel, mine.address)
    await mine.tap(f"link:cut:{rules.tag(person or '', *device)}:yes")
    assert await nothing_open(linking_app) == ((step, who) != ("shown", "binh"))
    assert await mine.person() is None
    assert await other.person() == person
    if step == "agreed":
        assert OVER in await an.tap(an.buttons[_("That's me")])
        assert len({await phone.person() for phone in (an, binh, other)}) == 3


async def test_a_foreign_device_can_not_be_unlinked(an: Phone, binh: Phone, chi: Phone) -> None:
    """Neither with its own tag nor with a guessed one, and the last device of a person stays."""
    await linked(an, binh)
    await chi.show()
    for phone in (chi, an):
        for tag in (rules.tag(await an.person() or "", chi.channel, chi.address), "00000000", ""):
            await phone.tap(f"link:cut:{tag}:yes")
    await chi.tap(f"link:cut:{rules.tag(await chi.person() or '', chi.channel, chi.address)}:yes")
    assert all([await phone.person() for phone in (an, binh, chi)])
    assert len(await an.app.database.read(people.devices, await an.person() or "")) == 2
