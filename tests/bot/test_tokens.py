"""Session tokens: ours are known, nobody else's, and not for ever."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.tokens import LIFETIME, Tokens
from storage.secret import Secret

TODAY = date(2026, 11, 24)
TOKENS = Tokens(Secret(b"k" * 32))


def test_a_token_gives_the_same_address_until_it_ends() -> None:
    """The address is stable, isn't the token, and ends with it."""
    token = TOKENS.new(TODAY)
    address = TOKENS.address(token, TODAY)
    assert address is not None
    assert address not in token
    assert TOKENS.address(token, TODAY + LIFETIME) == address
    assert TOKENS.address(token, TODAY + LIFETIME + timedelta(days=1)) is None


def test_another_servers_token_is_unknown() -> None:
    """What another key signed opens nothing here."""
    assert Tokens(Secret(b"x" * 32)).address(TOKENS.new(TODAY), TODAY) is None


@given(place=st.integers(0, 42), letter=st.characters(codec="utf-8"))
def test_a_changed_letter_makes_it_unknown(place: int, letter: str) -> None:
    """No second spelling leads to a session."""
    token = TOKENS.new(TODAY)
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or TOKENS.address(changed, TODAY) is None


@given(st.text())
def test_whatever_comes_is_answered(raw: str) -> None:
    """Nothing that can stand in an address breaks it."""
    assert TOKENS.address(raw, TODAY) is None
