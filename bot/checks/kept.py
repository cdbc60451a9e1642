"""What is kept: the data folder, the database, what waits to go out."""

import os
from datetime import timedelta
from pathlib import Path

from babel.numbers import format_decimal
from sqlalchemy import func, select, text

from bot.checks.found import Found, Level, Scene
from storage import schema, secret
from storage.outbox import outbox
from storage.schema import utc
from storage.wording import LANGUAGE, catalogue

_ = catalogue("cli")

MB = 1_000_000
STUCK = timedelta(minutes=10)
TAKEN_UP = 1  # times, ten minutes apart, without arriving; the first may be a start of the server
_SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def folder(scene: Scene) -> Found | None:
    """Whether only the server's own user can read what is kept."""
    data = scene.settings.data
    if not (data / secret.NAME).exists():
        return None
    if (data / secret.NAME).stat().st_uid != os.geteuid():
        return Found(Level.LOOK, _("it is another user's. Ask as the user who runs the server."))
    open_files = [path.name for path in sorted(data.iterdir()) if _for_others(path, 0o077)]
    if _for_others(data, 0o022):
        return Found(Level.MEND, _("others may write in it. `chmod 700` {folder}", folder=data))
    if open_files:
        names = " ".join(open_files)
        return Found(Level.MEND, _("others may read {names}. `chmod 600` them.", names=names))
    return Found(Level.FINE, _("only its own user may read what lies in it."))


def _for_others(path: Path, mask: int) -> bool:
    return bool(path.stat().st_mode & mask)


async def database(scene: Scene) -> Found:
    """Whether it answers, and how large it is."""
    if scene.app is None:
        return Found(Level.MEND, _("can't be used. The last line says why."))
    size = format_decimal(await scene.app.database.read(_size) / MB, format="#,##0.0", locale=LANGUAGE)
    return Found(Level.FINE, _("answers; {size} MB.", size=size))


def _size(tx: schema.Transaction) -> int:
    return int(tx.scalar(text(_SIZES[tx.dialect.name])) or 0)


async def backlog(scene: Scene) -> Found | None:
    """Whether what should have gone out still waits. The page fetches its messages itself, so they don't count."""
    if scene.app is None:
        return None
    since = utc(scene.now - STUCK)
    stuck = (outbox.c.due_at < since) | (outbox.c.attempts > TAKEN_UP)
    late = select(func.count()).select_from(outbox).where(outbox.c.channel != "web", stuck)
    count = await scene.app.database.read(lambda tx: tx.scalar(late)) or 0
    if count:
        return Found(Level.MEND, _("{count} messages should have gone out 10 minutes ago.", count=count))
    return Found(Level.FINE, _("nothing is late."))
