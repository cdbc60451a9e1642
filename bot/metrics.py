"""What is counted: how many and how quick, never who or what. Served on a loopback port if a setting asks."""

from collections import defaultdict
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from bot.reach import State

disable_created_metrics()  # type: ignore[no-untyped-call] # untyped there; they would tell the second at which somebody first asked for help

_BADNESS = (State.UNTRIED, State.REACHED, State.UNREACHABLE, State.REFUSED)


class Metrics:
    """One registry an app, so that tests don't share it. Each metric stands in docs/running.md."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._ways: defaultdict[str, dict[str, State]] = defaultdict(dict)
        self.turns = Counter("lachan_turns", "Messages answered.", ["channel", "kind"], registry=self.registry)
        self.failures = Counter("lachan_failures", "Messages whose handling broke.", ["kind"], registry=self.registry)
        self.refused = Counter("lachan_refused", "Requests refused, by reason.", ["reason"], registry=self.registry)
        self.delivered = Counter(
            "lachan_delivered", "Messages sent, by what became of them.", ["channel", "result"], registry=self.registry
        )
        self.ignored = Counter(
            "lachan_ignored", "Events that need no answer, by reason.", ["channel", "why"], registry=self.registry
        )
        self.reached = Gauge(
            "lachan_reached", "1 while the platform takes and gives messages.", ["channel"], registry=self.registry
        )
        self.swept = Counter("lachan_swept", "Rows removed by retention.", ["line"], registry=self.registry)
        self.listening = Gauge("lachan_listening", "Open streams of the web chat.", registry=self.registry)
        self.seconds = Histogram("lachan_turn_seconds", "Time of a web chat's turn.", registry=self.registry)

    def reach(self, channel: str, way: str, state: State) -> tuple[State, State]:
        """How a platform stands by one of the ways to it; how it stood by all of them before, and how it does now."""
        ways = self._ways[channel]
        before = _worst(ways.values())
        ways[way] = state
        now = _worst(ways.values())
        self.reached.labels(channel).set(now is State.REACHED)
        return before, now


def _worst(states: Iterable[State]) -> State:
    """As a whole it stands as badly as by its worst way; what wasn't tried tells nothing."""
    return max(states, key=_BADNESS.index, default=State.UNTRIED)
