"""How the fake Telegram reads HTML, before a reader that isn't ours (teremok); and doubtful requests."""

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from teremok.validation import ApiRuleViolation, validate_html

from tests.fakes.telegram import Telegram
from tests.fakes.telegram_chats import Message
from tests.fakes.telegram_markup import understood, units
from tests.fakes.telegram_wire import Refusal

pytestmark = pytest.mark.wide  # the fakes themselves, before foreign clients

FACE = "\U0001f642"  # two UTF-16 units

GOOD = [
    ("<b>a</b> &lt;c&gt;", "a <c>", [("bold", "a")]),
    (f"{FACE}<i>\u1ea1{FACE}</i>", f"{FACE}\u1ea1{FACE}", [("italic", f"\u1ea1{FACE}")]),
    ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
    (" <b> a</b> ", "a", [("bold", "a")]),
    ('<a href="https://e.org/?a=1&amp;b=2">here</a>', "here", [("text_link", "here")]),
    ('<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>', "st", [("spoiler", "s"), ("spoiler", "t")]),
    ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
    ("<pre>x</pre><code>y</code>", "xy", [("pre", "x"), ("code", "y")]),
    ("&#65;&#x42;&quot;", 'AB"', []),
]
BAD = [
    ("a < b", 'Unsupported start tag "" at byte offset 2'),
    ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("\u1ea1<br>", 'Unsupported start tag "br" at byte offset 3'),
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
]


@pytest.mark.parametrize(("html", "plain", "marked"), GOOD)
def test_good_html(html: str, plain: str, marked: list[tuple[str, str]]) -> None:
    """HTML that a foreign reader takes is shown without its tags, and each entity covers what the tags enclosed."""
    validate_html(html)
    text, entities = understood(html, "html")
    message = Message({"message_id": 1, "text": text, "entities": entities}, by_bot=True, turn=1)
    shown = [(one["type"], message.marked(one["type"])) for one in entities]
    assert text == plain
    assert [kind for kind, _ in shown] == [kind for kind, _ in marked]
    assert all(part in parts for (_, part), (_, parts) in zip(marked, shown, strict=True))


@pytest.mark.parametrize(("html", "why"), BAD)
def test_bad_html(html: str, why: str) -> None:
    """HTML that a foreign reader refuses is refused here, in Telegram's words."""
    with pytest.raises(ApiRuleViolation):
        validate_html(html)
    with pytest.raises(Refusal) as refusal:
        understood(html, "html")
    assert refusal.value.description == f"Bad Request: can't parse entities: {why}"


PIECES = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", "<u", "<x>", "&amp;", "&lt;", "&#65;", "a", FACE, "\u1ea1", " "]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_html_as_a_foreign_reader_has_it(html: str) -> None:
    """Both readers agree on any mixture of tags: which is refused, and the entities lie within the text."""
    try:
        validate_html(html)
    except ApiRuleViolation:
        with pytest.raises(Refusal):
            understood(html, "html")
        return
    plain, entities = understood(html, "html")
    assert all(0 <= one["offset"] < one["offset"] + one["length"] <= units(plain) for one in entities)


async def test_what_others_object_to_fails_the_test() -> None:
    """What Telegram takes but aiogram's models or teremok don't is an error when the fake is left."""
    fake = await Telegram().__aenter__()
    fake.person(1).write("Hello")
    body = {"chat_id": 1, "text": "a & b", "parse_mode": "HTML", "colour": "red"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{fake.url}/bot{fake.token}/sendMessage", json=body) as answer,
    ):
        assert answer.status == 200
    with pytest.raises(AssertionError, match=r"unknown parameter colour.*Unexpected character"):
        await fake.__aexit__(None)
