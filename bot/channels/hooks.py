"""The addresses that platforms call. They verify, decode, and answer 200 once the effect is on the disk."""

from typing import TYPE_CHECKING

from litestar import Request, Response, post
from litestar.datastructures import State

from bot import needs
from bot.channels.channel import LONGEST_CALL
from bot.channels.refusals import refused
from bot.letterbox import arrived
from handlers.taking import Gone
from storage.database import StorageUnavailable

if TYPE_CHECKING:
    from bot.letterbox import Letterbox

PATIENCE = 1.0  # seconds that a private answer has to arrive: the strictest platform waits for two


def _hook(path: str, channel: str):  # type: ignore[no-untyped-def] # Litestar's own type of a route
    @post(path, name=channel, status_code=200, include_in_schema=False, request_max_body_size=LONGEST_CALL)
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
        parcel = await box.accept(box.channel.decode(body))
    except StorageUnavailable as error:
        raise refused("storage", box.app.metrics) from error
    except Gone:
        parcel = None
    await arrived([parcel] if parcel else [], PATIENCE)
    return Response(None, status_code=200)


HOOKS = (
    _hook(needs.TELEGRAM, "telegram"),
    _hook(needs.ZALO_BOT, "zalo_bot"),
    _hook(needs.ZALO_OA, "zalo_oa"),
)
