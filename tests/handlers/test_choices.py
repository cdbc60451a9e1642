"""What a typed choice means: people answer a menu with a number, a letter, a few words, or the label itself."""

import pytest

from handlers.chat import Button
from handlers.choices import chosen

MENU = tuple(Button(label, f"to:{place}") for place, label in enumerate(("Tiếp", "Quay lại", "Bỏ qua"), 1))


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "2.",
        "b",
        "B)",
        "câu b",
        "chọn 2",
        "số 2",
        "chọn số 2",
        "2 nhé",
        "so hai",
        "mục 2",
        "Đáp án B",
        "quay lại",
        "Quay lai!",
    ],
)
def test_many_ways_to_choose_the_second(text: str) -> None:
    """As people type: by number, letter, word or label, with and without marks."""
    assert chosen(text, MENU) == "to:2"


@pytest.mark.parametrize("text", ["9", "h", "số 7", "chọn 4"])
def test_a_choice_that_the_menu_has_not_shows_it_again(text: str) -> None:
    """A mistyped number is no question in somebody's own words."""
    assert chosen(text, MENU) == "resume"


@pytest.mark.parametrize(
    "text", ["", "...", "ba", "hai đứa bạn", "chọn", "2 viên có sao không", "quay", "tiếp theo là gì"]
)
def test_what_only_looks_like_a_choice_is_none(text: str) -> None:
    """A father is called as the number three is; a sentence that holds a number or a label's word is a sentence."""
    assert chosen(text, MENU) is None
