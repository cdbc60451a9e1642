"""What happens in the talk: dots, long answers, the field, refusals, what arrives by itself."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from bot.app import clock
from bot.tokens import Tokens
from handlers.chat import Say
from storage import outbox
from storage.database import open_database
from storage.secret import open_secret
from tests.browser.visitor import Open, Visitor, bot_words, page_words, posted, slow
from tests.servers import Server


def test_whoever_types_first_is_answered_first(visit: Open) -> None:
    """Before the card is answered: the steps come first, who speaks after them, and nothing else was sent."""
    visitor = visit().open()
    sent = posted(visitor.page)
    visitor.say("bạn em gọi không dậy")
    visitor.shows(bot_words("What you type isn't kept."))
    said = visitor.page.locator("#talk > li.mine ~ li")
    expect(said).to_have_count(2)
    expect(said.first).to_contain_text("115")
    expect(said.last).to_contain_text("Chào bạn. Mình là trợ lý tự động")
    assert sent == ["bạn em gọi không dậy"]


@pytest.mark.parametrize("device", ["own", "shared"])
def test_whoever_needs_help_first_gets_nothing_but_help(visit: Open, device: str) -> None:
    """A tap on "urgent help" is the first message; the card, answered later, begins nothing until after the end."""
    visitor = visit().open()
    sent = posted(visitor.page)
    visitor.page.locator("#sos").click()
    visitor.shows("115")
    card = {"own": "My own device", "shared": "A shared one"}[device]
    visitor.page.get_by_role("button", name=page_words(card)).click()
    expect(visitor.page.locator("#notice")).not_to_be_empty()
    assert sent == ["help"]
    visitor.page.locator("#end").evaluate("element => element.click()")  # hidden on an own device
    visitor.on(device)
    assert sent == ["help", "start"]


def test_the_dots_show_only_when_an_answer_takes_its_time(visit: Open) -> None:
    """Nothing blinks for a quick answer; after 300 ms the dots say that one is coming."""
    visitor = visit().open().on("own")
    slow(visitor.page, 0.9)
    dots = visitor.page.locator(".typing")
    visitor.answer(bot_words("Skip"))
    visitor.page.wait_for_timeout(100)
    expect(dots).to_have_count(0, timeout=1)
    expect(dots).to_be_visible()
    visitor.shows(bot_words("Learn"))
    expect(dots).to_have_count(0)


def starts_under_the_header(visitor: Visitor) -> None:
    """The last message begins where the eye begins."""
    top = visitor.last.bounding_box()
    head = visitor.page.locator(".head").bounding_box()
    assert top
    assert head
    assert 0 <= top["y"] - head["height"] <= 24


def test_a_long_answer_is_read_from_its_start(visit: Open) -> None:
    """On a low screen a long answer starts under the header; a growing field and a reload leave it there."""
    visitor = visit(width=320, height=480).open().on("own")
    visitor.page.locator("#sos").click()
    visitor.shows("115")
    starts_under_the_header(visitor)
    visitor.page.reload()
    visitor.shows("115")
    visitor.field.fill("một\nhai\nba")
    visitor.page.wait_for_timeout(100)
    starts_under_the_header(visitor)


def test_the_end_stays_in_sight_when_the_field_grows(visit: Open) -> None:
    """Whoever reads the end goes on seeing it while the field grows; it grows to four lines and no further."""
    visitor = visit().open().on("own")
    visitor.first_lesson()
    heights = []
    for lines in (1, 2, 4, 9):
        visitor.field.fill("\n".join(["dòng"] * lines))
        box = visitor.field.bounding_box()
        assert box
        heights.append(box["height"])
    assert heights[0] < heights[1] < heights[2] == heights[3]
    expect(visitor.last.get_by_role("button").last).to_be_in_viewport(ratio=1)


def test_enter_sends_and_shift_enter_breaks_a_line(visit: Open) -> None:
    """Enter sends, Shift+Enter doesn't, nor does the Enter that ends a word in an input method; blanks send nothing."""
    visitor = visit().open().on("own")
    said = visitor.page.locator(".mine")
    before = said.count()
    visitor.field.fill("   ")
    visitor.field.press("Enter")
    visitor.field.fill("một")
    visitor.field.press("Shift+Enter")
    visitor.field.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, cancelable: true}))"
    )
    expect(visitor.field).to_have_value("một\n")
    assert said.count() == before
    visitor.field.press_sequentially("hai")
    visitor.field.press("Enter")
    expect(said.last.locator(".said")).to_have_text(f"{page_words('You:')} một\nhai")
    expect(visitor.field).to_have_value("")


def test_the_field_says_when_little_room_is_left(visit: Open) -> None:
    """Near the limit the page counts, at the limit it says what to do."""
    visitor = visit().open().on("own")
    count = visitor.page.locator("#count")
    visitor.field.fill("a" * 3700)
    expect(count).to_be_hidden()
    visitor.field.fill("a" * 3900)
    expect(count).to_have_text(page_words("{count} characters left", count=100))
    visitor.field.fill("a" * 4000)
    expect(count).to_have_text(page_words("That's the longest one message can be. Send this part first."))


def test_a_message_that_is_too_long_comes_back(visit: Open) -> None:
    """A refused message is marked, the reason is said, and its text stands in the field again."""
    visitor = visit().open().on("own")
    visitor.watch.requests_may_fail = True
    visitor.field.evaluate("e => e.removeAttribute('maxlength')")
    visitor.say("a" * 4001)
    visitor.shows(bot_words("That is too long. Please send it in smaller parts, 4,000 letters at most."))
    expect(visitor.page.locator(".mine").last).to_contain_text(page_words("Not sent"))
    expect(visitor.field).to_have_value("a" * 4001)


