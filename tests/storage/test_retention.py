"""Retention: what was kept long enough goes, what wasn't stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from storage.consents import consent
from storage.database import Database
from storage.erased import erased
from storage.inbox import inbox
from storage.links import guess, link
from storage.outbox import outbox
from storage.people import Person, address, person
from storage.progress import progress
from storage.retention import AT_ONCE, LINES, give_notice, sweep
from storage.schema import Transaction
from storage.states import state
from storage.tables import metadata

TODAY = date(2026, 11, 24)
EVERY_TABLE = {table.name: table for table in metadata.sorted_tables}


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


def notice(someone: Person) -> str:
    """What stands for the wording from upstairs."""
    return f"notice in {someone.language}"


@dataclass(frozen=True, slots=True)
class Someone:
    """A person as a test plants them."""

    id: str = "p"
    silent: int = 0
    age: str | None = None
    told: int | None = None
    progress: bool = False
    # Purposes as they stand in the ledger, oldest first; a leading minus takes back.
    ledger: tuple[str, ...] = ()


def plant(tx: Transaction, someone: Someone) -> None:
    """Write a person with all that hangs on them."""
    told = None if someone.told is None else ago(someone.told)
    values = {"id": someone.id, "language": "vi", "active_on": ago(someone.silent), "noticed_on": told}
    tx.execute(insert(person).values(**values, age=someone.age))
    tx.execute(insert(address).values(channel="web", address=someone.id, person_id=someone.id, blocked=False))
    tx.execute(insert(state).values(person_id=someone.id, place="menu", note="{}"))
    for line in someone.ledger:
        entry = {"purpose": line.lstrip("-"), "version": "1", "given": not line.startswith("-")}
        tx.execute(insert(consent).values(person_id=someone.id, **entry, day=ago(someone.silent)))
    if someone.progress:
        item = {"kind": "lesson", "item": "one", "at": 1, "of": 3, "done": False}
        tx.execute(insert(progress).values(person_id=someone.id, **item, day=ago(someone.silent)))


def answer(tx: Transaction, days: int) -> None:
    """An answer kept so many days ago."""
    tx.execute(insert(inbox).values(key=days.to_bytes(16), answer="[]", day=ago(days)))


def message(tx: Transaction, days: int) -> None:
    """A message that waits since so many days."""
    values = {"channel": "web", "address": str(days), "body": "{}", "attempts": 0}
    tx.execute(insert(outbox).values(**values, due_at=datetime(2026, 1, 1), since=ago(days)))  # noqa: DTZ001 - as stored


def session(tx: Transaction, days: int) -> None:
    """A web session that was erased so many days ago."""
    tx.execute(insert(erased).values(address=str(days), day=ago(days)))


def code(tx: Transaction, days: int) -> None:
    """A code that links devices, shown so many days ago."""
    plant(tx, Someone(age="18+"))
    until = datetime.combine(ago(days), time(12))
    tx.execute(
        insert(link).values(person_id="p", code="K7QD2MXA", channel="web", address="p", until=until, agreed=False)
    )


def guessed(tx: Transaction, days: int) -> None:
    """Wrong codes that somebody typed so many days ago."""
    plant(tx, Someone(age="18+"))
    tx.execute(insert(guess).values(person_id="p", wrong=1, until=datetime.combine(ago(days), time(12))))


def count(tx: Transaction, table: str) -> int:
    """How many rows a table has."""
    return tx.scalar(select(func.count()).select_from(EVERY_TABLE[table])) or 0


def line(name: str) -> Callable[[Transaction, date, int], int]:
    """The function of a line."""
    return next(each.remove for each in LINES if each.name == name)


# Each line: what plants a row of a certain age, the table it goes from, and the last age that stays.
def learner(tx: Transaction, days: int) -> None:
    """Somebody who didn't tell their age and learned something."""
    plant(tx, Someone(silent=days, progress=True))


def passer_by(tx: Transaction, days: int) -> None:
    """Somebody of whom nothing is kept but that they were here."""
    plant(tx, Someone(silent=days))


def grown_up(tx: Transaction, days: int) -> None:
    """An adult who agreed to longer keeping and was told long ago."""
    plant(tx, Someone(silent=days, age="18+", told=31, progress=True, ledger=("progress",)))


