"""Conversations about linking: a code here, typed there, both are asked, and what is theirs is one."""

import re
from dataclasses import dataclass, field

import msgspec
import pytest

from bot.app import App
from bot.channels.shown import shown
from bot.server import asgi
from bot.tokens import Tokens
from handlers.chat import Say
from storage import outbox
from storage.outbox import Waiting
from storage.schema import Transaction
from tests.talks.player import Heard, Player, Stage
from tests.talks.stages import Page, Terminal

_CODE = re.compile(r"\b[2-9A-Y]{4}-[2-9A-Y]{4}\b")


@dataclass
class Devices:
    """Each person on a channel of their own. `(mã)` types the code that was shown last, a code is shown as XXXX-XXXX,
    and `(nghe)` listens to what came by itself."""

    app: App
    page: Page
    terminal: Terminal
    at_terminal: tuple[str, ...] = ()
    code: str = ""
    heard: dict[str, list[Heard]] = field(default_factory=dict)

    async def type(self, who: str, text: str) -> list[Heard]:
        if text == "(nghe)":
            return await self._listen(who)
        return self._seen(await self._stage(who).type(who, text.replace("(mã)", self.code)))

    async def tap(self, who: str, tapped: str) -> list[Heard]:
        return self._seen(await self._stage(who).tap(who, tapped))

    def _stage(self, who: str) -> Stage:
        return self.terminal if who in self.at_terminal else self.page

    async def _listen(self, who: str) -> list[Heard]:
        address = Tokens(self.app.secret).address(self.page.sessions[who], self.app.now().date()) or ""
        waiting = await self.app.database.run(_take, address)
        says = [shown(msgspec.json.decode(one.body, type=Say)) for one in waiting]
        return [Heard(say.text, tuple((button.label, button.action) for button in say.buttons)) for say in says]

    def _seen(self, messages: list[Heard]) -> list[Heard]:
        for message in messages:
            self.code = next(iter(_CODE.findall(message.text)), self.code)
        return [Heard(_CODE.sub("XXXX-XXXX", message.text), message.buttons) for message in messages]


def _take(tx: Transaction, address: str) -> tuple[Waiting, ...]:
    found = outbox.of_chat(tx, "web", address, 0)
    for one in found:
        outbox.delivered_all(tx, (one.id,))
    return found


@pytest.fixture
def devices(app: App) -> Devices:
    """All on the page, unless a test says otherwise."""
    return Devices(app, Page(asgi(app)), Terminal(app))


_SHOWN = """
        An: /dulieu
        Bot: …
        An: [Liên kết thiết bị]
        Bot: Liên kết thiết bị

             Mã của bạn: XXXX-XXXX

             Trên thiết bị kia, bạn mở khung chat với mình (trong ứng dụng hay trên trang web đều được) rồi gõ mã này.

             Mã dùng được một lần, trong 10 phút, và chỉ dành cho thiết bị của chính bạn.
             [Mình gõ xong rồi] [Lấy mã mới] [Dữ liệu của tôi] [Trang chính]
"""
_TYPED = """
        Binh: (mã)
        Bot: Liên kết thiết bị

             Bạn muốn liên kết với người đưa mã này trên {channel}?

             - Hai bên thành một: chung bài đã học, chung tuổi và nhóm.
             - Xóa hết ở một bên là xóa ở cả hai.
             - Ai cầm thiết bị kia cũng xem được những điều đó, nên chỉ đồng ý khi nó là của bạn.
             [Đồng ý liên kết] [Không liên kết]
"""
_AGREED = """
        Binh: [Đồng ý liên kết]
        Bot: Mình đang hỏi lại trên {channel}. Bạn chọn “Đúng là tôi” ở bên đó là xong; trước lúc ấy chưa có gì được liên kết.

             Nếu bên đó chưa thấy câu hỏi, bạn chọn “Mình gõ xong rồi” ở dưới mã.
             [Xem lại] [Trang chính]
"""
_ASKED = """
        Bot: Liên kết thiết bị

             Có người vừa gõ mã của bạn trên {channel} và muốn liên kết. Đó có phải là bạn không?

             Nếu liên kết, bên đó sẽ xem được và xóa được những gì bạn đã học ở đây. Nếu không phải bạn thì không có gì xảy ra cả.
             [Đúng là tôi] [Không phải]
"""


def script(*parts: str, **values: str) -> str:
    """A conversation in parts."""
    return "\n".join(part.strip("\n") for part in parts).format(**values)


