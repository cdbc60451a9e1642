"""Conversations about one's own data: see, agree, take along, correct, withdraw, erase."""

from bot.app import App
from bot.server import asgi
from handlers import me
from storage import retention
from tests.talks.player import Player
from tests.talks.stages import Page

_LESSON = """
        An: /start
        Bot: …
        An: [{age}]
        Bot: …
        An: [Sinh viên]
        Bot: …
        An: Nói “không” sao cho nhẹ
        Bot: …
        An: [Tiếp]
        Bot: …
        An: [Tiếp]
        Bot: …
        An: [Tiếp]
        Bot: …
        An: [Tiếp]
        Bot: …
        An: [Tiếp]
        Bot: …
        An: [Tiếp]
        Bot: 7/7 · Khi bạn mình lỡ dùng
             …
"""


async def test_consent_is_asked_after_the_first_lesson_and_can_be_taken_back(talk: Player) -> None:
    """Nothing is kept longer before it was agreed; agreeing and withdrawing take one tap each."""
    await talk(
        _LESSON.format(age="Từ 18").rstrip("\n")
        + """
        Bot: Mình nhớ giúp bạn những bài đã học, trong 12 tháng, được không? Nếu không, mình tự xóa sau 30 ngày bạn không ghé.
             [Nhớ giúp mình] [Không cần] [Luyện vài câu] [Quay lại] [Bài khác] [Sơ cứu khi nghi quá liều] [Trang chính]
        An: [Nhớ giúp mình]
        Bot: Dữ liệu của tôi

             Mình sẽ nhớ trong 12 tháng.

             - Tuổi: Từ 18
             - Nhóm: Sinh viên
             - Bài đã đọc hết: 1
             - Câu hỏi: đúng 0 trên 0 lần trả lời
             - Giữ đến: 12 tháng sau lần ghé cuối
             - Kênh đang dùng: …

             Điều bạn tự gõ và các màn hình giúp đỡ không bao giờ được lưu.
             [Tải về] [Sửa tuổi và nhóm] [Thôi nhớ 12 tháng] [Giữ trong bao lâu] [Liên kết thiết bị] [Xóa hết] [Trang chính]
        An: [Thôi nhớ 12 tháng]
        Bot: Dữ liệu của tôi

             Từ giờ mình không nhớ quá 30 ngày.
             …
             - Giữ đến: 30 ngày sau lần ghé cuối
             …
        """
    )


async def test_under_16_is_never_asked_for_consent(talk: Player) -> None:
    """A child finishes a lesson and is asked nothing; a representative would have to agree."""
    await talk(
        _LESSON.format(age="Dưới 16").rstrip("\n")
        + """
             [Luyện vài câu] [Quay lại] [Bài khác] [Sơ cứu khi nghi quá liều] [Trang chính]
        An: /dulieu
        Bot: Dữ liệu của tôi
             …
             - Giữ đến: 30 ngày sau lần ghé cuối
             …
             [Tải về] [Sửa tuổi và nhóm] [Giữ trong bao lâu] [Liên kết thiết bị] [Xóa hết] [Trang chính]
        """
    )


async def test_all_is_taken_along_as_json(page_talk: Player) -> None:
    """The export holds what is kept, and no internal id."""
    await page_talk("""
        An: /start
        Bot: …
        An: [Từ 18]
        Bot: …
        An: /dulieu
        Bot: …
        An: [Tải về]
        Bot: Đây là tất cả những gì mình giữ về bạn, ghi theo dạng máy đọc được (JSON).

             {
               "language": "vi",
               "age": "18+",
               "track": null,
               "unit": null,
               "channels": [
                 "web"
               ],
               "last_active_on": "2026-11-24",
               "told_of_the_end_on": null,
               "where_the_conversation_stands": "me",
               "running_practice": {},
               "answers_kept_until_tomorrow": 2,
               "consents": [],
               "progress": []
             }
             [Dữ liệu của tôi] [Trang chính]
        """)


async def test_an_erased_session_says_goodbye_and_is_gone(app: App) -> None:
    """Erasing answers from memory; the session answers 410 from then on, a new one starts with nothing."""
    page = Page(asgi(app))
    await page.tap("An", "age:18+")
    assert "Xóa rồi không lấy lại được" in (await page.tap("An", "me:erase"))[-1].text
    (farewell,) = await page.tap("An", "me:erase:yes")
    assert farewell.text == "Đã xóa hết. Bạn bắt đầu lại lúc nào cũng được."
    assert farewell.buttons == (("Bắt đầu lại", "start"),)
    assert (await page.tap("An", "menu"))[-1].text.startswith("410: ")
    page.sessions.clear()
    assert "Mình chưa giữ gì về bạn" in (await page.type("An", "/dulieu"))[-1].text


async def test_nobody_is_known_before_there_is_something_to_keep(app: App) -> None:
    """Looking around the menus writes no person."""
    page = Page(asgi(app))
    for tapped in ("start", "menu", "learn", "scene", "me"):
        await page.tap("An", tapped)
    assert await app.database.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM person").scalar()) == 0


async def test_how_long_it_is_kept_is_the_table_that_the_clock_sweeps(app: App) -> None:
    """Each line of retention has its words, so that a new line can't be silent."""
    page = Page(asgi(app))
    await page.tap("An", "age:18+")
    shown = (await page.tap("An", "me:keeping"))[-1].text
    assert set(me.keeping_words()) == {line.name for line in retention.LINES}
    assert all(words in shown for words in me.keeping_words().values())
