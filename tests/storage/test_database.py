"""What a database promises, on SQLite and on PostgreSQL."""

from datetime import date

from storage import people
from storage.database import Database

TODAY = date(2026, 11, 24)


async def test_what_was_run_can_be_read(database: Database) -> None:
    """A transaction's effect is there for readers once `run` has returned."""
    someone = await database.run(people.add, "web", "a", TODAY)
    assert await database.read(people.find, "web", "a") == someone
