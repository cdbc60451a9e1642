"""The shapes of a trial: a step of the table, the claims it tries, and what was seen while it was taken."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, final

from bot.channels.channel import Decoded, Ignored, Membership, Operator, Outcome
from handlers.chat import Incoming

Screen = Callable[[str], None]
"""Shows a line to whoever sits at the keyboard."""
CODE = "lachan-"
"""What the first message begins with: it tells the person with the phone from everybody else."""


@final
@dataclass(frozen=True, slots=True)
class Heard:
    """A payload as it came, and what we make of it. `signed`: whether it showed what it should; None: nothing must."""

    payload: Any
    decoded: Decoded
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A call of ours and its end. `body`: what came back, as JSON; `said`: the platform's words of a refusal."""

    call: str
    outcome: Outcome
    body: Any = None
    said: str = ""


Answers = tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a step brought. `yes`: what the person answered here; None: nothing."""

    heard: Heard | None = None
    answers: Answers = ()
    yes: bool | None = None

    @property
    def meaning(self) -> dict[str, Any]:
        """What we made of the payload."""
        return meaning(self.heard.decoded) if self.heard else {}


def _instead(seen: Seen) -> str:
    """What there was in place of what was claimed, in codes only."""
    codes = [one.outcome.code for one in seen.answers if one.outcome.code]
    told = [f"{name}={value}" for name, value in seen.meaning.items() if isinstance(value, str)]
    return ", ".join(codes or told)


@dataclass(frozen=True, slots=True)
class Claim:
    """An assumption: `name` for the file, `says` for the screen; `holds`: None where nothing can be told yet."""

    name: str
    says: Callable[[], str]
    holds: Callable[[Seen], bool | None]
    instead: Callable[[Seen], str] = _instead


def anything(heard: Heard) -> bool:
    """What a person does; not the echo of what we do, nor that it was seen."""
    return not (isinstance(heard.decoded, Ignored) and heard.decoded.why in ("echo", "seen", "bot"))


@dataclass(frozen=True, slots=True)
class Step:
    """A step. `does`: our calls, before the person is told what to do; `hears`: what ends the waiting, None: nothing is
    waited for; `after`: our calls to what came; `asks`: whether the person answers yes or no at the keyboard."""

    label: str
    tell: Callable[[], str]
    claims: tuple[Claim, ...]
    does: Callable[[], Awaitable[Answers]] | None = None
    hears: Callable[[Heard], bool] | None = anything
    after: Callable[[Heard], Awaitable[Answers]] | None = None
    asks: bool = False


class Line(Protocol):
    """A platform as a trial talks with it. `chat`: where the person with the phone is, once known; `ours`: words that
    we send ourselves, which may be kept."""

    kind: str
    ours: tuple[str, ...]
    chat: str

    async def begin(self, say: Screen) -> str:
        """See that it works, and listen; the account's name. Says what is changed for it. Raises Stuck."""
        ...

    def advice(self) -> str:
        """How the trial disturbs nobody: what comes meanwhile gets no answer."""
        ...

    def hear(self) -> AsyncIterator[Heard | Outcome]:
        """What comes, without end; an outcome where asking failed."""
        ...

    def sender(self, payload: Any) -> str:
        """Whose doing it is; empty where nobody's."""
        ...

    def steps(self, code: str) -> tuple[Step, ...]:
        """The table; the first step is the one in which the person sends the code."""
        ...

    async def close(self) -> None:
        """Listen no more."""
        ...


def meaning(decoded: Decoded) -> dict[str, Any]:
    """A neutral message as the file tells it: its kind, and nothing of a person's."""
    match decoded:
        case Incoming():
            told: dict[str, Any] = {"kind": decoded.kind.value, "action": decoded.action, "thing": decoded.thing.value}
            return {name: value for name, value in told.items() if value} | {"words": bool(decoded.text)}
        case Membership():
            return {"presence": decoded.presence.value}
        case Operator():
            return {"operator": True}
        case Ignored():
            return {"ignored": decoded.why}


def part(payload: Any, *path: str) -> Any:
    """What stands in a payload at this path; None where nothing does."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload
