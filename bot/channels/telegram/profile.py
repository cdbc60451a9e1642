"""What stands on Telegram beside the conversation: the menu of commands, and who we are."""

from typing import TYPE_CHECKING

from bot.channels.channel import SENT, Outcome
from storage.wording import LANGUAGE, catalogue

if TYPE_CHECKING:
    from bot.channels.telegram.client import Client

_ = catalogue("bot")


def commands() -> dict[str, str]:
    """The commands that are understood, without their slash, and what each does."""
    return {
        "menu": _("What there is to do"),
        "trogiup": _("Help now: first aid and numbers"),
        "hoc": _("Lessons in small screens"),
        "tinhhuong": _("What would you do?"),
        "luyen": _("Practice questions"),
        "dulieu": _("What is kept about you"),
        "lienket": _("Link another device"),
        "huy": _("Stop what runs"),
    }


async def show(client: "Client") -> Outcome:
    """Set all of it, in Vietnamese and for everybody else: there is no other language. The first refusal, or SENT; one
    keeps nothing else back."""
    long = _(
        "An automatic assistant about drugs: learn, practise, find help. No name needed; what you type isn't kept."
    )
    short = _("Learn to stay away from drugs, and find help. No name needed.")
    told = []
    for language in (LANGUAGE, None):
        told += [await client.name_commands(commands(), language), await client.describe(long, short, language)]
    return next((answer.outcome for answer in told if answer.outcome != SENT), SENT)
