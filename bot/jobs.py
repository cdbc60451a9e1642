"""The one table of what the clock wakes. Each job stands in docs/running.md."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from bot.app import App
from bot.channels import events
from bot.clock import Job
from handlers import notices
from storage import erased, links, retention
from storage.schema import utc

if TYPE_CHECKING:
    from bot.channels.webchat import WebChat
    from bot.letterbox import Letterbox


def jobs(web: "WebChat", boxes: "Mapping[str, Letterbox]") -> tuple[Job, ...]:
    """What runs beside the conversations."""
    return (
        Job("delivery", 2, partial(_load, boxes)),
        Job("web events", 1, lambda _app: events.announce(web)),
        Job("memory", 60, partial(_sweep_memory, boxes)),
        Job("links", 60, _sweep_links),
        Job("scrub", 10, scrub),
        Job("retention", 3600, _sweep_storage),
    )


async def _load(boxes: "Mapping[str, Letterbox]", _app: App) -> None:
    """What others wrote into the outbox, or what there was no room for; the web page looks for itself."""
    for box in boxes.values():
        await box.delivery.load()


async def _sweep_memory(boxes: "Mapping[str, Letterbox]", app: App) -> None:
    app.memory.sweep(app.now())
    for box in boxes.values():
        box.sweep()


async def _sweep_links(app: App) -> None:
    """Codes whose ten minutes are over go within a minute, and their bytes with the next scrub."""
    if await app.database.run(links.expired, utc(app.now())):
        app.unscrubbed.set()


async def scrub(app: App) -> None:
    """Let the bytes of what was erased go from the files too; while somebody reads, the next beat tries again."""
    if not app.unscrubbed.is_set():
        return
    app.unscrubbed.clear()  # before the work: whoever erases meanwhile sets it anew
    done = False
    try:
        done = await app.database.scrub()
    finally:
        if not done:
            app.unscrubbed.set()
            app.metrics.failures.labels("scrub").inc()


async def _sweep_storage(app: App) -> None:
    removed = await retention.sweep(app.database, app.today(), notices.silence)
    app.unscrubbed.set()
    await scrub(app)
    known = app.erased.all()  # looked at before the database, so that one erased meanwhile isn't lost
    app.erased.forget(known.difference(await app.database.read(erased.all_marked)))
    for line, rows in removed.items():
        app.metrics.swept.labels(line).inc(rows)
