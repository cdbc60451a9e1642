"""What isn't text typed just now: each gets a kind word, danger in it is heard, and nobody is left without help."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine

from handlers import routes, start
from handlers.ask import talk
from handlers.chat import Incoming, Kind, Say, Thing
from handlers.help import talk as help_
from handlers.turn import Moment, Reply, Turn
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


WARNED = {
    "the welcome": replace(SENT, kind=Kind.TAP, action="start"),
    "what isn't understood": replace(SENT, kind=Kind.TEXT, text="thời tiết hôm nay"),
    "a lesson for the words": replace(SENT, kind=Kind.TEXT, text="pod là gì"),
    "despair": replace(SENT, kind=Kind.TEXT, text="tôi muốn chết"),
    "fear": replace(SENT, kind=Kind.TEXT, text="em sợ quá"),
    "the numbers": replace(SENT, kind=Kind.TAP, action="lines"),
    "help": replace(SENT, kind=Kind.TAP, action="help"),
    "in peace": replace(SENT, kind=Kind.TAP, action="need"),
    "a picture": replace(SENT, thing=Thing.PHOTO),
    "my data": replace(SENT, kind=Kind.TAP, action="me"),
}
PROMISES = ("không được lưu", "không lưu lại", "không cần nói tên", "không cần nói mình là ai")


@pytest.mark.parametrize("label", WARNED)
@pytest.mark.parametrize("page", [PAGE, ""])
def test_who_reads_along_is_said_once_and_nothing_else_promises_more(label: str, page: str) -> None:
    """One sentence, the same everywhere, with the page where there is one; where nobody reads along there is none."""
    watched = screen(replace(WARNED[label], watched=True), page)
    note = "Mình không lưu điều bạn gõ, nhưng người quản trị tài khoản này có thể đọc cuộc trò chuyện"
    assert watched.count(note) == 1
    assert watched.count(PAGE) == (1 if page else 0)
    assert not [words for words in PROMISES if words in watched]
    calm = screen(replace(WARNED[label], watched=False), page)
    assert "người quản trị" not in calm
    assert PAGE not in calm


def screen(incoming: Incoming, page: str) -> str:
    """The text of the one message that is answered; nobody is known."""
    if routes.private(incoming, LIBRARY, None):
        return said(routes.respond_quietly(moment(incoming, page), None)).text
    with create_engine("sqlite://").connect() as tx:  # nothing is looked up about nobody
        return said(routes.respond(Turn(incoming, LIBRARY, NOW, tx, page=page))).text


@pytest.mark.parametrize("watched", [True, False])
def test_who_speaks_repeats_nothing_that_was_said_just_before(watched: bool) -> None:
    """The first hello tells what becomes of what is typed, unless the answer beside it does."""
    typed = moment(replace(SENT, kind=Kind.TEXT, text="thời tiết", watched=watched))
    answer = routes.respond_quietly(typed, None).says
    assert start.hello(typed, answer) == start.introduction(typed)
    assert start.hello(typed).count("gõ") == 1


def test_what_fear_is_told_to_choose_stands_on_the_screen() -> None:
    """A button that is named is a button that is there, and a number that is named can be called."""
    say = said(talk.answer(moment(replace(SENT, kind=Kind.TEXT, text="em lỡ hút pod rồi em sợ lắm")), ""))
    named = re.findall("“(.+?)”", say.text)
    assert named
    assert set(named) <= {button.label for button in say.buttons}
    assert set(re.findall(r"\d{3}", say.text)) <= {call.number for call in say.calls}


@pytest.mark.parametrize(
    ("text", "adult"),
    [("chồng tôi nghiện, cai ở đâu", True), ("vợ tôi nghiện", True), ("em sợ lắm", False), ("mẹ em nghiện", False)],
)
def test_cards_and_numbers_fit_who_told(text: str, adult: bool) -> None:
    """Somebody young isn't offered what is written for parents; a husband's wife isn't sent to the children's line."""
    say = said(talk.answer(moment(replace(SENT, kind=Kind.TEXT, text=text)), ""))
    assert ("card:khi-con-su-dung" in [button.action for button in say.buttons]) is adult
    assert [call.number for call in say.calls] == (["115"] if adult else ["115", "111"])


def test_the_warning_takes_nothing_away() -> None:
    """The same numbers and buttons stand on the screen."""
    tapped = replace(SENT, kind=Kind.TAP, action="help")
    warned, calm = (said(help_.open_help(moment(replace(tapped, watched=watched)))) for watched in (True, False))
    assert replace(warned, text="") == replace(calm, text="")
