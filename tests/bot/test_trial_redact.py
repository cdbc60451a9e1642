"""What a trial keeps of a payload: its structure, and nobody in it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.trial.redact import Redactor

PAYLOAD: dict[str, Any] = {
    "event_name": "user_send_text",
    "app_id": "4318627349123456789",
    "timestamp": "1795500000123",
    "sender": {"id": 77001234, "display_name": "Lan", "is_bot": False},
    "recipient": {"id": "77001234"},
    "message": {
        "text": "em sợ lắm",
        "status": "gọi 0900 000 000 nhé",
        "attachments": [{"type": "image", "payload": {"url": "https://a.vn/lan.jpg", "size": "2048"}}],
        "coordinates": {"latitude": 10.4938},
        "chat": -1001900000001,
        "empty": None,
    },
    "0900000000": "#trial:1",
}


def test_a_payload_keeps_its_structure_and_nothing_of_a_person() -> None:
    """What belongs together still does; a sentence where a platform's word should stand is no platform's word."""
    assert Redactor(("#trial:1",)).clean(PAYLOAD) == {
        "event_name": "user_send_text",
        "app_id": "1001",
        "timestamp": "1790000000000",
        "sender": {"id": 1002, "display_name": "text-3", "is_bot": False},
        "recipient": {"id": "1002"},
        "message": {
            "text": "text-4",
            "status": "text-5",
            "attachments": [{"type": "image", "payload": {"url": "https://example.vn/url-6", "size": "2048"}}],
            "coordinates": {"latitude": 0.5},
            "chat": -1007,
            "empty": None,
        },
        "key-8": "#trial:1",
    }


def test_the_same_value_gets_the_same_placeholder_all_along() -> None:
    """Over the payloads of one trial, so that a person stays one person."""
    one = Redactor()
    assert one.clean({"id": "a"}) == one.clean({"id": "a"}) != one.clean({"id": "b"})


LEAVES = st.none() | st.booleans() | st.integers(min_value=10**9) | st.text(min_size=9) | st.floats(allow_nan=False)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def leaves(value: Any) -> list[Any]:
    match value:
        case dict():
            return [leaf for one in value.values() for leaf in leaves(one)]
        case list():
            return [leaf for one in value for leaf in leaves(one)]
    return [value]


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["id", "text", "name", "date", "user_id"]), TREES))
def test_nothing_that_was_sent_survives(payload: dict[str, Any]) -> None:
    """Whatever the payload: as many leaves of the same types, and no text or number of it."""
    cleaned = Redactor().clean(payload)
    before, after = leaves(payload), leaves(cleaned)
    assert [type(one) for one in after] == [type(one) for one in before]
    kept = [one for one in before if type(one) in (str, int) and one in after]
    assert [one for one in kept if one not in (1_790_000_000, "1790000000", "")] == []
