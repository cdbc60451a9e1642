"""Twins: two servers with the same people and the same chance; on one of them some looked for help as well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.app import App, build
from bot.settings import Settings
from bot.turns import receive
from handlers import notices
from handlers.chat import Incoming, Kind
from storage import retention
from tests.privacy.cases import TYPED, private_taps, tap
from tests.privacy.conftest import NOON, Hands
from tests.privacy.living import ANSWER, live

PEOPLE = [f"person {number}" for number in range(10)]
DAYS = [
    ("start", "age:18+", "track:hs", "card:luat-pcmt:1", "quiz", ANSWER),
    ("scene:pod-truoc-cong-truong", "card:luat-pcmt:2", "quiz"),
    (),  # whoever comes on this day comes for help only
]


@pytest.fixture
def same_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids of people are counted instead of drawn, so that the twins' files can be compared byte by byte."""
    numbers = count()
    monkeypatch.setattr("secrets.token_hex", lambda _length: f"{next(numbers) % len(PEOPLE):032x}")


def _give_key(folder: Path) -> None:
    folder.mkdir()
    (folder / "server.key").write_bytes(b"the same key on both twins, for once")


@asynccontextmanager
async def _twin(folder: Path, content: Path, clock: Hands) -> AsyncIterator[App]:
    _give_key(folder)
    async with build(Settings(data=folder, content=content), serving=True, now=clock) as app:
        yield app


async def _days(app: App, clock: Hands, seekers: list[str]) -> None:
    """Three days of ten people; seekers look for help in between, in every way there is."""
    for number, day in enumerate(DAYS):
        for who in PEOPLE:
            await live(app, who, day, (f"{number} {step}" for step in count()))
            if who in seekers:
                await _seek_help(app, who)
        clock.now += timedelta(hours=25)
        await retention.sweep(app.database, clock.now.date(), notices.silence)


async def _seek_help(app: App, who: str) -> None:
    for text in TYPED:
        await receive(app, Incoming("web", who, text, Kind.TEXT, text=text))
    for tapped in private_taps(app.library, NOON):
        await receive(app, tap("web", who, tapped, tapped))


@pytest.mark.parametrize("seekers", [PEOPLE[3:4], PEOPLE], ids=["one of them", "all of them"])
@pytest.mark.usefixtures("same_chance")
async def test_a_day_later_the_disk_is_the_same_whoever_looked_for_help(
    tmp_path: Path, content: Path, seekers: list[str]
) -> None:
    """Byte for byte: not a row, not a page, not a counter differs from the twin where nobody did."""
    files = []
    for name, looking in (("quiet", []), ("seeking", seekers)):
        clock = Hands()
        async with _twin(tmp_path / name, content, clock) as app:
            await _days(app, clock, looking)
            assert await app.database.scrub()
            files.append(
                {path.name: path.read_bytes() for path in (tmp_path / name).iterdir() if "-shm" not in path.name}
            )
    quiet, seeking = files
    assert quiet["lachan.db-wal"] == b""
    assert quiet == seeking
