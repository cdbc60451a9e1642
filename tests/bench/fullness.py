"""What a full database costs: the same turns by people who are known, in a small and in a full one."""

from pathlib import Path

from tests.bench import started
from tests.bench.cores import ALL, MEASURED, on
from tests.bench.figures import Row, Sample, progress, times_as_many, times_the_cost
from tests.bench.growth import EACH, fill
from tests.bench.plan import Plan

SMALL = 10_000  # people: so many that nobody's walk is measured twice
MOST = 1.10  # times as long may a turn take


async def full(plan: Plan) -> list[Row]:
    """Turns in both, side by side."""
    with started.folder() as small, started.folder() as big, on(ALL):
        progress(f"growth: filling a database with {SMALL:,} people, another one with {plan.people:,}")
        few, many = await fill(small, SMALL), await fill(big, plan.people)
        size = sum(file.stat().st_size for file in big.iterdir()) / 2**20
        before: list[Sample] = []
        after: list[Sample] = []
        runs = plan.repeats * 2  # what is looked for is small
        for number in range(runs):
            progress(f"growth: run {number + 1} of {runs}")
            before.append(_turns(small, few[number::runs], plan.seconds))
            after.append(_turns(big, many[number::runs], plan.seconds))
    longer, costlier = times_as_many(before, after), times_the_cost(after, before)
    rows = f"{plan.people:,} people and {plan.people * EACH:,} rows of progress ({size:,.0f} MB)"
    told = f"{longer.told('.2f')} times; by the processor's time {costlier.told('.2f')}"
    return [Row(f"a turn's time with {rows}, against {SMALL:,} people", told, f"< {MOST:.2f}", longer.middle < MOST)]


def _turns(folder: Path, sessions: list[str], seconds: float) -> Sample:
    with started.folder() as here:
        file = here / "sessions"
        file.write_text("\n".join(sessions))
        return started.sampled("inside", str(seconds), str(folder), str(file), cores=MEASURED)
