"""The database is gone: what is durable has to wait, and whoever asks or needs help is answered all the same."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Open, Visitor, bot_words, page_words, posted
from tests.servers import Server

CRY = "bạn em gọi không dậy"


def damage(server: Server) -> None:
    """Every byte of the database is wrong. In place: the running server has its files open and mapped."""
    for path in server.data.glob("lachan.db*"):
        with path.open("r+b") as file:
            file.write(b"\xff" * os.fstat(file.fileno()).st_size)


def is_told(visitor: Visitor) -> None:
    """The server answered that it can't keep anything, with the number to call, and the page tries again."""
    visitor.shows(bot_words("The server has trouble right now. Please try again in a minute. Urgent: call."))
    expect(visitor.page.locator("#notice")).to_contain_text(page_words("First aid and help lines"))


def at_the_card(visitor: Visitor, server: Server) -> None:
    """Nothing was said yet, and the card asks whose device it is."""
    visitor.open()
    damage(server)


def after_the_card(visitor: Visitor, server: Server) -> None:
    """The first screen can't come."""
    visitor.open()
    damage(server)
    visitor.answer(page_words("A shared one"))
    is_told(visitor)


def after_a_tap(visitor: Visitor, server: Server) -> None:
    """The menu was asked for and can't come."""
    visitor.open().on("shared")
    damage(server)
    visitor.answer(bot_words("Skip"))
    is_told(visitor)


def after_a_reload(visitor: Visitor, server: Server) -> None:
    """What stands can't be looked up."""
    visitor.open().on("own")
    damage(server)
    visitor.page.reload()
    is_told(visitor)


@pytest.fixture(params=[at_the_card, after_the_card, after_a_tap, after_a_reload], ids=lambda way: way.__name__)
def visitor(request: pytest.FixtureRequest, own_server: Server, visit: Open) -> Visitor:
    """Somebody whose server lost its database, somewhere on their way."""
    way: Callable[[Visitor, Server], None] = request.param
    here = visit(at=own_server)
    here.watch.requests_may_fail = True
    way(here, own_server)
    return here


def nothing_comes_after(visitor: Visitor) -> None:
    """The answer goes on standing: what it overtook isn't tried again, and nothing says that it were."""
    expect(visitor.page.get_by_text(page_words("Waiting to be sent"))).to_have_count(0)
    sent = posted(visitor.page)
    visitor.page.wait_for_timeout(5000)
    assert sent == []
    assert visitor.page.url == f"{visitor.url}/"


def test_what_is_typed_is_answered(visitor: Visitor) -> None:
    """A question is posted and answered, whatever durable message couldn't be taken before."""
    visitor.say(CRY)
    answers = visitor.page.locator("#talk > li.mine").last.locator("~ li")
    expect(answers.first).to_contain_text("115")
    expect(answers.first.locator("ol, ul").first).to_be_visible()
    nothing_comes_after(visitor)


def test_urgent_help_is_given(visitor: Visitor) -> None:
    """The help screen comes in the talk, and its buttons work."""
    visitor.page.locator("#sos").click()
    visitor.shows("115")
    visitor.answer(bot_words("Help lines"))
    expect(visitor.last.locator("a.call[href='tel:0769040404']")).to_be_visible()
    nothing_comes_after(visitor)
