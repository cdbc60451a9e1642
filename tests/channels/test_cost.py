"""A channel that nobody asked for costs nothing."""

import subprocess
import sys

import pytest

WITHOUT = """
import asyncio, sys, tempfile
from pathlib import Path
from bot.app import build
from bot.platforms import opened
from bot.server import asgi
from bot.settings import Settings

async def main():
    with tempfile.TemporaryDirectory() as folder:
        async with build(Settings(data=Path(folder)), serving=True) as app, opened(app) as boxes:
            asgi(app, boxes)
            assert not boxes

asyncio.run(main())
print(" ".join(sorted({name.split(".")[0] for name in sys.modules} & {"aiogram", "telegram", "aiohttp", "nacl"})))
"""


@pytest.mark.parametrize("python", [sys.executable])
def test_without_a_token_nothing_of_a_platform_is_imported(python: str) -> None:
    """Two seconds and 130 MB that most houses needn't spend."""
    ran = subprocess.run([python, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "", ran.stderr
