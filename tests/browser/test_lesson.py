"""A lesson on the page: by tapping, by keyboard, and across the death of the server."""

import json

from playwright.sync_api import Page, Route, expect

from tests.browser.visitor import Open, Visitor, bot_words, page_words, slow
from tests.servers import Server

NEXT = bot_words("Next")


def steps(visitor: Visitor) -> int:
    """How many screens the lesson has."""
    return int(visitor.last.locator(".steps [aria-hidden]").inner_text().split("/")[1])


def test_a_whole_lesson_by_tapping(visit: Open) -> None:
    """Somebody taps through a lesson to its end; each screen says where they are."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    for step in range(2, steps(visitor) + 1):
        visitor.answer(NEXT)
        visitor.step(step)
    expect(visitor.last.get_by_role("button", name=NEXT)).to_have_count(0)


def test_a_double_tap_is_one_tap(visit: Open) -> None:
    """A trembling finger goes one step on, not two, and says so once."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    visitor.page.get_by_role("button", name=NEXT).dblclick()
    visitor.step(2)
    visitor.page.wait_for_timeout(300)
    visitor.step(2)
    said = visitor.page.locator(".mine", has_text=NEXT)
    expect(said).to_have_count(1)
    visitor.page.locator(".choices:not(.old) button", has_text=NEXT).evaluate(
        "e => { e.click(); setTimeout(() => e.click(), 300); }"  # the first tap is answered by then
    )
    visitor.page.wait_for_timeout(500)
    expect(said).to_have_count(2)


def test_an_impatient_tap_is_the_same_tap(visit: Open) -> None:
    """On a slow network the same button may be tapped again and again; it goes out once."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    slow(visitor.page, 1)
    button = visitor.page.locator(".choices:not(.old) button", has_text=NEXT)
    button.evaluate("e => { e.click(); setTimeout(() => e.click(), 800); }")
    visitor.step(2)
    expect(visitor.page.locator(".mine", has_text=NEXT)).to_have_count(1)


def test_an_old_button_is_grey_and_still_answers(visit: Open) -> None:
    """The buttons above the last message look old, and a tap on one of them still does what it says."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    visitor.answer(NEXT)
    visitor.step(2)
    old = visitor.page.locator(".choices.old").get_by_role("button", name=bot_words("16 to 17"), exact=True)
    expect(visitor.page.locator(".choices:not(.old)")).to_have_count(1)
    old.click()
    visitor.shows(bot_words("Which of these are you?"))


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the button with this label has the focus."""
    for _try in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button') && document.activeElement.innerText") == label:
            return
    raise AssertionError(f"Tab never led to {label}")


def test_a_lesson_by_keyboard_alone(visit: Open) -> None:
    """With Tab and Enter to the field, then through a lesson; after each tap the focus is on what is new."""
    visitor = visit(width=1280, height=800).open()
    page = visitor.page
    visitor.shows(page_words("My own device"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(visitor.field).to_be_focused()
    visitor.open()
    visitor.shows(page_words("My own device"))
    tab_to(page, page_words("My own device"))
    for label in (bot_words("Skip"), bot_words("Learn")):
        page.keyboard.press("Enter")
        visitor.shows(label)
        expect(visitor.last).to_be_focused()
        tab_to(page, label)
    page.keyboard.press("Enter")
    visitor.shows(bot_words("Which lesson would you like?"))
    expect(visitor.last).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    visitor.step(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    visitor.step(2)
    expect(visitor.last).to_be_focused()


def test_a_tap_waits_for_a_server_that_was_killed(own_server: Server, visit: Open) -> None:
    """The server dies in the middle of a lesson: the tap waits, says so, and the lesson goes on at the right step."""
    visitor = visit(at=own_server).open().on("own")
    visitor.watch.requests_may_fail = True
    visitor.first_lesson()
    visitor.answer(NEXT)
    visitor.step(2)
    own_server.kill()
    visitor.answer(NEXT)
    waiting = visitor.page.locator(".mine.waiting", has_text=page_words("Waiting to be sent"))
    expect(waiting).to_have_count(1)
    expect(visitor.page.get_by_role("status").filter(has_text=page_words("First aid and help lines"))).to_be_visible()
    own_server.start()
    visitor.step(3)
    expect(waiting).to_have_count(0)
    visitor.answer(NEXT)
    visitor.step(4)
    visitor.page.reload()
    visitor.step(4)


def test_a_tap_waits_for_the_network(visit: Open) -> None:
    """Without network a tap waits and is marked; with it the tap goes through by itself, once."""
    visitor = visit().open().on("own")
    visitor.watch.requests_may_fail = True
    visitor.first_lesson()
    visitor.page.context.set_offline(True)
    expect(visitor.page.locator("#notice")).to_contain_text(page_words("First aid and help lines"))
    visitor.answer(NEXT)
    expect(visitor.page.locator(".mine.waiting")).to_have_count(1)
    visitor.page.context.set_offline(False)
    visitor.step(2)
    expect(visitor.page.locator(".mine.waiting")).to_have_count(0)
    expect(visitor.page.locator("#notice")).to_contain_text(page_words("The network is back."))


def test_a_lost_answer_is_asked_for_with_the_same_id(visit: Open) -> None:
    """The server took the tap and the answer got lost: the page sends the same message again, not another one."""
    visitor = visit().open().on("own")
    visitor.watch.requests_may_fail = True
    visitor.first_lesson()
    ids: list[str] = []

    def lose_the_first(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "")["id"])
        answer = route.fetch()
        if len(ids) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    visitor.page.route("**/messages", lose_the_first)
    visitor.answer(NEXT)
    expect(visitor.page.locator(".mine.waiting")).to_have_count(1)
    visitor.step(2)
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_a_session_that_the_server_does_not_know_is_renewed_silently(visit: Open) -> None:
    """A foreign token is replaced, and what was typed reaches the new session."""
    visitor = visit().open().on("own")
    visitor.page.evaluate("localStorage.setItem('lachan.session', 'nobody')")
    visitor.watch.requests_may_fail = True
    visitor.watch.errors.clear()
    visitor.say("/hoc")
    visitor.shows(bot_words("Which lesson would you like?"))
    assert "nobody" not in visitor.kept()
