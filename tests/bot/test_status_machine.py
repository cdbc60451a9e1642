"""What `lachan status` says of the machine: disk, swap, clock, open files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checks import machine
from bot.checks.found import Level
from bot.checks.table import aside
from tests.bot.scenes import level


async def test_a_machine_that_lacks_room_or_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little disk is serious, few open files are not."""
    assert await level(aside(machine.disk), tmp_path) is not Level.MEND
    monkeypatch.setattr(machine, "TIGHT", 1e9)
    assert await level(aside(machine.disk), tmp_path / "not" / "there") is Level.MEND
    assert await level(aside(machine.open_files), tmp_path) is Level.FINE
    monkeypatch.setattr(machine, "FEW_FILES", 1e9)
    assert await level(aside(machine.open_files), tmp_path) is Level.LOOK


@pytest.mark.parametrize(
    ("swaps", "expected"),
    [("Filename Type\n", Level.FINE), ("Filename Type\n/dev/sda2 partition\n", Level.LOOK), (None, Level.LOOK)],
)
async def test_swap_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swaps: str | None, expected: Level
) -> None:
    """As the kernel lists it; where it can't be known, that is said."""
    listed = tmp_path / "swaps"
    if swaps is not None:
        listed.write_text(swaps)
    monkeypatch.setattr(machine, "SWAPS", listed)
    assert await level(aside(machine.swap), tmp_path) is expected


async def test_a_clock_that_is_behind_the_content_is_told(tmp_path: Path) -> None:
    """Then it is wrong, whatever it says of itself."""
    assert await level(aside(machine.clock), tmp_path) is not Level.MEND
    assert await level(aside(machine.clock), tmp_path, datetime(2020, 1, 1, tzinfo=UTC)) is Level.MEND
