"""A chat's events count in the order in which they happened, however they are brought; what is over is forgotten."""

import asyncio
from dataclasses import replace

from bot.app import App
from bot.channels.channel import Membership, Operator, Presence
from bot.delivery import Delivery
from bot.jobs import jobs
from bot.letterbox import Letterbox
from bot.server import asgi
from handlers.chat import Incoming, Kind
from storage.schema import Transaction
from tests.bot.paper import Paper

LAN = "lan"
T = 1795489200.0


def _tap(number: int, action: str, at: float = 0.0) -> Incoming:
    return Incoming("paper", LAN, str(number), Kind.TAP, action=action, at=at)


def _became(presence: Presence, at: float) -> Membership:
    return Membership("paper", LAN, presence, at)


def _box(app: App, paper: Paper) -> Letterbox:
    """Nothing goes out by itself."""
    return Letterbox(app, paper, Delivery(app, paper), silence=600.0)


def _closed(tx: Transaction) -> bool:
    return bool(tx.exec_driver_sql("SELECT blocked FROM address").scalar_one())


async def test_who_came_back_stays_though_the_leaving_is_told_again(app: App) -> None:
    """A platform brings the same event twice, or hours late: the newest one counts."""
    box, read = _box(app, Paper()), app.database.read
    await box.accept(_tap(1, "age:u16", T))
    left = _became(Presence.CLOSED, T + 10)
    await box.accept(left)
    assert await read(_closed)
    await box.accept(_tap(2, "start", T + 20))
    for late in (left, _became(Presence.CLOSED, T + 19)):
        await box.accept(late)
        assert not await read(_closed)
    assert app.metrics.registry.get_sample_value("lachan_ignored_total", {"channel": "paper", "why": "late"}) == 2
    await box.accept(_became(Presence.CLOSED, T + 30))
    assert await read(_closed)
    await box.accept(_became(Presence.OPEN, T + 25))
    assert await read(_closed)
    await box.accept(_became(Presence.OPEN, T + 40))
    assert not await read(_closed)


async def test_where_no_time_is_told_the_last_word_counts(app: App) -> None:
    """As it comes."""
    box = _box(app, Paper())
    await box.accept(_tap(1, "age:u16", T))
    await box.accept(_became(Presence.CLOSED, 0.0))
    assert await app.database.read(_closed)


async def test_messages_of_one_chat_are_answered_in_their_order(app: App) -> None:
    """What is asked of the database takes longer than first aid from memory, and is said first all the same."""
    paper = Paper()
    box = _box(app, paper)
    second = Incoming("paper", LAN, "2", Kind.TEXT, text="bạn em gọi không dậy")
    await asyncio.gather(box.accept(_tap(1, "link")), box.accept(second))
    async with asyncio.TaskGroup() as group:
        working = group.create_task(box.delivery.run())
        async with asyncio.timeout(5):
            while not box.delivery.is_calm:  # noqa: ASYNC110 - the delivery works beside us
                await asyncio.sleep(0.005)
        working.cancel()
    code, aid = paper.to(LAN)
    assert "Mã của bạn" in code
    assert "115" in aid


async def test_who_leaves_while_an_answer_is_made_gets_none(app: App) -> None:
    """The leaving waits for the answer, and takes it back."""
    box = _box(app, Paper())
    await box.accept(_tap(1, "age:u16"))
    box.delivery.forget(LAN)
    await asyncio.gather(box.accept(_tap(2, "menu")), box.accept(_became(Presence.CLOSED, T)))
    assert not box.delivery._queue.held
    assert await app.database.read(_closed)


async def test_what_is_over_is_forgotten_by_the_clock(app: App) -> None:
    """Whose chat a human wrote in, and when it was last heard of: neither grows for ever."""
    hands = [100.0]
    box = _box(replace(app, ticks=lambda: hands[0]), Paper())
    sweep = next(job.work for job in jobs(asgi(app).state.web, {"paper": box}) if job.name == "memory")
    old = app.now().timestamp() - 100_000
    for number in range(50):
        await box.accept(Operator("paper", f"chat {number}"))
        await box.accept(Membership("paper", f"chat {number}", Presence.OPEN, old))
    hands[0] += 599
    await sweep(app)
    assert len(box._hushed) == 50
    hands[0] += 1
    await sweep(app)
    assert (len(box._hushed), len(box._newest)) == (0, 0)
