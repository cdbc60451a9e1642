"""How many durable turns a second: group commit against one commit a call. `python tests/bench/commit.py`

Six statements a turn, as a usual one has: look for the message, the person, the state; keep the message, the state
and the day. Under a slow disk: strace -f --seccomp-bpf -qq -o /dev/null -e trace=fdatasync,fsync
-e inject=fdatasync,fsync:delay_enter=10000 .venv/bin/python tests/bench/commit.py
"""

import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from sqlalchemy import bindparam, insert, select, update

from storage import writer
from storage.database import Database, open_database
from storage.inbox import inbox
from storage.people import address, person
from storage.schema import Transaction
from storage.states import state

TODAY = date(2026, 11, 24)
SECONDS = 3.0
CALLERS = (1, 20)

# Built once: building a statement costs three times as much as carrying it out (docs/decisions/0002).
TAKEN = select(inbox.c.answer).where(inbox.c.key == bindparam("key"))
WHO = select(person).join(address).where(address.c.address == bindparam("where"))
STANDS = select(state).where(state.c.person_id == bindparam("who"))
KEEP = insert(inbox)
STAND = update(state).where(state.c.person_id == bindparam("who"))
STAND = STAND.values(place=bindparam("there"), menu=bindparam("buttons"), note=bindparam("noted"))
SEEN = update(person).where(person.c.id == bindparam("who")).values(active_on=bindparam("today"))


def arrive(tx: Transaction, where: str) -> None:
    """Make the person whose turns are counted."""
    tx.execute(insert(person).values(id=where, language="vi", active_on=TODAY))
    tx.execute(insert(address).values(channel="web", address=where, person_id=where, blocked=False))
    tx.execute(insert(state).values(person_id=where, place="menu", menu="[]", note="{}"))


def turn(tx: Transaction, where: str) -> None:
    """Six statements: three look, three keep."""
    key = secrets.token_bytes(16)
    tx.execute(TAKEN, {"key": key}).first()
    who = tx.execute(WHO, {"where": where}).one().id
    note = tx.execute(STANDS, {"who": who}).one().note
    tx.execute(KEEP, {"key": key, "person_id": who, "answer": '["..."]', "day": TODAY})
    tx.execute(STAND, {"who": who, "there": "lesson", "buttons": '["a", "b"]', "noted": note})
    tx.execute(SEEN, {"who": who, "today": TODAY})


async def turns(database: Database, callers: int) -> float:
    """Turns a second with so many callers, each waiting for its turn before the next."""
    done = 0
    end = time.perf_counter() + SECONDS

    async def caller(where: str) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await database.run(turn, where)
            done += 1

    people = [secrets.token_hex(16) for _ in range(callers)]
    for where in people:
        await database.run(arrive, where)
    start = time.perf_counter()
    await asyncio.gather(*map(caller, people))
    return done / (time.perf_counter() - start)


async def measure(at_once: int, callers: int) -> float:
    """The same on a fresh file, with so many calls in one commit."""
    writer.AT_ONCE = at_once
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # here, since /tmp may be memory
        database = await open_database(f"sqlite:///{folder}/lachan.db", serving=True)
        try:
            return await turns(database, callers)
        finally:
            await database.close()


async def main(say: Callable[[str], object], measured: Callable[[int, int], Awaitable[float]] = measure) -> None:
    """Print one line for each number of callers."""
    for callers in CALLERS:
        grouped, single = await measured(64, callers), await measured(1, callers)
        say(f"{callers:2} callers: {grouped:6.0f} turns/s with group commit, {single:6.0f} with one commit a call\n")


if __name__ == "__main__":
    asyncio.run(main(sys.stdout.write))
