"""A Zalo OA whose tokens change, its fake platform, and somebody who writes there."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.channels.zalo_oas import Start, starting, writer
from tests.fakes.zalo_oa import FakeZaloOA
from tests.fakes.zalo_oa_people import Person


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloOA]:
    """A platform of our own."""
    async with FakeZaloOA() as opened:
        yield opened


@pytest.fixture
async def start(fake: FakeZaloOA, database: Database) -> AsyncIterator[Start]:
    """Starts the channel, as often as it is called."""
    async with starting(fake, database) as anew:
        yield anew


@pytest.fixture
async def lan(fake: FakeZaloOA) -> Person:
    """Has just written."""
    return await writer(fake)
