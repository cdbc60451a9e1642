"""How fast is too fast: token buckets in memory, the oldest forgotten first."""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

MOST = 50_000  # buckets held: 10 MB


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


def network(host: str) -> str:
    """An address as limits count it: of IPv6 the /64, since one household or server has all of it."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


class Limit:
    """`rate` a second after a burst of `burst`, for each key. Times are seconds of a clock that never goes back."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    @classmethod
    def a_minute(cls, most: int) -> "Limit":
        """Never more than `most` within any minute: half of them at once, the others by and by."""
        burst = (most + 1) // 2
        return cls((most + 1 - burst) / 60, burst)

    def take(self, key: str, now: float) -> float:
        """Take one; 0 when allowed, else the seconds to wait."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._burst, now)
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        else:
            bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
            bucket.at = now
            self._buckets.move_to_end(key)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._rate
        bucket.tokens -= 1
        return 0.0

    def give_back(self, key: str) -> None:
        """The one that was taken didn't count."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket.tokens = min(self._burst, bucket.tokens + 1)
