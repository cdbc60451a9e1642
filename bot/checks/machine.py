"""The machine: disk, swap, clock, open files."""

import ctypes
import resource
import shutil
from pathlib import Path

from babel.numbers import format_decimal

from bot.checks.found import Found, Level, Scene
from bot.connections import MOST_FILES
from storage.wording import LANGUAGE, catalogue

_ = catalogue("cli")

GB = 1_000_000_000
TIGHT, LITTLE = 0.1, 1.0  # GB that are free
FEW_FILES = 4_096
SWAPS = Path("/proc/swaps")
_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)


def disk(scene: Scene) -> Found:
    """Whether there is room for what is kept."""
    folder = scene.settings.data.absolute()
    place = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(place).free / GB
    level = Level.MEND if free < TIGHT else Level.LOOK if free < LITTLE else Level.FINE
    shown = format_decimal(free, format="#,##0.0", locale=LANGUAGE)
    if level is Level.FINE:
        return Found(level, _("{free} GB are free.", free=shown))
    return Found(level, _("only {free} GB are free. Make room, or nothing new can be kept.", free=shown))


def swap(_scene: Scene) -> Found:
    """Whether what rests in memory could come onto a disk."""
    try:
        used = SWAPS.read_text().splitlines()[1:]
    except OSError:
        return Found(Level.LOOK, _("unknown on this system. Turn it off, or encrypt it."))
    if not used:
        return Found(Level.FINE, _("off."))
    return Found(Level.LOOK, _("on. Turn it off (`swapoff -a`), or run the server with MemorySwapMax=0 in its unit."))


def clock(scene: Scene) -> Found:
    """Whether the time is right: by the content's own day, and by what the kernel says."""
    if scene.app is not None and scene.app.today() < scene.app.library.edition.day:
        return Found(Level.MEND, _("it is before the day of the content. Set the clock: `timedatectl`."))
    synchronised = _synchronised()
    if synchronised is None:
        return Found(Level.LOOK, _("unknown whether it is synchronised."))
    if not synchronised:
        return Found(Level.LOOK, _("not synchronised. Turn it on: `timedatectl set-ntp true`."))
    return Found(Level.FINE, _("synchronised."))


def _synchronised() -> bool | None:
    """What the kernel says; None where it can't be asked. The zeros ask it to change nothing."""
    try:
        said: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(1024))
    except (OSError, AttributeError):
        return None
    return None if said < 0 else said != _UNSYNCHRONISED


def open_files(_scene: Scene) -> Found:
    """How many pages a server that is started from here could hold open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if most < FEW_FILES:
        sentence = _("{most} at most, so {pages} pages. Set LimitNOFILE=65536.", most=most, pages=most // 2)
        return Found(Level.LOOK, sentence)
    return Found(Level.FINE, _("{most} at most, so {pages} pages.", most=most, pages=most // 2))