def told(tx: Transaction, days: int) -> None:
    """An adult who is silent for long enough and was told so many days ago."""
    plant(tx, Someone(silent=400, age="18+", told=days, progress=True, ledger=("progress",)))


BOUNDARIES = [
    ("answers", answer, "inbox", 1),
    ("undelivered", message, "outbox", 37),
    ("ended_sessions", session, "erased", 400),
    ("links", code, "link", 1),
    ("links", guessed, "guess", 1),
    ("learned", learner, "progress", 30),
    ("standing", learner, "state", 30),
    ("left_over", passer_by, "person", 30),
    ("silent", grown_up, "person", 365),
    ("silent", told, "person", 30),
]


def test_every_line_has_its_boundary_tested() -> None:
    """A line that is added to the table later needs a row in these tests."""
    assert {each.name for each in LINES} == {name for name, _, _, _ in BOUNDARIES}


@pytest.mark.parametrize(("name", "plants", "table", "last"), BOUNDARIES)
async def test_a_row_stays_on_its_last_day_and_goes_on_the_next(
    database: Database, name: str, plants: Callable[[Transaction, int], None], table: str, last: int
) -> None:
    """Each line keeps what is exactly as old as it says, and removes what is a day older."""
    await database.run(plants, last)
    assert await database.run(line(name), TODAY, AT_ONCE) == 0
    assert await database.run(count, table) == 1
    assert await database.run(line(name), TODAY + timedelta(days=1), AT_ONCE) == 1
    assert await database.run(count, table) == 0


async def test_a_line_removes_no_more_than_it_is_told(database: Database) -> None:
    """Removing goes in small steps, so that turns needn't wait long behind it."""
    for days in range(10, 17):
        await database.run(answer, days)
    assert await database.run(line("answers"), TODAY, 3) == 3
    assert await database.run(count, "inbox") == 4


@pytest.mark.parametrize(
    ("someone", "stays"),
    [
        (Someone(progress=True, silent=31, age="u16", ledger=("progress",)), False),
        (Someone(progress=True, silent=31, age=None, ledger=("progress",)), False),
        (Someone(progress=True, silent=31, age="16-17", ledger=("progress",)), True),
        (Someone(progress=True, silent=31, age="18+", ledger=("progress",)), True),
        (Someone(progress=True, silent=31, age="18+"), False),
        (Someone(progress=True, silent=31, age="18+", ledger=("progress", "-progress")), False),
        (Someone(progress=True, silent=31, age="18+", ledger=("-progress", "progress")), True),
        (Someone(progress=True, silent=31, age="18+", ledger=("contest",)), False),
        (Someone(progress=True, silent=31, age="18+", ledger=("progress", "contest", "-contest")), True),
    ],
)
async def test_what_was_learned_stays_only_with_a_grown_persons_standing_consent(
    database: Database, someone: Someone, stays: bool
) -> None:
    """Under 16 a consent of one's own keeps nothing; later, the last line of the ledger decides."""
    await database.run(plant, Someone(id="other", silent=31, age="18+", ledger=("progress",)))
    await database.run(plant, someone)
    await database.run(line("learned"), TODAY, AT_ONCE)
    assert await database.run(count, "progress") == stays


@pytest.mark.parametrize(
    ("someone", "stays"),
    [
        (Someone(silent=31, age="u16"), False),
        (Someone(silent=31, age="u16", ledger=("contest", "-contest")), False),
        (Someone(silent=31, age="u16", ledger=("contest",)), True),
        (Someone(silent=31, age="u16", progress=True), True),
        (Someone(silent=31, age="16-17"), True),
        (Someone(silent=31, age="18+"), True),
        (Someone(silent=300, age="18+", told=31), True),
        (Someone(silent=3000, age="18+"), True),
    ],
)
async def test_a_person_stays_while_something_is_kept_for_them_or_they_are_of_age_or_not_told(
    database: Database, someone: Someone, stays: bool
) -> None:
    """People lines remove nobody who has something to come back to, and nobody without notice."""
    await database.run(plant, someone)
    for name in ("left_over", "silent"):
        await database.run(line(name), TODAY, AT_ONCE)
    assert await database.run(count, "person") == stays


async def test_with_a_person_goes_everything_that_hangs_on_them(database: Database) -> None:
    """Removing a silent person leaves no row of theirs in any table, and nobody else loses one."""
    everything = Someone(silent=366, age="18+", told=31, progress=True, ledger=("progress",))
    await database.run(plant, everything)
    await database.run(plant, Someone(id="other", age="18+", progress=True, ledger=("progress",)))

    def received(tx: Transaction, who: str) -> None:
        tx.execute(insert(inbox).values(key=who.encode().ljust(16), person_id=who, answer="[]", day=TODAY))
        values = {"channel": "web", "address": who, "person_id": who, "body": "{}", "attempts": 0}
        tx.execute(insert(outbox).values(**values, due_at=datetime(2026, 1, 1), since=TODAY))  # noqa: DTZ001 - as stored
        until, chat = datetime.combine(TODAY, time(12)), {"channel": "web", "address": who}
        tx.execute(insert(link).values(person_id=who, code=who[:8], **chat, until=until, agreed=False))
        tx.execute(insert(guess).values(person_id=who, wrong=1, until=until))

    for who in ("p", "other"):
        await database.run(received, who)
    assert await database.run(line("silent"), TODAY, AT_ONCE) == 1
    counts = {name: await database.run(count, name) for name in EVERY_TABLE}
    assert counts == dict.fromkeys(EVERY_TABLE, 1) | {"erased": 0, "token": 0}


async def test_notice_is_given_once_after_eleven_months(database: Database) -> None:
    """One message goes out, by day; whoever was told isn't told again."""
    for number, silent in enumerate((334, 335, 336)):
        await database.run(plant, Someone(id=f"p{number}", silent=silent, age="18+", ledger=("progress",)))
    for _ in range(2):
        await database.run(give_notice, TODAY, AT_ONCE, notice=notice)

    def told(tx: Transaction) -> list[tuple[object, ...]]:
        return [tuple(row) for row in tx.execute(select(outbox.c.person_id, outbox.c.body, outbox.c.due_at))]

    # Two in the morning by UTC is nine in Vietnam.
    assert await database.run(told) == [("p2", "notice in vi", datetime(2026, 11, 25, 2))]  # noqa: DTZ001 - as stored


async def test_notice_goes_where_somebody_can_be_spoken_to(database: Database) -> None:
    """Of several devices one is chosen that can be reached; the terminal only where there is nothing else."""
    for who, channels in {"p": ("terminal", "web"), "q": ("terminal",), "r": ("telegram", "terminal")}.items():
        await database.run(plant, Someone(id=who, silent=336, age="18+", ledger=("progress",)))
        await database.run(devices, who, channels)
    await database.run(give_notice, TODAY, AT_ONCE, notice=notice)
    where = await database.run(
        lambda tx: {row[0]: row[1] for row in tx.execute(select(outbox.c.person_id, outbox.c.channel))}
    )
    assert where == {"p": "web", "q": "terminal", "r": "telegram"}


def devices(tx: Transaction, who: str, channels: tuple[str, ...]) -> None:
    """Let a person be known on these channels."""
    tx.execute(delete(address).where(address.c.person_id == who))
    for channel in channels:
        tx.execute(insert(address).values(channel=channel, address=who, person_id=who, blocked=False))


async def test_whoever_blocked_the_bot_is_noted_as_told(database: Database) -> None:
    """Nothing is sent to a blocked address, and the year's end comes all the same."""
    await database.run(plant, Someone(silent=336, age="18+", ledger=("progress",)))
    await database.run(lambda tx: tx.execute(address.update().values(blocked=True)).rowcount)
    assert await database.run(give_notice, TODAY, AT_ONCE, notice=notice) == 1
    assert await database.run(count, "outbox") == 0
    assert await database.run(lambda tx: tx.scalar(select(person.c.noticed_on))) == TODAY


async def test_a_sweep_goes_on_until_nothing_is_left_to_remove(sqlite_database: Database) -> None:
    """More rows than fit in one transaction are all gone after one sweep, and each line says how many."""
    many = [{"key": number.to_bytes(16), "answer": "[]", "day": ago(2)} for number in range(AT_ONCE * 2 + 1)]
    await sqlite_database.run(lambda tx: tx.execute(insert(inbox), many).rowcount)
    for number in range(30):
        await sqlite_database.run(plant, Someone(id=str(number), silent=31, progress=True))
    swept = await sweep(sqlite_database, TODAY, notice)
    left_out = {"undelivered": 0, "ended_sessions": 0, "links": 0, "silent": 0}
    assert swept == {"answers": AT_ONCE * 2 + 1, "learned": 30, "standing": 30, "left_over": 30} | left_out


