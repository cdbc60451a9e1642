"""What isn't text typed just now: each gets a kind word, danger in it is heard, and nobody is left without help."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from handlers import routes
from handlers.ask import talk
from handlers.chat import Incoming, Kind, Say, Thing
from handlers.help import talk as help_
from handlers.turn import Moment, Reply
from storage.library import load
from storage.wording import CONTENT, LANGUAGE

LIBRARY = load(CONTENT / LANGUAGE, date(2026, 11, 24))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
PAGE = "https://bot.example.vn"
SHORT = 120  # letters that are read at a glance
SENT = Incoming("zalo_bot", "an", "1", Kind.OTHER)


def moment(incoming: Incoming, page: str = PAGE) -> Moment:
    """A message as it comes to a private handler."""
    return Moment(incoming, LIBRARY, NOW, page=page)


def answered(thing: Thing, text: str = "", page: str = PAGE) -> Reply:
    """What is answered to a thing that came while a private card stood."""
    return talk.answer(moment(replace(SENT, thing=thing, text=text), page), "card:a:1")


def said(reply: Reply) -> Say:
    """The one message of a reply."""
    (say,) = reply.says
    return say


THINGS = [thing for thing in Thing if thing is not Thing.HIDDEN]


@pytest.mark.parametrize("thing", THINGS)
def test_each_thing_gets_a_short_word_and_ways_on(thing: Thing) -> None:
    """Whatever somebody sends, they read a short sentence, can choose, and stay where they were."""
    reply = answered(thing)
    assert 0 < len(said(reply).text) <= SHORT
    assert [button.action for button in said(reply).buttons] == ["help", "need", "learn", "menu"]
    assert reply.place == "card:a:1"


def test_each_thing_has_a_word_of_its_own() -> None:
    """Somebody who sends their voice isn't told about pictures."""
    assert len({said(answered(thing)).text for thing in THINGS}) == len(THINGS)


def test_who_sends_their_place_is_told_whom_to_call() -> None:
    """A place may be a call for help, and the bot can send nobody."""
    say = said(answered(Thing.LOCATION))
    assert [call.number for call in say.calls] == ["115", "113"]
    assert "115" in say.text


@pytest.mark.parametrize("thing", Thing)
def test_danger_in_words_that_came_along_is_heard_first(thing: Thing) -> None:
    """A caption, a forwarded or a changed message may be the only cry for help."""
    aid = answered(thing, "bạn em co giật rồi")
    assert (aid.place, said(aid).urgent) == ("aid:co-giat", True)
    crisis = answered(thing, "em không muốn sống nữa")
    assert (crisis.place, said(crisis).urgent) == ("need", True)


def test_a_question_under_a_picture_is_answered() -> None:
    """Whoever asks about what a picture shows gets the lesson for the words."""
    first, *_ways = said(answered(Thing.PHOTO, "pod là gì")).buttons
    assert first.action.startswith("card:")


def test_who_can_send_nothing_readable_gets_all_that_cant_wait() -> None:
    """A child's protected account may never be able to choose: numbers, first steps and the page are all here."""
    reply = answered(Thing.HIDDEN)
    say = said(reply)
    assert say.urgent
    assert {call.number for call in say.calls} == {"111", "113", "115"}
    assert all(step in say.text for step in LIBRARY.first_aid[0].steps)
    assert PAGE in say.text
    assert reply.place == "help"


def test_without_a_page_none_is_offered() -> None:
    """No sentence ends in an empty address."""
    assert PAGE not in said(answered(Thing.HIDDEN, page="")).text
    assert (
        said(answered(Thing.HIDDEN, page="")).text.count("\n\n") == said(answered(Thing.HIDDEN)).text.count("\n\n") - 1
    )
    watched = replace(SENT, kind=Kind.TAP, action="help", watched=True)
    assert not said(help_.open_help(moment(watched, page=""))).text.endswith(": ")


@pytest.mark.parametrize("action", ["help", "need"])
def test_where_others_read_along_help_says_so_and_offers_the_page(action: str) -> None:
    """Nobody tells a secret to an administrator without having been warned; elsewhere nothing is said of it."""
    watched = replace(SENT, kind=Kind.TAP, action=action, watched=True)
    warned = said(routes.respond_quietly(moment(watched), None)).text
    calm = said(routes.respond_quietly(moment(replace(watched, watched=False)), None)).text
    assert PAGE in warned
    assert PAGE not in calm
    assert "cạnh tên tài khoản" in warned
    assert "cạnh tên tài khoản" not in calm


def test_who_tells_of_fear_is_warned_too() -> None:
    """What is typed in grief is answered with a quiet word, and with who may read it."""
    told = replace(SENT, kind=Kind.TEXT, text="em sợ quá", watched=True)
    assert PAGE in said(talk.answer(moment(told), "")).text


def test_the_warning_takes_nothing_away() -> None:
    """The same numbers and buttons stand on the screen."""
    tapped = replace(SENT, kind=Kind.TAP, action="help")
    warned, calm = (said(help_.open_help(moment(replace(tapped, watched=watched)))) for watched in (True, False))
    assert replace(warned, text="") == replace(calm, text="")
