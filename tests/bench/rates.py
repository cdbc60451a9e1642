"""Turns a second on one core, beside a bare aiogram bot in the same run."""

from contextlib import AbstractContextManager

from tests.bench import started, walk
from tests.bench.cores import ASKING, MEASURED, on
from tests.bench.figures import Row, Sample, progress, spread, times_as_many, times_the_cost
from tests.bench.load import CONNECTIONS, load, sessions, updates, walks
from tests.bench.plan import Plan
from tests.bench.started import Answering

WITHIN_GOAL, HTTP_GOAL = 1.0, 1.5
WARM_UPS = 1  # runs that don't count
FASTEST = 12_000  # turns a second for which sessions are made beforehand


async def within(plan: Plan) -> list[Row]:
    """In one process, without HTTP: our durable turn, and a bare dispatcher's update."""
    ours: list[Sample] = []
    bare: list[Sample] = []
    for number in range(plan.repeats):
        progress(f"in one process: run {number + 1} of {plan.repeats}")
        with started.folder() as here:
            ours.append(started.sampled("inside", str(plan.seconds), str(here), cores=MEASURED))
        bare.append(started.sampled("bare", "inside", str(plan.seconds), cores=MEASURED))
    return [
        _row("durable turns a second, in one process, on one core", ours),
        _row("bare aiogram without storage: updates a second, in one process, on one core", bare),
        _compared("how many times as quick as bare aiogram, in one process", ours, bare, WITHIN_GOAL),
    ]


async def over_http(plan: Plan) -> list[Row]:
    """The real server, a bare webhook, and a server that does nothing, each on the measured core."""
    ours: list[Sample] = []
    bare: list[Sample] = []
    most: list[Sample] = []
    with started.lachan(MEASURED) as lachan, _small("bare", "serve") as hook, _small("trivial") as trivial, on(ASKING):
        for number in range(-WARM_UPS, plan.repeats):
            progress(f"over HTTP: run {number + 1} of {plan.repeats}")
            ours.append(await _ours(lachan, plan))
            bare.append(await load(hook, plan.seconds, updates))
            most.append(await load(trivial, plan.seconds, updates))
    ours, bare, most = ours[WARM_UPS:], bare[WARM_UPS:], most[WARM_UPS:]
    return [
        _row("durable turns a second over HTTP, on one core", ours),
        _row("bare aiogram webhook: updates a second, on one core", bare),
        _compared("how many times as quick as a bare aiogram webhook", ours, bare, HTTP_GOAL),
        Row("what the asking side can measure at most, a second", spread([one.rate for one in most]).told()),
    ]


def _small(name: str, *arguments: str) -> AbstractContextManager[Answering]:
    return started.module(name, *arguments, cores=MEASURED)


async def _ours(server: Answering, plan: Plan) -> Sample:
    walkers = int(plan.seconds * FASTEST / walk.LENGTH) + CONNECTIONS
    return await load(server, plan.seconds, walks(await sessions(server, walkers), walk.taps(plan.library)))


def _row(what: str, samples: list[Sample]) -> Row:
    cost = spread([one.cost for one in samples])
    return Row(what, f"{spread([one.rate for one in samples]).told()}; processor {cost.told()} µs each")


def _compared(what: str, ours: list[Sample], bare: list[Sample], goal: float) -> Row:
    ratio, cost = times_as_many(ours, bare), times_the_cost(bare, ours)
    told = f"{ratio.told('.2f')}; by the processor's time {cost.told('.2f')}"
    return Row(f"**{what}**", told, f">= {goal}", ratio.middle >= goal)
