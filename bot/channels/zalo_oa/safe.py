"""Where the pair of tokens of one OA lies: sealed in the database. A changed pair in the settings wins over it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from storage import tokens
from storage.database import Database
from storage.secret import Secret
from storage.tokens import Kept
from storage.vault import Unreadable, Vault

NAME = "zalo_oa"
LIFE = timedelta(hours=25)  # of an access token that nobody told us more about: Zalo gives no more
LEASE = timedelta(seconds=60)  # for one question after a new pair: longer than the client waits for its answer
LOST = "lost"


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, and the refresh token that gets the next pair."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A pair as it is kept; times are UTC without a zone. `asked_at`: an answer to a question after the next pair
    never came; `refused`: why there will be no next one, `lost` where that answer may have held it."""

    pair: Pair
    turn: int
    expires_at: datetime
    asked_at: datetime | None = None
    refused: str = ""


class Safe:
    """Keeps the pair. `first`: the settings' own, empty where none is set. Its methods raise StorageUnavailable."""

    def __init__(self, database: Database, secret: Secret, first: Pair) -> None:
        self._database = database
        self._first = first
        self._vault = Vault(secret.derived("tokens"))
        hidden = Secret(secret.derived("origin of tokens"))  # a keyed hash: it tells nothing about the pair
        self._origin = hidden.derived(f"{first.access}\0{first.refresh}")[:16]

    async def look(self, now: datetime) -> Held | None:
        """The pair that counts, without keeping anything: for a command beside the server."""
        kept = await self._database.read(tokens.find, NAME)
        held = self._opened(kept) if kept and self._counts(kept) else None
        return held or (self._beginning(now) if self._is_set else None)

    async def load(self, now: datetime) -> Held | None:
        """The pair that counts; the settings' own is kept when it is new."""
        kept = await self._database.read(tokens.find, NAME)
        held = self._opened(kept) if kept and self._counts(kept) else None
        if held is not None or not self._is_set:
            return held
        sealed, until = self._sealed(self._first), self._beginning(now).expires_at
        return self._opened(await self._database.run(tokens.begin, NAME, self._origin, sealed, until))

    async def claim(self, held: Held, now: datetime) -> bool:
        """Be the one who asks for the next pair."""
        return await self._database.run(tokens.claim, NAME, held.turn, now, LEASE)

    async def give_back(self, held: Held) -> None:
        """Nothing came of it: as before the claim."""
        await self._database.run(tokens.give_back, NAME, held.turn, held.asked_at)

    async def keep(self, turn: int, pair: Pair, expires_at: datetime) -> None:
        """Keep the pair that came for the one of `turn`, unless another stands there by now."""
        await self._database.run(tokens.replace, NAME, turn, self._sealed(pair), expires_at)

    async def refuse(self, held: Held, code: str) -> None:
        """There will be no next pair."""
        await self._database.run(tokens.refuse, NAME, held.turn, code)

    @property
    def _is_set(self) -> bool:
        return bool(self._first.access or self._first.refresh)

    def _counts(self, kept: Kept) -> bool:
        """A pair that was set after this one began is newer: somebody granted the app again."""
        return not self._is_set or kept.origin == self._origin

    def _beginning(self, now: datetime) -> Held:
        """Nobody tells how old the settings' access token is; it lives until Zalo refuses it."""
        return Held(self._first, 0, now + LIFE if self._first.access else now)

    def _sealed(self, pair: Pair) -> bytes:
        return self._vault.seal(msgspec.json.encode((pair.access, pair.refresh)))

    def _opened(self, kept: Kept) -> Held | None:
        """None when the server's key is another one than it was: then nobody can read it any more."""
        try:
            access, refresh = msgspec.json.decode(self._vault.open(kept.pair), type=tuple[str, str])
        except (Unreadable, msgspec.DecodeError):
            return None
        return Held(Pair(access, refresh), kept.turn, kept.expires_at, kept.asked_at, kept.refused or "")
