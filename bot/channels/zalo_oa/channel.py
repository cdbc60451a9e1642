"""A Zalo Official Account as a channel: signed events in, consultation messages out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot.channels.channel import SENT, Capabilities, Decoded, Fetched, Headers, Outcome, Result
from bot.channels.halfway import Halfway
from bot.channels.zalo_oa import encode, errors, health, wire
from bot.channels.zalo_oa.client import Answer, Client
from bot.channels.zalo_oa.encode import Part
from bot.channels.zalo_oa.health import Health, State
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.wire import Account
from handlers.chat import Say
from storage.schema import utc

HOOK_ONLY = Outcome(Result.BROKEN, code="webhook only")


@dataclass(slots=True)
class ZaloOA:
    """One OA. `account`: who we are there; its `oa` is asked for where it isn't told. `now`: the time, with a zone."""

    client: Client
    tokens: Tokens
    account: Account
    now: Callable[[], datetime]
    name: str = wire.NAME
    capabilities: Capabilities = encode.ABLE
    _halfway: Halfway = field(default_factory=Halfway)

    def verify(self, headers: Headers, body: bytes) -> bool:
        """Whether Zalo signed these bytes with our OA's key."""
        return wire.is_signed(self.account, headers, body, self.now())

    def decode(self, body: bytes) -> Decoded:
        """One event."""
        return wire.decode(self.account, body)

    async def send(self, address: str, say: Say, tapped: str | None = None) -> Outcome:  # noqa: ARG002 - nothing is edited
        """Send each part."""
        return await self._halfway.carry(address, encode.parts(say), partial(self._carried, address))

    async def acknowledge(self, tapped: str, passing: str = "") -> None:
        """A press needs no answer here."""

    async def leave(self, address: str, say: Say) -> None:
        """There are no groups here."""

    async def prepare(self) -> Outcome:
        """See that the token works, and learn which OA it speaks for. Where Zalo calls us is set in its console."""
        answer = await self._asked(self.client.account)
        if isinstance(answer, Outcome):
            return answer
        self.account = replace(self.account, oa=self.account.oa or _oa(answer))
        return errors.outcome(answer, self.now())

    async def fetch(self, offset: int) -> Fetched:  # noqa: ARG002 - the protocol's
        """Zalo only calls."""
        return Fetched(HOOK_ONLY)

    async def keep_fresh(self) -> Outcome:
        """Change the token if it is time: to be called now and then, so that a quiet OA loses no grant, and no sender
        waits. Tells what is wrong while the old token still works."""
        token = await self.tokens.access()
        return token if isinstance(token, Outcome) else self.tokens.trouble or SENT

    async def check(self) -> Health:
        """How the token stands; changes nothing, so that it may be asked beside the server."""
        held = await self.tokens.look()
        if held is None:
            return Health(State.UNSET)
        answer = await self.client.account(held.pair.access)
        left = held.expires_at - utc(self.now())
        outcome, stale = errors.outcome(answer, self.now()), errors.is_stale(answer)
        return health.of(held, max(left.total_seconds(), 0) / 3600, outcome, stale=stale, oa=_oa(answer))

    async def close(self) -> None:
        """Wait for a new token that is on its way, then let go of connections."""
        await self.tokens.close()
        await self.client.close()

    async def _carried(self, address: str, part: Part) -> Outcome:
        """One part; with its buttons as text, should Zalo not like them: numbers to call must arrive."""
        outcome = await self._sent(address, part)
        if not (part.buttons and errors.is_unfit(outcome)):
            return outcome
        for plain in part.plain():
            outcome = await self._sent(address, plain)
            if outcome.result is not Result.SENT:
                break
        return outcome

    async def _sent(self, address: str, part: Part) -> Outcome:
        answer = await self._asked(lambda token: self.client.send(token, address, part.message()))
        return answer if isinstance(answer, Outcome) else errors.outcome(answer, self.now())

    async def _asked(self, ask: Callable[[str], Awaitable[Answer]]) -> Answer | Outcome:
        """Ask with a token that works; once more with a new one where this one was refused."""
        token = await self.tokens.access()
        if isinstance(token, Outcome):
            return token
        answer = await ask(token)
        if not errors.is_stale(answer):
            return answer
        token = await self.tokens.access(refused=token)
        return token if isinstance(token, Outcome) else await ask(token)


def _oa(answer: Answer) -> str:
    data = answer.data.get("data")
    return str(data.get("oa_id") or "") if isinstance(data, dict) else ""
