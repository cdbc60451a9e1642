"""What every message has alike: where it is from, and which numbers a channel of mere text must still list."""

import pytest

from handlers.chat import Call, Say, plain, source_line, untold

POLICE, DRUGS = Call("Gọi 113", "113"), Call("Gọi C04", "0769040404")


def test_a_source_is_told_as_one() -> None:
    """Nobody takes it for a sentence of the lesson; where nothing is cited nothing is said."""
    assert plain(Say("**Dừng** lại.", title="Bốn bước", source="Luật A")) == "Bốn bước\n\nDừng lại.\n\nNguồn: Luật A"
    assert source_line(Say("x")) == ""
    assert plain(Say("x")) == "x"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("**113** · Công an\nKhi bị đánh.\n\n**0769.04.04.04** · C04", ()),
        ("0769 04 04 04 là số của C04", (POLICE,)),
        ("Nguy hiểm thì gọi 113.", (POLICE, DRUGS)),
        ("1. Gọi 113 ngay.", (POLICE, DRUGS)),
        ("1134 là số khác\n13 cũng vậy", (POLICE, DRUGS)),
        ("", (POLICE, DRUGS)),
    ],
)
def test_a_number_with_a_line_of_its_own_is_not_listed_again(text: str, left: tuple[Call, ...]) -> None:
    """A line that begins with the number tells whose it is; a number within a sentence still needs its line."""
    assert untold(Say(text, calls=(POLICE, DRUGS))) == left
