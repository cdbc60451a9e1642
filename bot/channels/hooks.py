"""The addresses that platforms call. They verify, decode, and answer 200 once the effect is on the disk."""

from typing import TYPE_CHECKING

from litestar import Request, Response, post
from litestar.datastructures import State

from bot.channels.refusals import refused
from handlers.taking import Gone
from storage.database import StorageUnavailable

if TYPE_CHECKING:
    from bot.letterbox import Letterbox

LONGEST_BODY = 1024 * 1024  # bytes; a platform sends again what it thinks we didn't get, so little is refused for size
PATIENCE = 1.0  # seconds that a private answer has to arrive: the strictest platform waits for two


def _hook(path: str, channel: str):  # type: ignore[no-untyped-def] # Litestar's own type of a route
    @post(path, name=channel, status_code=200, include_in_schema=False, request_max_body_size=LONGEST_BODY)
    async def called(request: Request[None, None, State]) -> Response[None]:
        box: Letterbox | None = request.app.state.boxes.get(channel)
        if box is None:
            raise refused("not_here", request.app.state.web.app.metrics)
        return await _taken(box, request)

    return called


async def _taken(box: "Letterbox", request: Request[None, None, State]) -> Response[None]:
    body = await request.body()
    if not box.channel.verify({name.lower(): value for name, value in request.headers.items()}, body):
        raise refused("not_theirs", box.app.metrics)
    try:
        await box.accept(box.channel.decode(body), PATIENCE)
    except StorageUnavailable as error:
        raise refused("storage", box.app.metrics) from error
    except Gone:
        pass
    return Response(None, status_code=200)


HOOKS = (
    _hook("/telegram/webhook", "telegram"),
    _hook("/zalo/bot/webhook", "zalo_bot"),
    _hook("/zalo/oa/webhook", "zalo_oa"),
)
