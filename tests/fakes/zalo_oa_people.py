"""The people who chat with a fake Official Account, and what they see."""

import secrets
from dataclasses import dataclass, field

from tests.fakes.zalo_oa_rules import Button


@dataclass(frozen=True, slots=True)
class Shown:
    """A message from the account; `free`: it wasn't charged."""

    text: str
    buttons: tuple[Button, ...] = ()
    message_id: str = ""
    free: bool = True


@dataclass(eq=False, slots=True)
class Person:
    """Somebody who chats with the account. `wrote`: when last, by the platform's clock.

    `refusal`: the code with which sending to them is refused.
    """

    name: str
    id: str = field(default_factory=lambda: str(secrets.randbelow(9 * 10**18) + 10**18))
    wrote: float | None = None
    refusal: int = 0
    screen: list[Shown] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """All texts as they are read."""
        return [shown.text for shown in self.screen]
