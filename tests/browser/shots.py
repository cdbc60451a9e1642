"""Pictures of the screens for human eyes: written only where LACHAN_SHOTS names a folder."""

import os
from pathlib import Path

from playwright.sync_api import Page


def shot(page: Page, name: str, *, whole: bool = False) -> None:
    """Take a picture named after the screen, the width and the colours."""
    folder = os.environ.get("LACHAN_SHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.screenshot(path=Path(folder) / f"{name}-{width}-{'dark' if dark else 'light'}.png", full_page=whole)
