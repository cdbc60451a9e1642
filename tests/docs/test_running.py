"""docs/running.md tells every setting, command, exit code, file, job and metric, and none that isn't there."""

import re
from pathlib import Path
from typing import cast

import pytest
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr

from bot import cli, jobs
from bot.app import build
from bot.channels.webchat import WebChat
from bot.metrics import Metrics
from bot.settings import Settings
from tests.docs.pages import ROOT, codes, rows
from tests.docs.test_commands import COMMANDS

PAGE = "docs/running.md"


def told(head: str) -> dict[str, list[str]]:
    """A table of the page by the name in its first column."""
    return {codes(row[0])[0]: row[1:] for row in rows(PAGE, head)}


def default(value: object) -> str:
    """A setting's default as the page writes it."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    shown = value.relative_to(ROOT) if isinstance(value, Path) and value.is_absolute() else value
    return f"`{shown}`" if shown != "" else ""


def test_every_setting_stands_with_its_default() -> None:
    """Whoever sets up a server finds each setting, and what it is when they don't set it."""
    fields = {f"LACHAN_{name.upper()}": default(field.default) for name, field in Settings.model_fields.items()}
    assert {name: cells[0] for name, cells in told("setting").items()} == fields


def test_every_command_stands_with_its_options() -> None:
    """The page knows each command of the command line and what it can be told."""
    page = told("command")
    assert set(page) == set(COMMANDS)
    for name, command in COMMANDS.items():
        options = {option for param in command.params for option in param.opts if option.startswith("--")}
        assert set(re.findall(r"--[a-z-]+", page[name][0])) == options


def test_every_exit_code_stands() -> None:
    """A script knows what each one means."""
    assert set(told("exit code")) == {str(code) for code in (0, cli.UNUSABLE, cli.MISUSED, cli.BUSY)}


def test_every_job_stands_with_its_pace() -> None:
    """What the clock wakes, and how often."""
    table = jobs.jobs(cast(WebChat, None), {})  # the table is read, not run
    assert {name: cells[0] for name, cells in told("job").items()} == {job.name: f"{job.seconds} s" for job in table}


def test_every_metric_stands_with_its_labels() -> None:
    """Under the name and with the labels that a scraper sees."""
    metrics = [one for one in vars(Metrics()).values() if isinstance(one, MetricWrapperBase)]
    exposed = {f"{one._name}{'_total' * isinstance(one, Counter)}": tuple(one._labelnames) for one in metrics}
    assert {name: codes(cells[0]) for name, cells in told("metric").items()} == exposed


@pytest.fixture
def told_files() -> set[str]:
    """Every file that the page says lies in the data folder."""
    return {name for row in rows(PAGE, "file") for cell in row for name in codes(cell)}


async def test_every_file_of_the_data_folder_stands(tmp_path: Path, told_files: set[str]) -> None:
    """Nobody is surprised by a file while a server runs."""
    async with build(Settings(data=tmp_path / "data"), serving=True) as app:
        await app.database.run(lambda tx: tx.exec_driver_sql("DELETE FROM person"))
        assert {path.name for path in (tmp_path / "data").iterdir()} == told_files
