"""Every main screen, on small and large screens, light and dark, enlarged, and judged by axe."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.shots import shot
from tests.browser.visitor import Open, Visitor, bot_words, page_words

SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('button, .button, textarea')]
    .map(e => [e.innerText || e.id, e.getBoundingClientRect()])
    .filter(([name, box]) => box.width && Math.min(box.width, box.height) < 48).map(([name]) => name)"""
COVERED = "(document.querySelector('.head').offsetHeight + document.querySelector('.foot').offsetHeight) / innerHeight"


def screens(visitor: Visitor) -> Iterator[str]:
    """Walk through the main screens of the chat; gives the name of each once it stands."""
    visitor.open().shows(page_words("My own device"))
    yield "device"
    visitor.on("shared")
    yield "greeting"
    visitor.first_lesson()
    yield "lesson"
    visitor.answer(bot_words("Home"))
    visitor.answer(bot_words("What would you do?"))
    visitor.page.locator(".choices:not(.old) button").first.click()
    visitor.page.locator(".choices:not(.old) b").first.wait_for()
    yield "scene"
    visitor.page.locator(".choices:not(.old) button").first.click()
    visitor.page.locator(".choices.old .chosen b").wait_for()
    visitor.answer(bot_words("Home"))
    visitor.answer(bot_words("Practise"))
    visitor.step(1)
    yield "question"
    visitor.page.locator(".choices:not(.old) button").first.click()
    visitor.step(2)
    yield "explained"
    visitor.answer(bot_words("Home"))
    visitor.answer(bot_words("My data"))
    visitor.shows(bot_words("Erase everything"))
    yield "data"
    visitor.answer(bot_words("Take it along"))
    visitor.page.get_by_role("link", name=page_words("Download")).wait_for()
    yield "document"
    visitor.page.locator("#sos").click()
    visitor.page.locator(".urgent .call.first").wait_for()
    yield "help"
    visitor.page.locator(".choices:not(.old) button").first.click()
    visitor.page.locator(".urgent ol").wait_for()
    yield "aid"
    visitor.answer(bot_words("Help lines"))
    visitor.shows("0769.04.04.04")
    yield "lines"
    visitor.say("hôm nay trời đẹp\nmà buồn quá")
    visitor.answered()
    visitor.field.fill("một câu dài hơn một dòng để xem ô này cao lên thế nào\nrồi thêm một dòng nữa")
    yield "typed"
    visitor.watch.requests_may_fail = True
    visitor.page.context.set_offline(True)
    visitor.field.press("Enter")
    visitor.page.locator(".mine.waiting").wait_for()
    yield "offline"
    visitor.page.context.set_offline(False)


PICTURES = bool(os.environ.get("LACHAN_SHOTS"))
LOOKS = [(320, "light"), (390, "light"), (390, "dark"), (1280, "dark")]
ALL_LOOKS = [(width, scheme) for width in (320, 390, 1280) for scheme in ("light", "dark")]  # for the pictures
JUDGED = ("device", "question", "document", "aid", "offline")  # axe sees the older screens above them too


def violations(page: Page) -> list[str]:
    """What axe finds: rule, help, and the first place."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found]


def fits(page: Page, name: str, judged: bool) -> None:
    """Nothing sideways, targets of 48 px, and where it is judged, nothing for axe to find."""
    shot(page, name, whole=name == "first-aid")
    assert not page.evaluate(SIDEWAYS), name
    assert page.evaluate(SMALL) == [], name
    assert not judged or violations(page) == [], name


@pytest.mark.parametrize(("width", "scheme"), ALL_LOOKS if PICTURES else LOOKS)
def test_each_screen_fits_and_axe_finds_nothing(visit: Open, width: int, scheme: str) -> None:
    """Each main screen fits its width, whatever is tapped is 48 px or more, and axe has nothing to say."""
    visitor = visit(width=width, height=640 if width == 320 else 800, scheme=scheme)
    for name in screens(visitor):
        fits(visitor.page, name, judged=width == 390 and name in JUDGED)
    visitor.open("/giup")
    fits(visitor.page, "first-aid", judged=width == 390)


def test_at_200_per_cent_zoom_the_text_still_has_room(visit: Open) -> None:
    """A desktop at 200 % is a screen of half the size: nothing sideways, and most of it is the talk."""
    visitor = visit(width=640, height=360, device_scale_factor=2)
    for name in screens(visitor):
        shot(visitor.page, f"zoomed-{name}")
        assert not visitor.page.evaluate(SIDEWAYS), name
        assert name in ("typed", "offline") or visitor.page.evaluate(COVERED) <= 0.5, name


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844)] if PICTURES else [(320, 640)])
def test_letters_of_double_size_fit_a_phone(
    large_print_chromium: Browser, visit: Open, width: int, height: int
) -> None:
    """Somebody who set large print reads everything without scrolling sideways, and the talk has half the screen."""
    visitor = visit(width, height, browser=large_print_chromium)
    for name in screens(visitor):
        shot(visitor.page, f"large-{name}")
        assert not visitor.page.evaluate(SIDEWAYS), name
        assert name in ("typed", "offline") or visitor.page.evaluate(COVERED) <= 0.5, name


TEXTS = ".bot p:not(.steps):not(.calls), .bot h2, .bot li, .bot a, .said, .choices span"
ENDLESS = "all => all.forEach(e => { e.textContent = 'phongchongmatuy.vn/'.repeat(4); })"


def test_one_endless_word_is_broken(visit: Open) -> None:
    """A web address in every place that takes text makes nothing scroll sideways."""
    visitor = visit(width=320, height=640)
    assert len(list(screens(visitor))) > 5  # all of them are still in the talk
    visitor.page.locator(TEXTS).evaluate_all(ENDLESS)
    shot(visitor.page, "endless")
    assert not visitor.page.evaluate(SIDEWAYS)


def test_only_what_the_bot_says_is_read_aloud(visit: Open) -> None:
    """The talk is a polite log; the person's own words and the buttons in it are left out."""
    visitor = visit().open().on("own")
    talk = visitor.page.get_by_role("log")
    assert talk.get_attribute("aria-live") == "polite"
    quiet = talk.locator("[aria-live=off]")
    assert quiet.evaluate_all("all => all.every(e => e.matches('.mine, .choices'))")
    assert talk.locator(".mine:not([aria-live=off]), .choices:not([aria-live=off])").count() == 0
    assert quiet.locator(".bot").count() == 0
