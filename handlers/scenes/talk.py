"""The conversation of scenarios: a moment, a choice, what comes of it."""

from handlers import start
from handlers.chat import Button, Say, action
from handlers.scenes import scenes
from handlers.turn import Moment, Reply, Turn
from storage.library import Choice, Library, Node, Scenario
from storage.wording import catalogue

_ = catalogue("bot")


def is_private(library: Library, arguments: tuple[str, ...]) -> bool:
    """A scenario for people at risk is played without a trace."""
    scenario = library.scenarios.get(arguments[0]) if arguments else None
    return scenario is not None and scenario.private


def play(turn: Turn) -> Reply:
    """List the scenarios, begin one, or take a choice."""
    scenario = turn.library.scenarios.get(turn.argument(1))
    if scenario is None:
        return _list(turn) if not turn.argument(1) else start.stale(turn)
    node, chosen = _where(turn, scenario)
    if node is None:
        return start.stale(turn)
    scenes.reach(turn.tx, turn.somebody(), scenario, node, turn.today)
    return _scene(turn, scenario, node, chosen)


def play_quietly(moment: Moment) -> Reply:
    """The same without remembering anything."""
    scenario = moment.library.scenarios[moment.argument(1)]
    node, chosen = _where(moment, scenario)
    return _scene(moment, scenario, node or scenario.nodes[scenario.start], chosen)


def _where(moment: Moment, scenario: Scenario) -> tuple[Node | None, Choice | None]:
    if not moment.argument(2):
        return scenario.nodes[scenario.start], None
    here = scenario.nodes.get(moment.argument(2))
    if here is None or not moment.argument(3):
        return here, None
    number = moment.number(3)
    if number is None or number >= len(here.choices):
        return None, None
    chosen = here.choices[number]
    return scenario.nodes[chosen.next], chosen


def _list(turn: Turn) -> Reply:
    track = turn.person.track if turn.person else None
    own_first = sorted(turn.library.scenarios.values(), key=lambda one: track is not None and track not in one.tracks)
    buttons = tuple(Button(one.title, action("scene", one.id)) for one in own_first)
    return Reply((Say(_("Which story would you like to be in?"), (*buttons, start.home())),), "scene")


def _scene(moment: Moment, scenario: Scenario, node: Node, chosen: Choice | None) -> Reply:
    begins = node.id == scenario.start
    say = Say(
        node.text,
        (*_choices(scenario, node), _back(moment, chosen), start.home())
        if node.choices
        else _end(moment.library, scenario),
        title=scenario.title if begins else "",
        source="" if node.choices else scenario.source,
    )
    says = (Say(chosen.explain), say) if chosen else (say,)
    return Reply(says, action("scene", scenario.id, node.id))


def _choices(scenario: Scenario, node: Node) -> tuple[Button, ...]:
    return tuple(Button(one.label, action("scene", scenario.id, node.id, n)) for n, one in enumerate(node.choices))


def _back(moment: Moment, chosen: Choice | None) -> Button:
    """To the moment before, where a choice led here; else to the list."""
    return Button(_("Back"), action(*moment.fields[:3]) if chosen else "scene")


def _end(library: Library, scenario: Scenario) -> tuple[Button, ...]:
    card = library.lessons.get(scenario.card)
    lesson = (Button(_("Read: {title}", title=card.title), action("card", card.id)),) if card else ()
    again = Button(_("Once more, choosing differently"), action("scene", scenario.id))
    return (*lesson, again, Button(_("Other stories"), "scene"), start.home())
