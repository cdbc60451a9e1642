"""What the page leaves behind: nothing on a shared computer, nothing after quick exit, no draft of private words."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import ELSEWHERE, Open, Visitor, bot_words, page_words, slow

SECRET = "mình tên là Lan"
STILL = page_words("Are you still there? In a minute this conversation closes, so that nobody else reads it.")
CLOSED = page_words(
    "Nobody was here for 15 minutes, so the conversation was closed. What was said is gone from this device."
)


def leave_a_trace(visitor: Visitor) -> None:
    """Say something, wait for the answer, and begin to write more."""
    visitor.say(SECRET)
    expect(visitor.page.locator(".mine").last).to_contain_text(SECRET)
    visitor.answered()
    visitor.field.fill(SECRET)


def sees_nothing(visitor: Visitor) -> None:
    """No word of the first one: on the page, in the storages, in the source of what is shown."""
    visitor.is_blank()
    assert SECRET not in visitor.page.content()
    assert SECRET not in visitor.page.inner_text("body")


def test_two_pupils_after_each_other_on_one_shared_computer(visit: Open) -> None:
    """The first taps End; the second sees nothing of it: not on the page, by reload, by the back button."""
    visitor = visit()
    visitor.page.goto("about:blank")
    visitor.open().on("shared")
    leave_a_trace(visitor)
    visitor.page.get_by_role("button", name=page_words("End"), exact=True).click()
    sees_nothing(visitor)
    visitor.page.reload()
    sees_nothing(visitor)
    visitor.page.go_back()
    visitor.page.go_forward()
    sees_nothing(visitor)
    visitor.on("shared")
    assert SECRET not in visitor.page.content()


def test_a_shared_computer_keeps_nothing_beyond_the_tab(visit: Open) -> None:
    """On a shared device nothing is in localStorage, and a second tab knows nothing of the first."""
    visitor = visit().open().on("shared")
    leave_a_trace(visitor)
    assert visitor.page.evaluate("localStorage.length") == 0
    other = Visitor(visitor.page.context.new_page(), visitor.url, visitor.watch).open()
    sees_nothing(other)


def test_whoever_just_types_is_on_a_shared_computer(visit: Open) -> None:
    """Without a word about the device, the session lives in the tab only, until the person says it is their own."""
    visitor = visit().open()
    visitor.say("pod là gì")
    visitor.answered()
    assert visitor.page.evaluate("localStorage.length") == 0
    assert "lachan.session" in visitor.kept()
    token = visitor.page.evaluate("sessionStorage.getItem('lachan.session')")
    standing = visitor.page.locator(".choices:not(.old)").inner_text()
    visitor.page.get_by_role("button", name=page_words("My own device")).click()
    expect(visitor.page.get_by_role("button", name=page_words("End"), exact=True)).to_be_hidden()
    assert visitor.page.evaluate("localStorage.getItem('lachan.session')") == token
    assert visitor.page.evaluate("sessionStorage.length") == 0
    assert visitor.page.locator(".choices:not(.old)").inner_text() == standing


def test_an_answer_that_comes_after_the_end_is_not_shown(visit: Open) -> None:
    """The first pupil asks, taps End at once, and the answer that was under way reaches nobody."""
    visitor = visit().open().on("shared")
    visitor.watch.requests_may_fail = True
    slow(visitor.page, 0.3)
    visitor.say(SECRET)
    visitor.page.get_by_role("button", name=page_words("End"), exact=True).click()
    visitor.page.wait_for_timeout(700)
    sees_nothing(visitor)
    expect(visitor.page.locator("#notice")).to_be_empty()


def test_fifteen_idle_minutes_end_a_conversation_on_a_shared_computer(visit: Open) -> None:
    """A warning after fourteen minutes, the end after fifteen: the screen and the storages are empty."""
    visitor = visit()
    visitor.page.clock.install()
    visitor.open().on("shared")
    leave_a_trace(visitor)
    visitor.page.clock.run_for("14:05")
    expect(visitor.page.locator("#notice")).to_contain_text(STILL)
    visitor.page.clock.run_for("01:00")
    visitor.shows(CLOSED)
    assert SECRET not in visitor.page.content()
    assert visitor.kept() == "[{},{}]"
    visitor.answer(page_words("Start"))
    sees_nothing(visitor)


def test_a_sign_of_life_keeps_the_conversation(visit: Open) -> None:
    """Whoever answers the warning goes on where they were."""
    visitor = visit()
    visitor.page.clock.install()
    visitor.open().on("shared")
    leave_a_trace(visitor)
    visitor.page.clock.run_for("14:05")
    visitor.page.keyboard.press("Shift")
    expect(visitor.page.locator("#notice")).to_be_empty()
    visitor.page.clock.run_for("02:00")
    expect(visitor.page.locator(".mine").last).to_contain_text(SECRET)


def test_a_tab_that_slept_too_long_wakes_up_empty(visit: Open) -> None:
    """A computer that slept, or a tab that was put away, shows nothing after 15 minutes, even by reload."""
    visitor = visit().open().on("shared")
    leave_a_trace(visitor)
    visitor.page.evaluate("sessionStorage.setItem('lachan.seen', Date.now() - 15 * 60 * 1000)")
    visitor.page.reload()
    sees_nothing(visitor)


def by_tap(page: Page) -> None:
    """Tap "quick exit"."""
    page.locator("#leave").click()


def by_keyboard(page: Page) -> None:
    """Press Esc twice."""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("device", ["own", "shared"])
@pytest.mark.parametrize("leave", [by_tap, by_keyboard])
def test_quick_exit_leaves_nothing_to_come_back_to(visit: Open, device: str, leave: object) -> None:
    """The page is gone at once, without an entry in the tab's history; who comes back finds a fresh page."""
    visitor = visit()
    visitor.page.goto("about:blank")
    visitor.open().on(device)
    leave_a_trace(visitor)
    assert callable(leave)
    leave(visitor.page)
    visitor.page.wait_for_url(ELSEWHERE)
    visitor.page.go_back()
    assert visitor.page.url == "about:blank"
    visitor.open()
    sees_nothing(visitor)
    visitor.page.reload()
    sees_nothing(visitor)


