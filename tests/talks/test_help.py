"""Conversations of somebody who needs help: private, answered first, never in the way of what was begun."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import App
from bot.server import asgi
from bot.turns import receive
from handlers.chat import Incoming, Kind
from tests.talks.conftest import Hands
from tests.talks.player import Player
from tests.talks.stages import Page


async def test_who_writes_first_about_danger_is_answered_first(talk: Player) -> None:
    """First aid comes before any welcome; who speaks is said after it."""
    await talk("""
        An: bạn em hút pod xong giờ co giật
        Bot: Đang co giật

             1. Gọi 115 ngay, bật loa ngoài.
             …
             ☎ Gọi 115: Cấp cứu y tế
        Bot: Chào bạn. Mình là trợ lý tự động của Phú Thọ. Điều bạn gõ không được lưu lại.
             [Chuyện khác đang xảy ra] [Số gọi giúp đỡ] [Mình muốn đọc, nói chuyện từ từ] [Trang chính]
        """)


async def test_danger_is_heard_without_marks_too(talk: Player) -> None:
    """Somebody in a hurry types without diacritics."""
    await talk("""
        An: goi khong day voi, moi tim tai
        Bot: Không thở, hoặc thở rất chậm
             …
        An: em khong muon song nua
        Bot: Mình nghe bạn đây

             Cảm ơn bạn đã nói ra. Bạn không phải chịu một mình.
             …
             ☎ Gọi 111: Tổng đài quốc gia bảo vệ trẻ em
             ☎ Gọi 113: Công an
             ☎ Gọi 115: Cấp cứu y tế
             [Số gọi giúp đỡ] [Sơ cứu] [Trang chính]
        """)


async def test_help_leads_on_by_taps(talk: Player) -> None:
    """From the menu to first aid, the help lines, and a quiet card."""
    await talk("""
        An: /trogiup
        Bot: Giúp gấp
             …
             [Gọi không dậy, còn thở] [Không thở, hoặc thở rất chậm] [Đang co giật] …
        An: [Gọi không dậy, còn thở]
        Bot: Gọi không dậy, còn thở
             …
        An: [Mình muốn đọc, nói chuyện từ từ]
        Bot: Từ từ thôi

             Bạn đi tìm người giúp là can đảm lắm. Ở đây không lưu lại điều gì, và bạn không cần nói mình là ai.
             …
        An: [Đã lỡ dùng thì chuyện gì xảy ra]
        Bot: 1/7 · …
             …
             [Tiếp] [Số gọi giúp đỡ] [Sơ cứu khi nghi quá liều] [Trang chính]
        An: [Tiếp]
        Bot: 2/7 · …
             …
             [Tiếp] [Quay lại] [Số gọi giúp đỡ] [Trang chính]
        """)


@pytest.mark.parametrize("text", ["bạn em co giật rồi", "thời tiết hôm nay", "/start", "/dulieu"])
async def test_a_stranger_is_told_once_who_reads_along(app: App, text: str) -> None:
    """Whatever they begin with, where an account's administrators can read: one sentence, and the page's address."""
    place = "https://lachan.example.vn"
    known = replace(app, settings=app.settings.model_copy(update={"public_url": place}))
    says = (await receive(known, Incoming("zalo_oa", "an", "1", Kind.TEXT, text, watched=True))).says
    heard = "\n".join(say.text for say in says)
    assert heard.count("người quản trị tài khoản này có thể đọc") == heard.count(place) == 1
    assert "không được lưu" not in heard


async def test_what_fear_is_told_to_choose_stands_there_to_choose(talk: Player) -> None:
    """The number that the words name can be called, and the button that they name is there."""
    await talk("""
        An: /menu
        Bot: …
        An: em lỡ hút pod rồi em sợ lắm
        Bot: …
             Nếu ngay lúc này bạn hoặc người thân khó thở, đau ngực hay nóng ran, hãy gọi 115 hoặc chọn “Sơ cứu”.

             ☎ Gọi 115: Cấp cứu y tế
             ☎ Gọi 111: Tổng đài quốc gia bảo vệ trẻ em
             [Đã lỡ dùng thì chuyện gì xảy ra] [Gọi ai, lúc nào] [Sơ cứu khi nghi quá liều] [Số gọi giúp đỡ] [Sơ cứu] [Trang chính]
        """)


async def test_who_fears_for_a_husband_is_not_sent_to_the_childrens_line(talk: Player) -> None:
    """An adult's card comes first, and 115 is the number."""
    await talk("""
        An: /menu
        Bot: …
        An: chồng tôi nghiện, cai ở đâu
        Bot: Mình nghe bạn đây
             …
             ☎ Gọi 115: Cấp cứu y tế
             [Khi biết con đã dùng] [Đã lỡ dùng thì chuyện gì xảy ra] …
        """)


async def test_an_unverified_help_line_is_never_shown(talk: Player) -> None:
    """The line whose hours nobody checked stays hidden; the emergency lines stand."""
    stage = talk.stage
    shown = (await stage.type("An", "Số gọi giúp đỡ"))[-1].text
    assert "111" in shown
    assert "0769.04.04.04" in shown
    assert "096.306.1414" not in shown


async def test_a_lesson_stands_where_it_stood_after_help(app: App, clock: Hands) -> None:
    """Half an hour after the help screen the page resumes the lesson, not the help."""
    page = Page(asgi(app))
    await page.tap("An", "card:ky-nang-tu-choi:2")
    await page.tap("An", "help")
    assert (await page.tap("An", "resume"))[-1].text.startswith("Giúp gấp")
    clock.now += timedelta(minutes=31)
    assert (await page.tap("An", "resume"))[-1].text.startswith("3/7 · Một câu là đủ")


async def test_what_is_not_understood_is_answered_honestly(talk: Player) -> None:
    """No pretence: it says so, and what can be done."""
    await talk("""
        An: thời tiết hôm nay thế nào
        Bot: Chào bạn. Mình là trợ lý tự động của Phú Thọ.
        Bot: Mình chưa hiểu câu này. Bạn thử nói cách khác, hoặc chọn ở dưới nhé. Điều bạn gõ không được lưu lại.
             [Cần giúp đỡ] [Mình muốn đọc, nói chuyện từ từ] [Học] [Trang chính]
        An: pod là gì
        Bot: Mình chưa trả lời tự do được, nhưng có bài này. Điều bạn gõ không được lưu lại.
             [Thuốc lá điện tử: bên trong có gì] [Cần giúp đỡ] [Mình muốn đọc, nói chuyện từ từ] [Học] [Trang chính]
        """)


async def test_questions_about_a_private_card_are_asked_without_a_trace(app: App) -> None:
    """They stand at the card's end, each is explained, and nobody becomes known by them."""
    page = Page(asgi(app))
    card = app.library.lessons["su-dung-bi-phat"]
    asked = [one for one in app.library.questions.values() if one.card == card.id]
    end = (await page.tap("An", f"card:{card.id}:{len(card.screens) - 1}"))[-1]
    heard = await page.tap("An", dict(end.buttons)["Luyện vài câu"])
    for number, question in enumerate(asked, 1):
        assert heard[-1].text == f"{number}/{len(asked)}\n\n{question.text}"
        heard = await page.tap("An", heard[-1].buttons[0][1])
        assert question.explain in heard[0].text
    assert "không lưu lại" in heard[-1].text
    assert await app.database.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM person").scalar()) == 0