async def test_two_pages_become_one(devices: Devices) -> None:
    """The whole way: code, question there, question here, both told; what was learned on either is there on both."""
    begun = """
        An: /start
        Bot: …
        An: [16 đến 17]
        Bot: …
        An: [Học sinh]
        Bot: …
        Binh: /start
        Bot: …
        Binh: [Từ 18]
        Bot: …
        Binh: [Phụ huynh]
        Bot: …
        Binh: Nói “không” sao cho nhẹ
        Bot: 1/7 · …
             …
    """
    done = """
        An: [Đúng là tôi]
        Bot: Đã liên kết. Bài đã học ở hai bên giờ được gộp làm một.

             Kênh đang dùng: trang web (2)
             [Dữ liệu của tôi] [Trang chính]
        Binh: (nghe)
        Bot: Đã liên kết với trang web. Bài đã học ở hai bên giờ được gộp làm một.
             [Dữ liệu của tôi] [Trang chính]
        Binh: [Dữ liệu của tôi]
        Bot: Dữ liệu của tôi

             - Tuổi: 16 đến 17
             - Nhóm: Học sinh
             …
             - Kênh đang dùng: trang web (2)

             Điều bạn tự gõ và các màn hình giúp đỡ không bao giờ được lưu.
             [Tải về] [Sửa tuổi và nhóm] [Nhớ trong 12 tháng] [Giữ trong bao lâu] [Liên kết thiết bị] [Bỏ liên kết một thiết bị] [Xóa hết] [Trang chính]
        An: /hoc
        Bot: Bạn muốn xem bài nào?
             [Học tiếp: Nói “không” sao cho nhẹ (1/7)] …
    """
    heard = "        An: (nghe)"
    talk = script(begun, _SHOWN, _TYPED, _AGREED, heard, _ASKED, done, channel="trang web")
    await Player(devices)(talk)


async def test_from_the_page_to_the_terminal(devices: Devices) -> None:
    """Who can't be told by itself looks, and finds how things are."""
    devices.at_terminal = ("Binh",)
    done = """
        An: [Đúng là tôi]
        Bot: Đã liên kết. Bài đã học ở hai bên giờ được gộp làm một.

             Kênh đang dùng: dòng lệnh, trang web
             [Dữ liệu của tôi] [Trang chính]
        Binh: [Xem lại]
        Bot: Câu hỏi này đã xong rồi hoặc đã quá 10 phút.

             Kênh đang dùng: dòng lệnh, trang web
             [Liên kết thiết bị] [Trang chính]
    """
    asked = script("        An: (nghe)", _ASKED, channel="dòng lệnh")
    await Player(devices)(script(_SHOWN, _TYPED, _AGREED, asked, done, channel="trang web"))


async def test_from_the_terminal_to_the_page(devices: Devices) -> None:
    """The one who shows the code on a channel that can't be spoken to looks whether it was typed."""
    devices.at_terminal = ("An",)
    nobody = """
        An: [Mình gõ xong rồi]
        Bot: Liên kết thiết bị

             Chưa có thiết bị nào gõ mã này.

             Mã của bạn: XXXX-XXXX
             …
    """
    answer_there = """
        An: [Mình gõ xong rồi]
        Bot: Mã đã được gõ trên trang web. Bạn trả lời câu hỏi ở bên đó trước nhé.
             [Xem lại] [Lấy mã mới] [Trang chính]
    """
    done = """
        An: [Đúng là tôi]
        Bot: Đã liên kết. …
             …
        Binh: (nghe)
        Bot: Đã liên kết với dòng lệnh. …
             …
    """
    asked = script("        An: [Xem lại]", _ASKED, channel="trang web")
    talk = script(_SHOWN, nobody, _TYPED, answer_there, _AGREED, asked, done, channel="dòng lệnh")
    await Player(devices)(talk)


async def test_saying_no_on_either_side_changes_nothing(devices: Devices) -> None:
    """One no is enough, there or here; the code is over and the other side is told."""
    there = """
        Binh: [Không liên kết]
        Bot: Được, mình không liên kết gì cả. Mã đó không dùng được nữa.
             [Trang chính]
        Binh: (mã)
        Bot: Mã này chưa đúng hoặc đã hết hạn. Bạn xem lại mã, hoặc lấy mã mới nhé.
             [Liên kết thiết bị] [Trang chính]
        An: [Mình gõ xong rồi]
        Bot: Không còn mã nào đang chờ: mã đã dùng xong hoặc đã quá 10 phút.

             Kênh đang dùng: trang web
             [Lấy mã mới] [Dữ liệu của tôi] [Trang chính]
    """
    here = """
        An: [Không phải]
        Bot: Cảm ơn bạn đã báo. Không có gì được liên kết, và mã đó không dùng được nữa.
             [Lấy mã mới] [Trang chính]
        Binh: (nghe)
        Bot: Bên kia chọn không liên kết. Không có gì thay đổi.
             [Trang chính]
        An: [Đúng là tôi]
        Bot: Câu hỏi này đã xong rồi hoặc đã quá 10 phút.

             Kênh đang dùng: trang web
             [Liên kết thiết bị] [Trang chính]
    """
    again = script(_SHOWN, _TYPED, _AGREED, "        An: (nghe)", _ASKED, here, channel="trang web")
    await Player(devices)(script(_SHOWN, _TYPED, there, again, channel="trang web"))


