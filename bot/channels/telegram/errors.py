"""What Telegram's refusals mean: try again, never again for this chat, never this message, or call a human."""

from bot.channels.channel import Outcome, Result

UNREACHABLE, GARBLED = 0, 1
"""Codes of our own: no answer, or none that can be read."""

UNCHANGED = "message is not modified"
UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
UNREADABLE = "can't parse entities"

_TABLE: tuple[tuple[int, str, Result], ...] = (
    (400, UNCHANGED, Result.SENT),
    (400, "chat not found", Result.GONE),
    (400, "user not found", Result.GONE),
    (400, "peer_id_invalid", Result.GONE),
    (400, "group chat was upgraded", Result.GONE),
    (400, "", Result.REFUSED),
    (401, "", Result.BROKEN),
    (403, "", Result.GONE),  # blocked, deactivated, never written to us
    (404, "", Result.BROKEN),  # a token that is no token
    (409, "", Result.LATER),  # somebody else asks for our updates
    (413, "", Result.REFUSED),
    (429, "", Result.LATER),
)
"""Status, what the description says, and what follows; the first match counts. What isn't here is tried again."""


def outcome(status: int, description: str, wait: float = 0.0) -> Outcome:
    """What becomes of a message that was refused so."""
    words = description.lower()
    result = next((result for code, said, result in _TABLE if code == status and said in words), Result.LATER)
    reached = 400 <= status < 500
    return Outcome(result, wait=wait, reached=reached, code=str(status))


def uneditable(description: str) -> bool:
    """Whether a message can't be edited any more, so that a new one is sent."""
    return any(said in description.lower() for said in UNEDITABLE)
