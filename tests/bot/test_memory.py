"""What rests in memory: for half an hour, within bounds, and nobody can push out the others'."""

from datetime import timedelta

from bot.memory import HOLD, OF_ONE, Memory
from handlers.chat import Incoming, Kind, Say
from tests.talks.conftest import NOON

SAYS = (Say("so"),)


def sent(who: str, id_: str) -> Incoming:
    """One message."""
    return Incoming("web", who, id_, Kind.TEXT)


def test_one_chat_cannot_push_out_anothers_answers() -> None:
    """A flood of one session keeps its own last answers; everybody else's stay."""
    memory = Memory(most=OF_ONE * 2)
    memory.keep_private(sent("an", "1"), SAYS, "help", NOON)
    for number in range(OF_ONE * 3):
        memory.keep_private(sent("flood", str(number)), SAYS, "help", NOON)
    assert memory.answer(sent("an", "1"), NOON) is not None
    assert memory.answer(sent("flood", "0"), NOON) is None
    assert memory.answer(sent("flood", str(OF_ONE * 3 - 1)), NOON) is not None


def test_what_is_held_in_all_is_bounded() -> None:
    """Many chats: the oldest go first, and nothing of them is left over."""
    memory = Memory(most=10)
    for number in range(50):
        memory.keep_private(sent(str(number), "1"), SAYS, "help", NOON)
    assert memory.answer(sent("0", "1"), NOON) is None
    assert memory.answer(sent("49", "1"), NOON) is not None
    assert all(len(held) <= 10 for held in (memory._answers, memory._screens, memory._ids))


def test_half_an_hour_later_nothing_is_left() -> None:
    """Neither after the time, nor after forgetting."""
    memory = Memory()
    memory.keep_private(sent("an", "1"), SAYS, "help", NOON)
    memory.keep_private(sent("binh", "1"), SAYS, "help", NOON + timedelta(minutes=1))
    memory.forget("web", "binh")
    memory.sweep(NOON + HOLD)
    assert not memory._answers
    assert not memory._screens
    assert not memory._ids
