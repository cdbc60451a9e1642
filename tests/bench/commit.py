"""How many durable turns a second: group commit against one commit a call. `python -m tests.bench.commit`

Six statements a turn, as a usual one has: look for the message, the person, the state; keep the message, the state
and the day. On a slow disk: cc -shared -fPIC -o /tmp/slow_disk.so tests/bench/slow_disk.c, then the same with
LD_PRELOAD=/tmp/slow_disk.so before it.
"""

import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from statistics import median

from sqlalchemy import bindparam, insert, select, update

from storage import writer
from storage.database import Database, open_database
from storage.inbox import inbox
from storage.people import address, person
from storage.schema import Transaction
from storage.states import state

TODAY = date(2026, 11, 24)
SECONDS = 2.0
REPEATS = 3
CALLERS = (1, 20)
Turn = Callable[[Transaction, str], None]

# Built once; `built_each_time` shows what that saves.
TAKEN = select(inbox.c.answer).where(inbox.c.key == bindparam("key"))
WHO = select(person).join(address).where(address.c.address == bindparam("where"))
STANDS = select(state).where(state.c.person_id == bindparam("who"))
KEEP = insert(inbox)
STAND = update(state).where(state.c.person_id == bindparam("who"))
STAND = STAND.values(place=bindparam("there"), note=bindparam("noted"))
SEEN = update(person).where(person.c.id == bindparam("who")).values(active_on=bindparam("today"))


def arrive(tx: Transaction, where: str) -> None:
    """Make the person whose turns are counted."""
    tx.execute(insert(person).values(id=where, language="vi", active_on=TODAY))
    tx.execute(insert(address).values(channel="web", address=where, person_id=where, blocked=False))
    tx.execute(insert(state).values(person_id=where, place="menu", note="{}"))


def turn(tx: Transaction, where: str) -> None:
    """Six statements: three look, three keep."""
    key = secrets.token_bytes(16)
    tx.execute(TAKEN, {"key": key}).first()
    who = tx.execute(WHO, {"where": where}).one().id
    note = tx.execute(STANDS, {"who": who}).one().note
    tx.execute(KEEP, {"key": key, "person_id": who, "answer": '["..."]', "day": TODAY})
    tx.execute(STAND, {"who": who, "there": "lesson", "noted": note})
    tx.execute(SEEN, {"who": who, "today": TODAY})


def built_each_time(tx: Transaction, where: str) -> None:
    """The same turn, its statements built anew."""
    key = secrets.token_bytes(16)
    tx.execute(select(inbox.c.answer).where(inbox.c.key == key)).first()
    who = tx.execute(select(person).join(address).where(address.c.address == where)).one().id
    note = tx.execute(select(state).where(state.c.person_id == who)).one().note
    tx.execute(insert(inbox).values(key=key, person_id=who, answer='["..."]', day=TODAY))
    tx.execute(update(state).where(state.c.person_id == who).values(place="lesson", note=note))
    tx.execute(update(person).where(person.c.id == who).values(active_on=TODAY))


async def turns(database: Database, callers: int, one: Turn) -> float:
    """Turns a second with so many callers, each waiting for its turn before the next."""
    done = 0
    people = [secrets.token_hex(16) for _ in range(callers)]
    for where in people:
        await database.run(arrive, where)
    start = time.perf_counter()

    async def caller(where: str) -> None:
        nonlocal done
        while time.perf_counter() < start + SECONDS:
            await database.run(one, where)
            done += 1

    await asyncio.gather(*map(caller, people))
    return done / (time.perf_counter() - start)


async def measure(at_once: int, callers: int, one: Turn) -> float:
    """The median of a few fresh files, with so many calls in one commit."""
    writer.AT_ONCE = at_once
    figures = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory(prefix="lachan-bench-") as folder:
            database = await open_database(f"sqlite:///{folder}/lachan.db", serving=True)
            figures.append(await turns(database, callers, one))
            await database.close()
    return median(figures)


async def main() -> None:
    """Print one line for each measurement."""
    for callers in CALLERS:
        for name, at_once, one in MEASURED:
            sys.stdout.write(f"{callers:3} callers, {name}: {await measure(at_once, callers, one):,.0f} turns/s\n")


MEASURED = (
    ("group commit", 64, turn),
    ("one commit a call", 1, turn),
    ("group commit, statements built each time", 64, built_each_time),
)

if __name__ == "__main__":
    asyncio.run(main())
