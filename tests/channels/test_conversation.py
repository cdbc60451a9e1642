"""One long conversation, from the welcome to the farewell, by the same script on every channel."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from pydantic import SecretStr

from bot import delivery
from bot.app import App
from bot.server import asgi
from tests.channels.running import running
from tests.channels.stages import OnTelegram, OnZaloBot, OnZaloOA
from tests.fakes.telegram import Telegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOA, keys
from tests.talks.player import Player, Stage
from tests.talks.stages import Page, Terminal

Opening = Callable[[App], AbstractAsyncContextManager[Stage]]

SCRIPT = """
        An: /start
        Bot: Chào bạn. Mình là trợ lý tự động của Phú Thọ.

             Bạn hỏi gì về ma túy cũng được…
             …
             Để mình chọn bài hợp với bạn: bạn bao nhiêu tuổi?
             [Dưới 16] [16 đến 17] [Từ 18] [Bỏ qua]
        An: [Từ 18]
        Bot: Bạn là ai trong số này?
             [Học sinh] [Sinh viên] [Phụ huynh] [Giáo viên] [Người đi làm] [Người dân] [Mình lo cho bản thân hoặc người nhà] [Bỏ qua]
        An: [Sinh viên]
        Bot: Cảm ơn bạn. Bạn muốn làm gì?
             [Học] [Thử vào vai] [Luyện câu hỏi] [Cần giúp đỡ] [Dữ liệu của tôi]
        An: [Học]
        Bot: Bạn muốn xem bài nào?
             [Nói “không” sao cho nhẹ] …
        An: [Nói “không” sao cho nhẹ]
        Bot: 1/7 · Vì sao khó nói “không”
             …
             [Tiếp] [Trang chính]
        An: [Tiếp]
        Bot: 2/7 · Bốn bước

             - Dừng: thở một nhịp. Trong bụng thấy sờ sợ, thế là đủ lý do rồi.
             - Từ chối: một câu ngắn.
             - Rời đi: ra chỗ khác, không cần chờ ai đồng ý.
             - Báo tin: kể cho một người lớn bạn tin.

             Quên hết cũng được, chỉ cần nhớ bước ba: chân đi trước, lời nói sau.

             Nguồn: Giáo án mẫu về phòng, chống ma túy
             [Tiếp] [Quay lại] [Trang chính]
        An: [Quay lại]
        Bot: 1/7 · Vì sao khó nói “không”
             …
        An: chọn 1
        Bot: 2/7 · Bốn bước
             …
        An: [Tiếp]
        Bot: 3/7 · Một câu là đủ
             …
        An: 1.
        Bot: 4/7 · Họ nói, bạn nói
             …
        An: câu a
        Bot: 5/7 · Hẹn sẵn một lối ra
             …
        An: số 1
        Bot: 6/7 · Năm người trên một bàn tay
             …
        An: A)
        Bot: 7/7 · Khi bạn mình lỡ dùng
             …
        Bot: Mình nhớ giúp bạn những bài đã học, trong 12 tháng, được không? Nếu không, mình tự xóa sau 30 ngày bạn không ghé.
             [Nhớ giúp mình] [Không cần] [Luyện vài câu] [Quay lại] [Bài khác] [Sơ cứu khi nghi quá liều] [Trang chính]
        An: [Nhớ giúp mình]
        Bot: Dữ liệu của tôi
             …
        An: /tinhhuong
        Bot: Bạn muốn vào câu chuyện nào?
             [Chuyển hộ một gói quà] [Lọ nhỏ trong cặp con] [Cái pod trước cổng trường] [Trang chính]
        An: [Chuyển hộ một gói quà]
        Bot: Chuyển hộ một gói quà
             …
             [“Em không nhận gói mà em không biết bên trong”] [Hỏi thêm trong gói có gì, gửi cho ai] [Nhận lời, đang cần tiền mà] [Quay lại] [Trang chính]
        An: b
        Bot: …
        An: /luyen
        Bot: 1/5
             …
        An: 1
        Bot: …
        Bot: 2/5
             …
        An: trời hôm nay đẹp ghê
        Bot: Mình chưa hiểu câu này. Bạn thử nói cách khác, hoặc chọn ở dưới nhé.…
             …
             [Cần giúp đỡ] [Mình muốn đọc, nói chuyện từ từ] [Học] [Trang chính]
        An: bạn em co giật
        Bot: Đang co giật

             1. Gọi 115 ngay, bật loa ngoài.
             …
             [Chuyện khác đang xảy ra] [Số gọi giúp đỡ] [Mình muốn đọc, nói chuyện từ từ] [Trang chính]
        An: [Số gọi giúp đỡ]
        Bot: Số gọi giúp đỡ
             …
             [Mình muốn đọc, nói chuyện từ từ] [Sơ cứu] [Trang chính]
        An: em bị ép hút
        Bot: …
        An: /menu
        Bot: Bạn muốn làm gì?
             [Học] [Thử vào vai] [Luyện câu hỏi] [Cần giúp đỡ] [Dữ liệu của tôi]
        An: du lieu cua toi
        Bot: Dữ liệu của tôi

             - Tuổi: Từ 18
             - Nhóm: Sinh viên
             - Bài đã đọc hết: 1
             …
        An: [Tải về]
        {export}
        An: [Dữ liệu của tôi]
        Bot: Dữ liệu của tôi
             …
        An: [Xóa hết]
        Bot: Xóa hết những gì mình giữ về bạn nhé? Xóa rồi không lấy lại được.
             [Xóa hết] [Giữ lại]
        An: [Xóa hết]
        Bot: Đã xóa hết. Bạn bắt đầu lại lúc nào cũng được.
             [Bắt đầu lại]
        {again}
        """

EXPORT = """
        Bot: Đây là tất cả những gì mình giữ về bạn, ghi theo dạng máy đọc được (JSON).
        …
        """
WATCHED_EXPORT = """
        Bot: Tải về

             Dữ liệu sẽ hiện thành chữ ngay ở đây, và người quản trị tài khoản này có thể đọc, cạnh tên tài khoản của bạn.
             [Cứ viết ra ở đây] [Liên kết thiết bị] [Dữ liệu của tôi] [Trang chính]
        An: [Cứ viết ra ở đây]
        Bot: Đây là tất cả những gì mình giữ về bạn, ghi theo dạng máy đọc được (JSON).
        Bot: la-chan.json
        …
        """
AGAIN = """
        An: [Bắt đầu lại]
        Bot: Chào bạn. Mình là trợ lý tự động của Phú Thọ.
             …
        """
WATCHED = {"zalo_bot", "zalo_oa"}


def script(channel: str) -> str:
    """Where others read along they are warned before their data is written out; the page begins anew by itself."""
    export = WATCHED_EXPORT if channel in WATCHED else EXPORT
    return SCRIPT.format(export=export.strip(), again="" if channel == "page" else AGAIN.strip())


@asynccontextmanager
async def page(app: App) -> AsyncIterator[Stage]:
    yield Page(asgi(app))


@asynccontextmanager
async def at_terminal(app: App) -> AsyncIterator[Stage]:
    yield Terminal(app)


@asynccontextmanager
async def telegram(app: App) -> AsyncIterator[Stage]:
    async with (
        Telegram() as fake,
        running(app, telegram_token=SecretStr(fake.token), telegram_api=fake.url) as server,
    ):
        yield OnTelegram(fake, server)


@asynccontextmanager
async def zalo_bot(app: App) -> AsyncIterator[Stage]:
    async with (
        FakeZaloBot() as fake,
        running(app, zalo_bot_token=SecretStr(fake.token), zalo_bot_api=fake.url) as server,
    ):
        yield OnZaloBot(fake, server)


@asynccontextmanager
async def zalo_oa(app: App) -> AsyncIterator[Stage]:
    async with FakeZaloOA() as fake, running(app, **zalo_oa_settings(fake)) as server:
        fake.listen(f"{server.url}/zalo/oa/webhook")
        yield OnZaloOA(fake, server)


def zalo_oa_settings(fake: FakeZaloOA) -> dict[str, object]:
    """As the environment would say it."""
    hidden = {"app_secret", "secret", "access_token", "refresh_token"}
    named = {name.removeprefix("LACHAN_").lower(): value for name, value in keys(fake).items()}
    return {
        name: SecretStr(value) if name.removeprefix("zalo_oa_") in hidden else value for name, value in named.items()
    }


@pytest.fixture(autouse=True)
def _quick_talker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody talks this fast for long; here it is no flood."""
    monkeypatch.setattr(delivery, "CHAT_RATE", 1000)


CHANNELS: tuple[Opening, ...] = (page, at_terminal, telegram, zalo_bot, zalo_oa)


@pytest.mark.parametrize("opening", CHANNELS, ids=lambda opening: opening.__name__)
async def test_the_whole_way_on_every_channel(app: App, opening: Opening) -> None:
    """Welcome, lesson, story, practice, danger, help, my data, erased: the same words, each in its channel's habits."""
    async with opening(app) as stage:
        await Player(stage)(script(opening.__name__))
    assert await app.database.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM person").scalar()) == 0
    assert await app.database.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM outbox").scalar()) == 0
