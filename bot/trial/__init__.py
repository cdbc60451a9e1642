"""`lachan trial`: ten guided minutes with a real token and a phone, which try what we assume about a platform.

`step.py` has the shapes, `guide.py` leads through them, one file a platform has its table of steps. The database is
never touched, and what is saved holds nobody's words.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What can be tried."""

    TELEGRAM = "telegram"
    ZALO_BOT = "zalo-bot"
    ZALO_OA = "zalo-oa"


class Stuck(Exception):  # noqa: N818 - it names a state
    """The trial can't begin, or not go on; the text is the sentence for whoever started it."""
