"""The list of all checks, in the order in which they are told; they are carried out side by side."""

import asyncio
from collections.abc import Callable, Sequence

from bot.checks import channels, kept, machine, names, reach
from bot.checks.found import Check, Found, Level, Scene
from storage.wording import catalogue

_ = catalogue("cli")

PATIENCE = 5.0  # seconds for each


def aside(look: Callable[[Scene], Found | None]) -> Check:
    """A check that only looks at this machine, in a thread: a disk that hangs holds up nobody else."""

    async def check(scene: Scene) -> Found | None:
        return await asyncio.to_thread(look, scene)

    return check


Named = tuple[Callable[[], str], Check]

CHECKS: tuple[Named, ...] = (
    (lambda: _("Settings"), aside(names.settings)),
    (lambda: _("Server"), reach.server),
    (lambda: _("Public address"), reach.public_address),
    (lambda: _("Proxy"), reach.proxy),
    (lambda: _("Telegram"), channels.telegram),
    (lambda: _("Zalo Bot"), channels.zalo_bot),
    (lambda: _("Zalo OA"), channels.zalo_oa),
    (lambda: _("Database"), kept.database),
    (lambda: _("Outbox"), kept.backlog),
    (lambda: _("Data folder"), aside(kept.folder)),
    (lambda: _("Disk"), aside(machine.disk)),
    (lambda: _("Swap"), aside(machine.swap)),
    (lambda: _("Clock"), aside(machine.clock)),
    (lambda: _("Open files"), aside(machine.open_files)),
)


async def look(scene: Scene, checks: Sequence[Named] = CHECKS, patience: float = PATIENCE) -> list[tuple[str, Found]]:
    """Carry out all of them at once, each found thing under its name; what hangs or breaks is told instead."""
    async with asyncio.TaskGroup() as group:
        tasks = [(name(), group.create_task(_one(check, scene, patience))) for name, check in checks]
    return [(name, found) for name, task in tasks if (found := task.result()) is not None]


async def _one(check: Check, scene: Scene, patience: float) -> Found | None:
    try:
        async with asyncio.timeout(patience):
            return await check(scene)
    except TimeoutError:
        return Found(Level.LOOK, _("no answer within {seconds:.0f} seconds.", seconds=patience))
    except Exception as error:  # noqa: BLE001 - one broken check hides no other
        return Found(Level.LOOK, _("couldn't be looked at ({kind}).", kind=type(error).__name__))