def test_quick_exit_from_first_aid_forgets_the_chat_too(visit: Open) -> None:
    """Whoever leaves from the first aid page and is followed back to the chat has said nothing there."""
    visitor = visit().open().on("own")
    leave_a_trace(visitor)
    visitor.open("/giup")
    by_tap(visitor.page)
    visitor.page.wait_for_url(ELSEWHERE)
    visitor.page.go_back()
    visitor.page.wait_for_url(visitor.url + "/")
    sees_nothing(visitor)


def test_quick_exit_empties_the_other_tabs_too(visit: Open) -> None:
    """A second tab on the same device shows nothing of the conversation once one of them left by quick exit."""
    visitor = visit().open().on("own")
    leave_a_trace(visitor)
    other = Visitor(visitor.page.context.new_page(), visitor.url, visitor.watch).open()
    other.shows(bot_words("Skip"))
    by_tap(other.page)
    other.page.wait_for_url(ELSEWHERE)
    sees_nothing(visitor)


def test_the_cache_of_the_back_button_holds_nothing(caching_chromium: Browser, visit: Open) -> None:
    """Who comes back with the back button sees the screen that stands, as after a reload, never the talk."""
    visitor = visit(browser=caching_chromium).open().on("own")
    visitor.first_lesson()
    visitor.page.evaluate("window.addEventListener('pageshow', event => { window.restored = event.persisted; })")
    visitor.page.locator("body").evaluate("() => { location.href = '/giup'; }")
    visitor.page.locator("section.aid").first.wait_for()
    visitor.page.evaluate("history.back()")
    visitor.step(1)
    assert visitor.page.evaluate("window.restored"), "Chromium should have taken the page from its cache"
    expect(visitor.page.locator("#talk > li")).to_have_count(1)


