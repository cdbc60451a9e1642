"""Where a number to call stands: directly under the words that name it, for the eye and for the keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import Open, Visitor, bot_words

UNDER = """links => links.map(link => {
    const row = link.closest('.calls');
    const text = row.parentElement.matches('li') ? row.parentElement.firstChild : row.previousElementSibling;
    return [link.href.replace('tel:', ''), text.textContent];
})"""


def standing(message: Locator) -> list[tuple[str, str]]:
    """Each number to call, with the words that it stands under."""
    return [(number, words) for number, words in message.locator("a.call").evaluate_all(UNDER)]


def tabbed(page: Page, most: int = 30) -> list[str]:
    """The numbers that the keyboard meets on its way from here to the buttons."""
    met: list[str] = []
    for _press in range(most):
        page.keyboard.press("Tab")
        href = page.evaluate("document.activeElement.href ?? ''")
        if not href.startswith("tel:"):
            return met
        met.append(href.removeprefix("tel:"))
    raise AssertionError("Tab never left the numbers")


def at_help(visit: Open) -> Visitor:
    """Somebody who tapped "urgent help"."""
    visitor = visit().open().on("own")
    visitor.page.locator("#sos").click()
    visitor.shows("115")
    return visitor


def test_each_help_line_has_its_button_under_it(visit: Open) -> None:
    """Every line is a paragraph and its button; the number is one link, not two, and Tab meets them in this order."""
    visitor = at_help(visit)
    visitor.answer(bot_words("Help lines"))
    visitor.shows("0769.04.04.04")
    under = standing(visitor.last)
    assert len(under) > 3
    assert all(words.replace(".", "").startswith(number) for number, words in under)
    expect(visitor.last.locator("a")).to_have_count(len(under))
    assert tabbed(visitor.page) == [number for number, _words in under]


def test_help_now_is_called_where_it_is_said(visit: Open) -> None:
    """115 stands under the sentence that names it, largest; the others, which no sentence names, after the text."""
    visitor = at_help(visit)
    (first, words), *others = standing(visitor.last)
    assert first == "115"
    assert "115" in words
    expect(visitor.last.locator("a.call").first).to_have_class("button call first")
    assert [number for number, _words in others] == ["113", "111"]
    assert {words for _number, words in others} == {bot_words("Nothing you do here is kept.")}
    assert tabbed(visitor.page) == ["115", "113", "111"]


@pytest.mark.parametrize(("cry", "numbers"), [("bạn em gọi không dậy", ["115"]), ("bạn em hoảng loạn", ["115", "113"])])
def test_first_aid_is_called_in_its_step(visit: Open, cry: str, numbers: list[str]) -> None:
    """The button is part of the first step, which says whom to call, and not of a later one that only mentions them."""
    visitor = visit().open().on("own")
    visitor.say(cry)
    visitor.answered()
    aid = visitor.page.locator(".urgent").last
    assert [number for number, _words in standing(aid)] == numbers
    expect(aid.locator("ol > li:first-child a.call")).to_have_count(len(numbers))
    expect(aid.locator("a.call")).to_have_count(len(numbers))


def test_a_number_is_found_as_a_whole_and_at_its_own_line(visit: Open) -> None:
    """A line's own paragraph goes before one that mentions it; part of a longer number is no mention."""
    visitor = visit().open().on("own")
    lines = ["**115** · A\ncall 113 too", "**113** · B", "Zalo 111.\n096 306 1414", "1147 or 0114 or 114.5"]
    calls = [{"label": number, "number": number} for number in ("113", "111", "0963061414", "114")]
    message = {"text": "", "title": "T", "body": "\n\n".join(lines), "calls": calls, "buttons": []}
    answer = {"messages": [message], "private": True}
    visitor.page.route("**/messages", lambda route: route.fulfill(status=200, json=answer), times=1)
    visitor.answer(bot_words("Skip"))
    visitor.shows("Zalo 111.")
    found = [(number, words[:4]) for number, words in standing(visitor.last)]
    assert found == [("113", "113 "), ("111", "Zalo"), ("0963061414", "Zalo"), ("114", "1147")]
    expect(visitor.last.locator(".bot > .calls").last).to_have_text("114")
    expect(visitor.last.locator("strong a[href='tel:115']")).to_be_visible()
