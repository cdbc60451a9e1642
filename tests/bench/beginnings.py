"""From a start, and from a SIGKILL, to the first answer; and the memory of a server at rest."""

from pathlib import Path

from tests.bench import started
from tests.bench.cores import ALL, on
from tests.bench.figures import Row, progress, spread
from tests.bench.plan import Plan
from tests.bench.returning import Return, Start, returned, start

FIRST_GOAL, BACK_GOAL, MEMORY_GOAL = 1.5, 2.0, 150  # seconds, seconds, MB


async def begin(plan: Plan) -> list[Row]:
    """Starts on new folders and on one that is there, with compiled code as after any first start."""
    with started.folder() as caches, on(ALL):
        progress("starting once, to compile")
        await _new(caches)
        progress(f"starting {plan.starts} times on a new folder, and as often on a used one")
        new = [await _new(caches) for _ in range(plan.starts)]
        used = await _used(caches, plan.starts)
    return [
        _under("start to first answer, new folder", [one.seconds for one in new], FIRST_GOAL, "s"),
        _under("start to first answer, used folder", [one.seconds for one in used], FIRST_GOAL, "s"),
        _under("memory then", [one.memory for one in (*new, *used)], MEMORY_GOAL, "MB"),
    ]


async def come_back(plan: Plan) -> list[Row]:
    """Killed in the middle of talk, started again at once."""
    found: list[Return] = []
    for number in range(plan.kills):
        progress(f"kill {number + 1} of {plan.kills}")
        found.append(await returned(plan.library, seed=number))
    again, lost = sum(one.asked_again for one in found), sum(one.lost for one in found)
    return [
        _under("SIGKILL to first answer", [one.seconds for one in found], BACK_GOAL, "s"),
        Row("answers from before the kill that came otherwise afterwards", f"{lost} of {again}", "0", lost == 0),
    ]


def _under(what: str, values: list[float], goal: float, unit: str) -> Row:
    found = spread(values)
    return Row(what, f"{found.told('.2f' if unit == 's' else '.0f')} {unit}", f"< {goal} {unit}", found.middle < goal)


async def _new(caches: Path) -> Start:
    with started.folder() as here:
        return await start(here, caches)


async def _used(caches: Path, starts: int) -> list[Start]:
    with started.folder() as here:
        await start(here, caches)
        return [await start(here, caches) for _ in range(starts)]
