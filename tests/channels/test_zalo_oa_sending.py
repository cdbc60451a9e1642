"""Zalo OA: what is said fits into what Zalo takes, and what its refusals mean."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Result
from bot.channels.zalo_oa import encode, errors
from bot.channels.zalo_oa.client import Answer
from handlers.chat import Button, Call, Document, Say
from tests.fakes import zalo_oa_rules as rules

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

BUTTON = st.builds(
    Button,
    st.text(min_size=1, max_size=120).filter(str.strip),
    st.from_regex(r"[a-z]{1,9}(:[a-z0-9-]{1,40})?", fullmatch=True),
)
CALL = st.builds(
    Call, st.text(min_size=1, max_size=120).filter(str.strip), st.from_regex(r"[0-9]{3,11}", fullmatch=True)
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50).map(lambda text: text * 90)
SAYS = st.builds(
    Say,
    WORDS,
    st.lists(BUTTON, max_size=8).map(tuple),
    calls=st.lists(CALL, max_size=7).map(tuple),
    document=st.none() | st.builds(Document, st.just("my-data.json"), WORDS),
)


@given(SAYS)
def test_whatever_is_said_fits_and_nothing_of_it_is_missing(say: Say) -> None:
    """Zalo's limits are kept, as the fake checks them, and each button and number stands somewhere."""
    shown = [rules.message({"message": part.message()}, None) for part in encode.parts(say)]
    bare = [rules.message({"message": plain.message()}, None) for part in encode.parts(say) for plain in part.plain()]
    payloads = [button.payload for _, buttons in shown for button in buttons]
    told = "".join("".join(text.split()) for text, _ in shown)
    assert all(f"#{one.action}" in payloads for one in say.buttons) or _everywhere(say.buttons, told)
    for call in say.calls:
        assert {"phone_code": call.number} in payloads or "".join(call.label.split()) in told
    assert _everywhere((*say.buttons, *say.calls), "".join("".join(text.split()) for text, _ in bare))


def _everywhere(labelled: tuple[Button | Call, ...], told: str) -> bool:
    return all("".join(one.label.replace("**", "").split()) in told for one in labelled)


def buttons_of(say: Say) -> list[tuple[str, Any]]:
    return [(one["title"], one["payload"]) for one in encode.parts(say)[-1].buttons]


def test_numbers_to_call_take_the_room_that_is_left() -> None:
    """Three buttons leave two for calls, which come first; the third number stands in the text."""
    calls = tuple(Call(f"Gọi {number}", number) for number in ("115", "113", "111"))
    say = Say("Gọi ngay", tuple(Button(f"Nút {n}", f"aid:{n}") for n in range(3)), calls=calls)
    assert buttons_of(say) == [
        ("Gọi 115", {"phone_code": "115"}),
        ("Gọi 113", {"phone_code": "113"}),
        *[(f"Nút {n}", f"#aid:{n}") for n in range(3)],
    ]
    assert encode.parts(say)[0].text == "Gọi ngay\n\n☎ Gọi 111"


def test_six_choices_are_a_numbered_list() -> None:
    """What has no room as buttons is answered by typing; calls still get theirs."""
    say = Say("Chọn", tuple(Button(f"Nút {n}", f"aid:{n}") for n in range(6)), calls=(Call("111", "111"),))
    assert encode.parts(say)[0].text.splitlines()[-1] == "6. Nút 5"
    assert buttons_of(say) == [("111", {"phone_code": "111"})]


def test_a_document_is_told_as_text() -> None:
    """An export is whole, in pieces, and the buttons stand under the last."""
    lines = "\n".join(f'"row {n}": {n}' for n in range(400))
    say = Say("Đây là dữ liệu của bạn", (Button("Xong", "menu"),), document=Document("data.json", lines))
    parts = encode.parts(say)
    assert "\n".join(part.text for part in parts[1:]) == f"data.json\n\n{lines}"
    assert [len(part.buttons) for part in parts] == [0] * (len(parts) - 1) + [1]


@pytest.mark.parametrize("code", rules.ERRORS)
def test_each_number_of_zalos_table_has_its_meaning(code: int) -> None:
    """The classes of the documents: a human, later, never this message, never this chat."""
    meaning = {"human": "broken", "quota": "broken", "refresh": "broken", "back off": "later", "night": "later"}
    meaning |= {"content": "refused", "upload again": "later", "recipient": "gone"}
    open_still = {-218, -230, -232, -244}  # the message is dropped, the chat isn't
    expected = "refused" if code in open_still else meaning[rules.ERRORS[code][0]]
    assert errors.outcome(Answer(200, code), NOW).result.value == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(), (Result.LATER, False, 0)),
        (Answer(200, 0), (Result.SENT, True, 0)),
        (Answer(200, -32), (Result.LATER, True, errors.BUSY_FOR)),
        (Answer(200, -32, wait=40), (Result.LATER, True, 40)),
        (Answer(200, -9999), (Result.LATER, True, 0)),
        (Answer(200), (Result.LATER, False, 0)),
        (Answer(302), (Result.LATER, False, 0)),
        (Answer(401), (Result.BROKEN, True, 0)),
        (Answer(413), (Result.REFUSED, True, 0)),
        (Answer(429, wait=7), (Result.LATER, True, 7)),
        (Answer(503), (Result.LATER, False, 0)),
    ],
)
def test_other_answers_have_theirs(answer: Answer, expected: tuple[Result, bool, float]) -> None:
    """No answer, no number, a number we don't know: never lost, and known to be out of reach where it is."""
    found = errors.outcome(answer, NOW)
    assert (found.result, found.reached, found.wait) == expected


@pytest.mark.parametrize(("hour", "wait"), [(23, 7), (0, 6), (5.5, 0.5), (6, 24)])
def test_the_night_ends_at_six_in_viet_nam(hour: float, wait: float) -> None:
    """A message that Zalo won't take at night waits for the morning there."""
    now = datetime(2026, 11, 24, 17, tzinfo=UTC) + timedelta(hours=hour)  # midnight there, and so many hours
    assert errors.outcome(Answer(200, -234), now).wait == wait * 3600