def test_one_esc_leaves_nowhere(visit: Open) -> None:
    """A single Esc, or two that are far apart, is no exit."""
    visitor = visit().open().on("own")
    visitor.page.keyboard.press("Escape")
    visitor.page.wait_for_timeout(900)
    visitor.page.keyboard.press("Escape")
    visitor.page.wait_for_timeout(100)
    assert visitor.page.url == visitor.url + "/"


def test_after_a_reload_only_the_screen_that_stands_is_shown(visit: Open) -> None:
    """The talk's text is kept nowhere: the server shows the place, the draft of an own device is still there."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    visitor.field.fill("em muốn hỏi")
    visitor.page.reload()
    visitor.step(1)
    expect(visitor.page.locator("#talk > li")).to_have_count(1)
    expect(visitor.field).to_have_value("em muốn hỏi")


def test_a_draft_outlives_reloads_while_the_server_is_out_of_reach(visit: Open) -> None:
    """Until the server says what stands, the draft from before stays, nothing new is kept, and emptying deletes it."""
    visitor = visit().open().on("own")
    visitor.field.fill("em muốn hỏi")
    visitor.watch.requests_may_fail = True
    visitor.page.route("**/chat/api/**", lambda route: route.abort())
    for _reload in range(2):
        visitor.page.reload()
        expect(visitor.page.locator("#notice")).not_to_be_empty()
        expect(visitor.field).to_have_value("em muốn hỏi")
        visitor.field.press_sequentially(" thêm")
        assert "thêm" not in visitor.kept()
    visitor.field.fill("")
    assert "em muốn" not in visitor.kept()


@pytest.mark.parametrize("unreachable", ["**/chat/api/**", "**/messages"])
def test_a_first_text_is_kept_nowhere(visit: Open, unreachable: str) -> None:
    """It may be a cry for help: neither typed, nor waiting to be sent, nor answered is it in a storage."""
    visitor = visit().open()
    visitor.watch.requests_may_fail = True
    visitor.page.route(unreachable, lambda route: route.abort())
    visitor.field.press_sequentially(SECRET)
    assert SECRET not in visitor.kept()
    visitor.field.press("Enter")
    expect(visitor.page.locator(".mine.waiting")).to_have_count(1)
    assert SECRET not in visitor.kept()
    visitor.page.unroute(unreachable)
    visitor.answered()
    assert SECRET not in visitor.kept()


def test_a_draft_on_a_private_screen_is_kept_nowhere(visit: Open) -> None:
    """Once help stands, what was typed before and what is typed now is gone by the next reload."""
    visitor = visit().open().on("own")
    visitor.field.fill(SECRET)
    assert SECRET in visitor.kept()
    visitor.page.locator("#sos").click()
    visitor.shows("115")
    assert SECRET not in visitor.kept()
    visitor.field.press_sequentially(" nữa")
    assert "nữa" not in visitor.kept()
    slow(visitor.page, 0.5)
    visitor.page.reload()
    expect(visitor.field).to_have_value("")
    visitor.field.press_sequentially("trước khi máy chủ trả lời")
    assert "trả lời" not in visitor.kept()
    visitor.shows("115")
    visitor.field.fill("trên màn hình riêng")
    assert "riêng" not in visitor.kept()
    visitor.answer(bot_words("Home"))
    visitor.shows(bot_words("Learn"))
    visitor.field.fill("giờ thì giữ được")
    assert "giữ được" in visitor.kept()


def test_only_known_things_are_kept(visit: Open) -> None:
    """Session, device, draft and the number of the last message: nothing else, and no word of the talk."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    visitor.say(SECRET)
    visitor.answered()
    names = set(re.findall(r'"lachan\.(\w+)"', visitor.kept()))
    assert names <= {"device", "session", "last"}
    assert SECRET not in visitor.kept()