def refuse_once(page: Page, status: int, headers: dict[str, str], body: dict[str, object]) -> None:
    """Answer the next message as the server does when it can't take it; the ones after reach the server."""
    page.route("**/messages", lambda route: route.fulfill(status=status, headers=headers, json=body), times=1)


def test_a_server_that_asks_to_wait_is_waited_for(visit: Open) -> None:
    """Too many messages at once: the page says so, waits as long as it was asked, and the message goes through."""
    visitor = visit().open().on("own")
    visitor.watch.requests_may_fail = True
    refuse_once(visitor.page, 429, {"Retry-After": "2"}, {"error": "too_fast", "message": ""})
    visitor.answer(bot_words("Skip"))
    waiting = visitor.page.locator(".mine.waiting")
    expect(waiting).to_have_count(1)
    expect(visitor.page.locator("#notice")).not_to_be_empty()
    visitor.page.wait_for_timeout(1500)
    expect(waiting).to_have_count(1)
    visitor.shows(bot_words("Learn"))
    expect(waiting).to_have_count(0)
    expect(visitor.page.locator("#notice")).to_be_empty()


def test_a_server_in_trouble_still_shows_first_aid(visit: Open) -> None:
    """When storage is down the numbers it can still say are shown, and the message is sent again by itself."""
    visitor = visit().open().on("own")
    visitor.watch.requests_may_fail = True
    aid = {"text": "", "body": "", "urgent": True, "calls": [{"label": "Gọi 115", "number": "115"}]}
    refuse_once(visitor.page, 503, {"Retry-After": "1"}, {"error": "storage", "message": "", "messages": [aid]})
    visitor.answer(bot_words("Skip"))
    expect(visitor.page.locator(".urgent a[href='tel:115']")).to_be_visible()
    visitor.shows(bot_words("Learn"))
    expect(visitor.page.locator(".mine.waiting")).to_have_count(0)


def test_a_question_that_could_not_be_taken_holds_up_none_and_is_not_lost(visit: Open) -> None:
    """What is typed after it is answered at once; it is sent again when its time has come."""
    visitor = visit().open().on("own")
    visitor.watch.requests_may_fail = True
    refuse_once(visitor.page, 503, {"Retry-After": "2"}, {"error": "storage", "message": ""})
    sent = posted(visitor.page)
    visitor.say("pod là gì")
    expect(visitor.page.locator(".mine.waiting")).to_have_count(1)
    visitor.say("bạn em gọi không dậy")
    visitor.shows("115")
    assert sent == ["pod là gì", "bạn em gọi không dậy"]
    expect(visitor.page.locator(".mine.waiting")).to_have_count(0)
    assert sent[2:] == ["pod là gì"]


def test_numbers_are_called_by_a_tap(visit: Open) -> None:
    """Help shows numbers as links that dial, the first one largest; the help lines too."""
    visitor = visit().open().on("own")
    visitor.page.locator("#sos").click()
    visitor.shows("115")
    assert visitor.last.locator("a.call.first").get_attribute("href") == "tel:115"
    visitor.answer(bot_words("Help lines"))
    expect(visitor.last.locator("a.call[href='tel:0769040404']")).to_be_visible()


def test_a_document_is_made_in_the_page(visit: Open) -> None:
    """My data comes as a file, without a request of its own."""
    visitor = visit().open().on("own")
    visitor.answer(bot_words("16 to 17"))
    visitor.shows(bot_words("Which of these are you?"))
    visitor.answer(bot_words("Skip"))
    visitor.answer(bot_words("My data"))
    visitor.answer(bot_words("Take it along"))
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=page_words("Download")).click()
    assert download.value.suggested_filename == "la-chan.json"
    assert json.loads(Path(download.value.path()).read_text())["age"] == "16-17"


async def _arrive(folder: Path, token: str, text: str) -> None:
    now = clock()
    address = Tokens(open_secret(folder)).address(token, now.date())
    assert address
    body = msgspec.json.encode(Say(text)).decode()
    database = await open_database(f"sqlite:///{folder}/lachan.db", serving=False)
    await database.run(outbox.add, "web", address, None, body, now.replace(tzinfo=None))
    await database.close()


def arrive(server: Server, visitor: Visitor, text: str) -> None:
    """Let a message come by itself, as a broadcast does."""
    token = visitor.page.evaluate("localStorage.getItem('lachan.session')")
    with ThreadPoolExecutor(1) as pool:  # Playwright's own loop runs in this thread
        pool.submit(asyncio.run, _arrive(server.data, token, text)).result()


def test_a_message_arrives_by_itself(visit: Open, server: Server) -> None:
    """It shows without a tap; who reads further up isn't moved, but told; and it comes once, reload or not."""
    visitor = visit(height=500).open().on("own")
    arrive(server, visitor, "Tuần này có bài mới.")
    visitor.shows("Tuần này có bài mới.")
    visitor.first_lesson()
    visitor.page.evaluate("window.scrollTo(0, 0)")
    news = visitor.page.get_by_role("button", name=page_words("New message"))
    expect(news).to_be_hidden()
    arrive(server, visitor, "Tin thứ hai.")
    expect(news).to_be_visible()
    assert visitor.page.evaluate("scrollY") == 0
    news.click()
    expect(visitor.last).to_be_in_viewport()
    visitor.page.reload()
    visitor.step(1)
    visitor.page.wait_for_timeout(500)
    expect(visitor.page.get_by_text("Tin thứ hai.")).to_have_count(0)
