"""Long texts are cut where a reader pauses, and never inside a letter, what is bold, an address or a number."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.texts import BOLD, Measure, shortened, split, unmarked, utf16

WORDS = st.sampled_from(
    ("không", "Bạn", "ơi.", "Gọi", "115", "ngay!", "**đậm chữ**", "096 306 1414", "https://vi.example/a?b=c", "👨‍👩‍👧",
     "e\u0302\u0301", "\n\n", "\n", "- một", "…", "👍🏽")
)  # fmt: skip
PROSE = st.lists(WORDS, max_size=120).map(" ".join)
MEASURES = st.sampled_from((len, utf16, lambda text: utf16(unmarked(text))))
BLANKS = re.compile(r"\s+")


@given(text=PROSE | st.text(max_size=400), most=st.integers(40, 200), measure=MEASURES)
@example(text="a" * 100, most=40, measure=len)
def test_every_piece_fits_and_nothing_but_blanks_is_lost(text: str, most: int, measure: Measure) -> None:
    """Whatever the text, in whichever unit the platform counts."""
    pieces = split(text, most, measure)
    assert all(0 < measure(piece) <= most or not unmarked(piece) for piece in pieces)
    assert BLANKS.sub("", "".join(pieces)) == BLANKS.sub("", text)


@pytest.mark.parametrize("before", range(45))
@pytest.mark.parametrize(
    "whole", ["**đậm cả mấy chữ này**", "096 306 1414", "https://vi.example/a?b=c", "👨‍👩‍👧", "ê\u0301\u0323"]
)
def test_no_cut_goes_through_what_belongs_together(whole: str, before: int) -> None:
    """Wherever the limit falls: bold stays bold in one piece, what can be tapped stays whole, marks stay with their
    letter."""
    after = " " if whole.startswith("http") else ""  # an address goes on to the next blank
    for text in ("a" * before + whole + after + "b" * 60, "a " * (before // 2) + whole + " b" * 40):
        pieces = split(text, 40)
        assert any(whole in piece for piece in pieces), pieces


def test_paragraphs_are_preferred_to_sentences_and_sentences_to_words() -> None:
    """The last pause that leaves a decent piece is taken, the biggest kind of pause first."""
    text = "Một câu. Hai câu.\n\nBa câu ở đây. Bốn câu ở đây nữa."
    assert split(text, 40) == ("Một câu. Hai câu.", "Ba câu ở đây. Bốn câu ở đây nữa.")
    assert split(text.replace("\n\n", " "), 35) == ("Một câu. Hai câu. Ba câu ở đây.", "Bốn câu ở đây nữa.")
    assert split("không có dấu chấm nào trong câu này", 20) == ("không có dấu chấm", "nào trong câu này")


@pytest.mark.parametrize(("text", "units"), [("ế", 1), ("👍🏽", 4), ("a\u0301", 2), ("", 0), ("\ud800", 1)])
def test_units_are_those_of_utf16(text: str, units: int) -> None:
    """As Telegram counts."""
    assert utf16(text) == units


@given(text=st.text(max_size=300), most=st.integers(1, 100))
def test_what_is_shortened_fits(text: str, most: int) -> None:
    """With an ellipsis where something is missing."""
    short = shortened(text, most, utf16)
    assert utf16(short) <= most or not text
    assert short == text or short.endswith("…")


@given(st.text("*a ", max_size=40))
def test_a_bold_place_leaves_of_asterisks_what_unmarked_leaves(text: str) -> None:
    """So that a text is as long as it was counted, whatever somebody made of asterisks."""
    assert unmarked(BOLD.sub(r"\1", text)) == unmarked(text)