async def test_a_year_of_silence_ends_a_month_after_the_notice(database: Database) -> None:
    """Day by day: notice on day 336, nothing lost until day 366, and then everything."""
    await database.run(plant, Someone(silent=0, age="18+", progress=True, ledger=("progress",)))
    ends = {}
    for day in range(330, 370):
        await sweep(database, TODAY + timedelta(days=day), notice)
        ends[day] = await database.run(count, "person"), await database.run(count, "outbox")
    assert [day for day, (people, _) in ends.items() if people] == list(range(330, 367))
    # The notice waits as long as there is somebody to read it (this test delivers nothing).
    assert [day for day, (_, messages) in ends.items() if messages] == list(range(336, 367))


ages = st.integers(min_value=0, max_value=800)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(ages, unique=True, max_size=8), today=ages)
@pytest.mark.parametrize(("name", "plants", "table", "last"), BOUNDARIES[:3])
async def test_exactly_the_rows_that_are_older_than_their_line_go(
    database: Database,
    name: str,
    plants: Callable[[Transaction, int], None],
    table: str,
    last: int,
    days: list[int],
    today: int,
) -> None:
    """Whatever the ages and the day: what is younger always stays, what is older always goes."""

    def check(tx: Transaction) -> tuple[int, int]:
        tx.execute(delete(EVERY_TABLE[table]))
        for each in days:
            plants(tx, each)
        return line(name)(tx, TODAY + timedelta(days=today), AT_ONCE), count(tx, table)

    older = sum(each + today > last for each in days)
    assert await database.run(check) == (older, len(days) - older)


someones = st.builds(
    Someone,
    silent=ages,
    age=st.sampled_from([None, "u16", "16-17", "18+"]),
    told=st.none() | ages,
    progress=st.booleans(),
    ledger=st.lists(st.sampled_from(["progress", "-progress", "contest", "-contest"]), max_size=4).map(tuple),
)


def expected(someone: Someone) -> tuple[bool, bool]:
    """Whether the person and what they learned stay, said in plain Python."""
    standing = {entry.lstrip("-"): not entry.startswith("-") for entry in someone.ledger}
    minor = someone.age in (None, "u16")
    learned = someone.progress and (someone.silent <= 30 or (not minor and standing.get("progress", False)))
    if someone.silent > 365 and someone.told is not None and someone.told > 30:
        return False, False
    return someone.silent <= 30 or not minor or learned or any(standing.values()), learned


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(someone=someones, other=someones)
async def test_people_and_what_they_learned_stay_exactly_as_the_table_says(
    database: Database, someone: Someone, other: Someone
) -> None:
    """Two people of any kind: each is judged by their own days, age and ledger, never by the other's."""
    both = (someone, Someone(**{field: getattr(other, field) for field in Someone.__slots__} | {"id": "q"}))

    def check(tx: Transaction) -> list[tuple[bool, bool]]:
        tx.execute(delete(person))
        for each in both:
            plant(tx, each)
        for name in ("learned", "left_over", "silent"):
            line(name)(tx, TODAY, AT_ONCE)
        people, learners = set(tx.scalars(select(person.c.id))), set(tx.scalars(select(progress.c.person_id)))
        return [(each.id in people, each.id in learners) for each in both]

    assert await database.run(check) == [expected(each) for each in both]


def containing(folder: Path, text: str) -> list[str]:
    """The files of a folder in which a text stands."""
    return [each.name for each in folder.iterdir() if text.encode() in each.read_bytes()]


async def test_the_bytes_of_what_was_deleted_are_in_no_file(sqlite_database: Database, tmp_path: Path) -> None:
    """After a sweep and a scrub the deleted text is neither in the database, nor its WAL, nor any file beside them."""
    text = "unmistakable-7f3a-" * 40
    await sqlite_database.run(
        lambda tx: tx.execute(insert(inbox).values(key=b"k" * 16, answer=text, day=ago(2))).rowcount
    )
    assert containing(tmp_path, text)
    await sweep(sqlite_database, TODAY, notice)
    assert await sqlite_database.scrub()
    assert containing(tmp_path, "unmistakable") == []
