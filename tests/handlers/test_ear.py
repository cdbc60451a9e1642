"""The first, small ear: what it must hear, and what only sounds alike."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import labels
from handlers.ask import rules
from handlers.routes import ROUTES
from storage.library import load
from storage.library.lexicon import fold, words
from storage.wording import CONTENT, LANGUAGE

LIBRARY = load(CONTENT / LANGUAGE, date(2026, 11, 24))


def heard(text: str) -> str:
    """What a text is taken for."""
    situation = rules.situation(text, LIBRARY)
    return situation.id if situation else "danger" if rules.in_danger(text, LIBRARY) else ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("bạn em gọi không dậy", "bat-tinh"),
        ("ban em goi khong day", "bat-tinh"),
        ("no ngung tho roi", "khong-tho"),
        ("bạn em co giật rồi", "co-giat"),
        ("em không muốn sống nữa", "danger"),
        ("e ko muon song nua", "danger"),
        ("em muốn tự tử", "danger"),
        ("muốn chết", "danger"),
        ("bạn em vừa ngất xỉu sau khi hút pod", "bat-tinh"),
        ("ban em vua ngat xiu", "bat-tinh"),
        ("bạn em vừa bị co giật", "co-giat"),
        ("mệt muốn chết, mà em muốn chết thật", "danger"),
        ("có người ép em vận chuyển hàng", "danger"),
        ("co nguoi ep em van chuyen hang", "danger"),
        ("họ bắt mình giao hàng cho họ", "danger"),
        ("cháu nhà tôi bị ép vận chuyển ma túy", "danger"),
    ],
)
def test_danger_is_heard_with_and_without_marks(text: str, what: str) -> None:
    """Whoever types in fear is understood."""
    assert heard(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "đọc từ từ cũng được",
        "gói không đầy",
        "hôm nay trời nóng quá",
        "pod là gì",
        "cười muốn chết",
        "hôm nay học mệt muốn chết",
        "cô bắt em mang sách đi học",
    ],
)
def test_what_only_sounds_alike_is_no_danger(text: str) -> None:
    """Marks that were typed count: a word with other marks is another word."""
    assert heard(text) == ""


def test_it_does_not_matter_over_which_vowel_a_tone_stands() -> None:
    """Two habits of typing the same word, and two forms of Unicode."""
    assert words("hoà thuỷ") == words("hòa thủy") == words("ho\u0300a thu\u0309y")
    assert fold("Đường dây, NÓNG!") == "duong day nong"


@given(st.text(max_size=300))
def test_whatever_is_typed_is_listened_to(text: str) -> None:
    """No text breaks the ear."""
    assert isinstance(heard(text), str)
    rules.cards(text, LIBRARY)


def test_what_is_said_alone_leads_somewhere() -> None:
    """Each action that a whole message may mean is one that a route answers, and the shortest cries are heard."""
    table = labels.of(LIBRARY)
    names = {route.name for route in ROUTES}
    assert all(action.split(":")[0] in names for action in LIBRARY.lexicon.alone)
    assert all(
        action.split(":")[1] in {one.id for one in LIBRARY.first_aid}
        for action in LIBRARY.lexicon.alone
        if ":" in action
    )
    assert [table[fold(text)] for text in ("115", "CỨU", "co giat", "menu")] == ["lines", "help", "aid:co-giat", "menu"]


@pytest.mark.parametrize("text", ["em sợ lắm", "em lỡ hút pod rồi em sợ lắm", "toi muon cai", "em cô đơn"])
def test_fear_gets_a_quiet_word(text: str) -> None:
    """Not a lesson, and not "I don't understand"."""
    assert rules.is_heavy(text, LIBRARY)
