"""The jobs do what they say, also when somebody is in their way."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from sqlalchemy import insert

from bot.app import App, build
from bot.jobs import jobs
from bot.server import asgi
from bot.settings import Settings
from storage.inbox import inbox
from storage.schema import Transaction


def keep_answer(tx: Transaction, answer: str) -> None:
    """An answer from long ago."""
    tx.execute(insert(inbox).values(key=b"k" * 16, answer=answer, day=date(2020, 1, 1)))


def scrubs_that_failed(app: App) -> float | None:
    """As it is counted."""
    return app.metrics.registry.get_sample_value("lachan_failures_total", {"kind": "scrub"})


async def test_what_retention_could_not_scrub_is_scrubbed_at_a_later_beat(sqlite_url: str, tmp_path: Path) -> None:
    """While somebody reads, the bytes of removed rows stay in the WAL: that is counted, and tried until it works."""
    async with build(Settings(data=tmp_path, database=sqlite_url), serving=True) as app:
        work = {job.name: job.work for job in jobs(asgi(app).state.web, {})}
        await app.database.run(keep_answer, "unmistakable-7f3a")
        with closing(sqlite3.connect(tmp_path / "lachan.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM inbox").fetchone()
            await work["retention"](app)
            assert found(tmp_path, b"unmistakable-7f3a")
            assert scrubs_that_failed(app) == 1
        await work["scrub"](app)
        assert not found(tmp_path, b"unmistakable-7f3a")
        await work["scrub"](app)
        assert scrubs_that_failed(app) == 1


def found(folder: Path, what: bytes) -> bool:
    """Whether some bytes stand in any file of a folder."""
    return any(what in path.read_bytes() for path in folder.rglob("*") if path.is_file())
