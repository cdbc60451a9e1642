"""Labels that may be typed instead of tapped: every button that means the same wherever it stands."""

from collections.abc import Mapping

from handlers import routes, start
from handlers.chat import Button, Incoming, Kind, action
from handlers.help.talk import help_screen, ways
from storage.library import Library
from storage.library.lexicon import fold


def of(library: Library) -> Mapping[str, str]:
    """Folded label -> action. What stands first wins where two fold alike."""
    found: dict[str, str] = {}
    for button in (start.home(), *start.menu_buttons(), *help_screen(library).buttons, *ways(), *_titles(library)):
        found.setdefault(fold(button.label), button.action)
    for meant, phrases in library.lexicon.alone.items():
        for phrase in phrases:
            found.setdefault(" ".join(word.bare for word in phrase), meant)
    return found


def quiet(library: Library) -> Mapping[str, str]:
    """Those that lead to another private screen: all that a label may mean while a private one stands."""
    return {label: action for label, action in of(library).items() if _is_private(action, library)}


def _is_private(action: str, library: Library) -> bool:
    return routes.private(Incoming("", "", "", Kind.TAP, action=action), library, None)


def _titles(library: Library) -> tuple[Button, ...]:
    lessons = (Button(one.title, action("card", one.id)) for one in library.lessons.values())
    scenes = (Button(one.title, action("scene", one.id)) for one in library.scenarios.values())
    return (*lessons, *scenes)