async def test_unlinking_a_device(devices: Devices) -> None:
    """Asked once more; it begins anew, and the other one keeps everything. The last one can't be unlinked."""
    devices.at_terminal = ("Binh",)
    unlinked = """
        An: [Đúng là tôi]
        Bot: …
        An: [Dữ liệu của tôi]
        Bot: …
        An: [Bỏ liên kết một thiết bị]
        Bot: Bỏ liên kết một thiết bị

             Kênh đang dùng: dòng lệnh, trang web

             Bạn muốn bỏ thiết bị nào? Thiết bị đó không còn xem được dữ liệu của bạn và bắt đầu lại từ đầu.
             [dòng lệnh] [Thiết bị này: trang web] [Dữ liệu của tôi] [Trang chính]
        An: [Thiết bị này: trang web]
        Bot: Bỏ liên kết thiết bị này (trang web)?
             [Bỏ liên kết] [Giữ lại]
        An: [Bỏ liên kết]
        Bot: Thiết bị này không còn liên kết và bắt đầu lại từ đầu. Dữ liệu của bạn vẫn ở các thiết bị còn lại.
             [Trang chính]
        An: /dulieu
        Bot: Dữ liệu của tôi

             Mình chưa giữ gì về bạn. …
             [Liên kết thiết bị] [Trang chính]
        Binh: /dulieu
        Bot: Dữ liệu của tôi
             …
             - Kênh đang dùng: dòng lệnh
             …
    """
    asked = script("        An: (nghe)", _ASKED, channel="dòng lệnh")
    await Player(devices)(script(_SHOWN, _TYPED, _AGREED, asked, unlinked, channel="trang web"))


async def test_longer_keeping_ends_where_one_side_did_not_agree(devices: Devices) -> None:
    """Linking never widens a consent, and says so when one ended with it."""
    begun = """
        An: /start
        Bot: …
        An: [Từ 18]
        Bot: …
        An: /dulieu
        Bot: …
        An: [Nhớ trong 12 tháng]
        Bot: …
        Binh: Nói “không” sao cho nhẹ
        Bot: …
    """
    done = """
        An: [Đúng là tôi]
        Bot: Đã liên kết. Bài đã học ở hai bên giờ được gộp làm một.

             Có một bên chưa đồng ý nhớ 12 tháng, nên sau 30 ngày bạn không ghé mình sẽ xóa. Muốn đổi thì vào “Dữ liệu của tôi”.

             Kênh đang dùng: trang web (2)
             …
        Binh: (nghe)
        Bot: Đã liên kết với trang web. Bài đã học ở hai bên giờ được gộp làm một.

             Có một bên chưa đồng ý nhớ 12 tháng, nên sau 30 ngày bạn không ghé mình sẽ xóa. Muốn đổi thì vào “Dữ liệu của tôi”.
             …
    """
    heard = "        An: (nghe)"
    await Player(devices)(script(begun, _SHOWN, _TYPED, _AGREED, heard, _ASKED, done, channel="trang web"))


async def test_erasing_on_one_page_ends_the_other_too(devices: Devices) -> None:
    """“Xóa hết” means all devices: the other session answers 410 like the one that asked for it."""
    done = """
        An: [Đúng là tôi]
        Bot: …
        Binh: /dulieu
        Bot: …
        Binh: [Xóa hết]
        Bot: Xóa hết những gì mình giữ về bạn nhé? Xóa rồi không lấy lại được.
             [Xóa hết] [Giữ lại]
        Binh: [Xóa hết]
        Bot: Đã xóa hết. Bạn bắt đầu lại lúc nào cũng được.
             [Bắt đầu lại]
        An: /dulieu
        Bot: 410: …
        Binh: /dulieu
        Bot: 410: …
    """
    heard = "        An: (nghe)"
    await Player(devices)(script(_SHOWN, _TYPED, _AGREED, heard, _ASKED, done, channel="trang web"))


async def test_a_code_typed_where_somebody_looks_for_help_stays_private(devices: Devices) -> None:
    """While a private screen stands nothing that is typed is kept, a code neither."""
    await Player(devices)(script(_SHOWN))
    await devices.page.type("Binh", "em lỡ hút pod rồi, em sợ lắm")
    heard = await devices.page.type("Binh", devices.code)
    assert "Bạn muốn liên kết" not in heard[-1].text
    address = Tokens(devices.app.secret).address(devices.page.sessions["Binh"], devices.app.now().date())
    assert not await devices.app.database.read(
        lambda tx: tx.exec_driver_sql("SELECT count(*) FROM address WHERE address = '" + str(address) + "'").scalar()
    )
