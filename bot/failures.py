"""What is said and noted when something breaks: a clear sentence for the person, places in the code for us."""

import structlog

from bot.logs import places
from handlers import start
from handlers.chat import Call, Say
from handlers.help.talk import emergency_calls, help_screen
from storage.library import Library
from storage.wording import catalogue

_ = catalogue("bot")

URGENT = ("115", "113", "111")


def apology() -> Say:
    """A handler broke: it is our fault, and here is a way on."""
    return Say(_("Something broke on our side. It is noted, you did nothing wrong."), start.menu_buttons())


def unavailable(library: Library) -> Say:
    """The database can't keep anything just now; emergency numbers work all the same."""
    return Say(
        _("The server has trouble right now. Please try again in a minute. Urgent: call."), calls=_calls(library)
    )


def help_now(library: Library) -> Say:
    """The help screen that needs nothing but the content."""
    return help_screen(library)


def log(logger: structlog.typing.FilteringBoundLogger, event: str, error: BaseException) -> None:
    """Note what broke and where: kind and places in the code. Never the error's words: they may quote a person."""
    logger.error(event, kind=type(error).__name__, at=places(error))


def _calls(library: Library) -> tuple[Call, ...]:
    return emergency_calls(library, URGENT)
