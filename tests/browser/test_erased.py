"""Once everything is erased: the page knows nothing of it any more, and whoever stays begins anew."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Open, Visitor, bot_words, page_words

FAREWELL = bot_words("All is erased. You can start anew whenever you like.")
ERASED = bot_words("All about this conversation is erased. You can begin a new one.")
CRY = "bạn em gọi không dậy"

SEND = """([session, action]) => fetch(`/chat/api/sessions/${session}/messages`, {
    method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({id: '6a1f7a52-0e5e-4ad7-9a39-0d3e9b1f6f3c', action}),
}).then(answer => answer.status)"""


def token(visitor: Visitor) -> str:
    """The session that the page holds, or nothing."""
    both = "localStorage.getItem('lachan.session') ?? sessionStorage.getItem('lachan.session') ?? ''"
    return str(visitor.page.evaluate(both))


def known(visit: Open, device: str = "own") -> Visitor:
    """Somebody about whom something is kept."""
    visitor = visit().open().on(device)
    visitor.watch.requests_may_fail = True  # 410 is the answer that is wanted here
    visitor.answer(bot_words("16 to 17"))
    visitor.shows(bot_words("Which of these are you?"))
    return visitor


def erase(visitor: Visitor) -> None:
    """By the way of "my data"."""
    visitor.answer(bot_words("Skip"))
    visitor.answer(bot_words("My data"))
    for _twice in range(2):
        visitor.answer(bot_words("Erase everything"))


def erase_elsewhere(visitor: Visitor) -> None:
    """The same session is erased where this page doesn't see it, as in a copy of the tab."""
    assert visitor.page.evaluate(SEND, [token(visitor), "me:erase:yes"]) == 200


@pytest.mark.parametrize("device", ["own", "shared"])
def test_who_erased_everything_is_offered_a_new_beginning(visit: Open, device: str) -> None:
    """One sentence and one button stand; the storages are empty; the button leads to the very first card."""
    visitor = known(visit, device)
    session = token(visitor)
    assert session
    erase(visitor)
    visitor.shows(FAREWELL)
    expect(visitor.page.locator("#talk > li")).to_have_count(1)
    expect(visitor.page.locator("#talk button")).to_have_text([page_words("Start again")])
    assert session not in visitor.kept()
    assert visitor.kept() == "[{},{}]"
    visitor.answer(page_words("Start again"))
    visitor.is_blank()
    visitor.on(device)
    assert token(visitor) not in ("", session)


def test_what_is_typed_or_asked_after_erasing_begins_a_new_session(visit: Open) -> None:
    """No card stands before a cry for help: it is answered at once, in a session of its own; so is a tap on help."""
    visitor = known(visit)
    session = token(visitor)
    erase(visitor)
    visitor.shows(FAREWELL)
    visitor.say(CRY)
    expect(visitor.page.locator(".urgent ol")).to_be_visible()
    assert token(visitor) not in ("", session)
    visitor.page.locator("#sos").click()
    visitor.shows(bot_words("Nothing you do here is kept."))
    assert session not in visitor.kept()


def test_a_session_that_was_erased_elsewhere_loses_no_word(visit: Open) -> None:
    """What is typed is answered in a new session; of the old talk nothing is left on the page or in the storages."""
    visitor = known(visit)
    session = token(visitor)
    erase_elsewhere(visitor)
    visitor.say(CRY)
    expect(visitor.page.locator(".urgent ol")).to_be_visible()
    talk = visitor.page.locator("#talk > li")
    expect(talk.nth(0)).to_contain_text(ERASED)
    expect(talk.nth(1)).to_contain_text(CRY)
    expect(visitor.page.get_by_text(bot_words("Which of these are you?"))).to_have_count(0)
    assert session not in visitor.kept()
    assert token(visitor)


def test_an_old_button_of_an_erased_session_is_answered(visit: Open) -> None:
    """A tap goes on in a new session; after a reload the person is told, and offered a new beginning."""
    visitor = known(visit)
    erase_elsewhere(visitor)
    visitor.answer(bot_words("Skip"))
    expect(visitor.page.locator("#talk > li").first).to_contain_text(ERASED)
    visitor.answered()
    visitor.shows(bot_words("Learn"))
    session = token(visitor)
    assert visitor.page.evaluate(SEND, [session, "age:18+"]) == 200
    visitor.page.evaluate(SEND.replace("f3c'", "f3d'"), [session, "me:erase:yes"])
    visitor.page.reload()
    visitor.shows(ERASED)
    expect(visitor.page.locator("#talk button")).to_have_text([page_words("Start again")])
    assert session not in visitor.kept()


def test_erasing_that_failed_forgets_nothing(visit: Open) -> None:
    """When the server only apologises, the session stays, so that the person can try again."""
    visitor = known(visit)
    session = token(visitor)
    sorry = {"messages": [{"text": "Có trục trặc.", "buttons": []}], "private": False}
    visitor.page.route(
        "**/messages",
        lambda route: (
            route.fulfill(status=200, json=sorry)
            if "me:erase:yes" in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    erase(visitor)
    visitor.shows("Có trục trặc.")
    assert token(visitor) == session
    expect(visitor.page.get_by_role("button", name=page_words("Start again"))).to_have_count(0)
