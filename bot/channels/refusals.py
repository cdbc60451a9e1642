"""What the web chat refuses, one line a reason: status and a clear sentence. Nothing of a request is ever repeated."""

import math
from collections.abc import Callable, Mapping

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec

from bot import failures
from bot.app import App
from bot.channels.shown import Shown, shown
from bot.metrics import Metrics
from storage.wording import catalogue

_ = catalogue("bot")

REASONS: Mapping[str, tuple[int, Callable[[], str]]] = {
    "wrong_body": (400, lambda: _("This message couldn't be read. Please send it again.")),
    "not_here": (404, lambda: _("There is no such page here.")),
    "not_theirs": (401, lambda: _("This doesn't come from the platform it names.")),
    "unknown_session": (404, lambda: _("This conversation is over. Please begin a new one.")),
    "not_so": (405, lambda: _("That can't be done here.")),
    "erased": (410, lambda: _("All about this conversation is erased. You can begin a new one.")),
    "too_large": (413, lambda: _("That is too long. Please send it in smaller parts, 4,000 letters at most.")),
    "text_or_action": (422, lambda: _("A message is either typed or tapped. Please send it again.")),
    "too_fast": (429, lambda: _("That was a little fast. Please wait a moment and try again.")),
    "storage": (503, lambda: _("The server has trouble right now. Please try again in a minute. Urgent: call.")),
    "broken": (503, lambda: _("Something broke on our side. It is noted, you did nothing wrong.")),
}
_BY_STATUS = {404: "not_here", 405: "not_so", 413: "too_large", 422: "wrong_body"}


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A code for the page, a sentence for the person, and `messages` where something can be shown all the same."""

    error: str
    message: str
    messages: tuple[Shown, ...] = ()


class Refused(HTTPException):
    """A refusal by one of the reasons."""

    def __init__(self, reason: str, retry_after: int | None = None) -> None:
        status, _words = REASONS[reason]
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
        super().__init__(detail=reason, status_code=status, headers=headers)
        self.reason = reason


def refused(reason: str, metrics: Metrics, wait: float = 0) -> Refused:
    """The refusal to raise, counted."""
    metrics.refused.labels(reason).inc()
    after = math.ceil(wait) if wait else (5 if reason == "storage" else None)
    return Refused(reason, after)


def answer(request: Request, error: Exception) -> Response[bytes]:  # type: ignore[type-arg] # Litestar's own signature
    """Every error as JSON with a sentence; what isn't a refusal is noted without its words."""
    app: App = request.app.state.web.app
    reason = _reason(error)
    if reason == "broken":
        failures.log(app.log, "request failed", error)
    status, words = REASONS[reason]
    beside = (shown(failures.unavailable(app.library)),) if reason in ("storage", "broken") else ()
    body = msgspec.json.encode(Refusal(reason, words(), beside))
    headers = dict(getattr(error, "headers", None) or {})
    return Response(body, status_code=status, headers=headers, media_type=MediaType.JSON)


def documented(*reasons: str) -> dict[int, ResponseSpec]:
    """These refusals for the interface's description."""
    return {
        REASONS[reason][0]: ResponseSpec(Refusal, generate_examples=False, description=reason.replace("_", " "))
        for reason in reasons
    }


def _reason(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.reason
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _BY_STATUS.get(error.status_code, "wrong_body")
    return "broken"
