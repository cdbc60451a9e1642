"""`python -m tests.bench [--quick] [NAME ...]`: measures and prints a table, asserts nothing."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import uvloop

from bot.settings import Settings
from storage.library import load
from tests.bench import cores, started
from tests.bench.beginnings import begin, come_back
from tests.bench.feelings import feel
from tests.bench.figures import Row, table
from tests.bench.fullness import full
from tests.bench.plan import Plan, short
from tests.bench.rates import over_http, within
from tests.bench.telegram import by_telegram

MEASUREMENTS: dict[str, Callable[[Plan], Awaitable[list[Row]]]] = {
    "within": within,
    "http": over_http,
    "telegram": by_telegram,
    "feel": feel,
    "begin": begin,
    "back": come_back,
    "full": full,
}


async def main(names: list[str], *, quick: bool) -> None:
    """Carry out what is named, or all; the table comes last."""
    today = datetime.now(UTC).date()  # noqa: TID251 - nothing here is told the time
    library = load(Settings().content, today)
    plan = short(library) if quick else Plan(library)
    before, rows = cores.busy(), []
    for name in names or MEASUREMENTS:
        rows += await MEASUREMENTS[name](plan)
    head = f"{cores.machine()}; disk {started.disk()}; {before} at the start, {cores.busy()} at the end"
    sys.stdout.write(f"{head}\nMedian (lowest to highest).\n\n{table(rows)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes; its figures say little")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    found = parser.parse_args()
    if unknown := set(found.names) - set(MEASUREMENTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    return found


if __name__ == "__main__":
    chosen = _arguments()
    uvloop.run(main(chosen.names, quick=chosen.quick))
