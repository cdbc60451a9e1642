"""The shared table of faults, as Zalo's two platforms show them."""

from tests.fakes.faults import FAULTS, Fault, Where

_TOO_MANY = '{"ok": false, "error_code": 429, "description": "Quota exceeded"}'  # never a word on how long to wait

ZALO_FAULTS: dict[str, Fault] = FAULTS | {"too-many": FAULTS["too-many"].but(body=_TOO_MANY, wait=0)}

ON_REQUESTS = tuple(name for name, fault in ZALO_FAULTS.items() if fault.where is not Where.UPDATES)
