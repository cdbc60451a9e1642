"""Use cases of scenarios: each runs inside the caller's transaction."""

from datetime import date

from storage import progress
from storage.library import Node, Scenario
from storage.people import Person
from storage.progress import Learnt
from storage.schema import Transaction


def reach(tx: Transaction, person: Person, scenario: Scenario, node: Node, today: date) -> None:
    """Note that a scenario was begun, or played to an end; the way through it is not kept."""
    known = progress.find(tx, person.id, "scenario", scenario.id)
    done = not node.choices
    now = Learnt("scenario", scenario.id, int(done), 1, done, today)
    if known is None:
        progress.add(tx, person.id, now)
    elif done and not known.done:
        progress.change(tx, person.id, now)
