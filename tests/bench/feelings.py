"""What people feel: how long they wait for an answer while many others talk, on all cores."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench import started
from tests.bench.cores import ALL, on
from tests.bench.crowd import Crowd, Heard, listening
from tests.bench.figures import Row, progress
from tests.bench.plan import Plan

A_SECOND, VISITORS = 500, 5_000
FILES = 12_000  # open at once: each listening page is a connection, and streams are half of what a server may open
WORST = 300  # milliseconds within which 99 of 100 are to be answered
LISTEN = "the same while all those pages listen for what arrives by itself"
SLOW = "the same, each fsync takes 10 ms longer"


async def feel(plan: Plan) -> list[Row]:
    """Usual disk, open pages that listen, and a disk that takes 10 ms for each fsync."""
    rows = await _talk(plan, f"{A_SECOND} messages/s from {VISITORS:,} sessions for {plan.talk:.0f} s")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY or hard >= FILES:
        rows += await _talk(plan, LISTEN, listen=True)
    else:
        rows.append(Row(LISTEN, "not measured: too few files may be open here"))
    if started.can_slow_the_disk():
        rows += await _talk(plan, SLOW, slow_disk=True)
    else:
        rows.append(Row(SLOW, "not measured: there is no C compiler here"))
    return rows


async def _talk(plan: Plan, what: str, *, listen: bool = False, slow_disk: bool = False) -> list[Row]:
    progress(f"a crowd: {what}")
    with on(ALL), started.lachan(ALL, slow_disk=slow_disk) as server, _many_files():
        crowd = Crowd(server, plan.library, seed=1)
        sessions = await crowd.gather(VISITORS)
        close = await listening(server, sessions if listen else [])
        try:
            heard = await crowd.talk(A_SECOND, plan.talk)
        finally:
            close()
        return [_waits(what, heard), Row("memory after that", f"{server.memory():.0f} MB")]


@contextmanager
def _many_files() -> Iterator[None]:
    """Let the crowd open more, once the server has started: that has to see to itself."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = FILES if before[1] == resource.RLIM_INFINITY else min(FILES, before[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], soft), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def _waits(what: str, heard: Heard) -> Row:
    shares = ", ".join(f"p{share * 100:.0f} {heard.wait(share):.1f}" for share in (0.5, 0.95, 0.99))
    told = f"{shares} ms; {len(heard.waits):,} answered, {heard.failed} not"
    return Row(what, told, f"p99 < {WORST} ms", heard.wait(0.99) < WORST and not heard.failed)
