"""When each chat's newest event happened: platforms bring an event again, hours late, and then it is no news."""

from collections import OrderedDict
from datetime import datetime, timedelta

MOST = 20_000  # chats: 4 MB at the very worst, then the one that was noted longest ago goes first
HOLD = timedelta(days=1)  # no platform tries for longer


class Newest:
    """By address, in seconds since 1970 by the platform's clock; 0 where it tells no time."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[str, float] = OrderedDict()

    def note(self, address: str, at: float) -> None:
        """Something happened in a chat."""
        if not at:
            return
        self._known[address] = max(at, self._known.get(address, 0.0))
        self._known.move_to_end(address)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def is_older(self, address: str, at: float) -> bool:
        """Whether something newer is known; what tells no time is news."""
        return 0 < at < self._known.get(address, 0.0)

    def sweep(self, now: datetime) -> None:
        """Forget what is so old that nothing older can come."""
        end = (now - HOLD).timestamp()
        for address in [address for address, at in self._known.items() if at < end]:
            del self._known[address]

    def __len__(self) -> int:
        return len(self._known)
