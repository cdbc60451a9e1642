"""The time that a fake platform has."""

import time


class Clock:
    """The platform's time in seconds since 1970; it runs, and can be moved or stopped."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: float | None = None

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self._stopped if self._stopped is not None else time.time() + self._ahead

    @property
    def ms(self) -> int:
        """Milliseconds since 1970, as both platforms write dates."""
        return int(self.now * 1000)

    def forward(self, seconds: float) -> None:
        """Move on by so much."""
        if self._stopped is not None:
            self._stopped += seconds
        self._ahead += seconds

    def stop(self, at: float) -> None:
        """Stand still at `at`, seconds since 1970."""
        self._stopped = at
