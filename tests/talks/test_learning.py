"""Conversations about lessons, stories and practice, on each channel and both databases."""

from bot.app import App
from bot.server import asgi
from bot.turns import receive
from handlers.chat import Incoming, Kind
from tests.talks.player import Player
from tests.talks.stages import Page


async def test_a_newcomer_gets_to_the_first_lesson_in_four_taps(talk: Player) -> None:
    """From hello over age and group to the first screen of a lesson, and on."""
    await talk("""
        An: /start
        Bot: Chào bạn. Mình là trợ lý tự động của Phú Thọ.

             Bạn hỏi gì về ma túy cũng được, không cần nói tên. Điều bạn gõ không được lưu lại.

             Để mình chọn bài hợp với bạn: bạn bao nhiêu tuổi?
             [Dưới 16] [16 đến 17] [Từ 18] [Bỏ qua]
        An: [Dưới 16]
        Bot: Bạn là ai trong số này?
             [Học sinh] [Sinh viên] [Phụ huynh] [Giáo viên] [Người đi làm] [Người dân] [Mình lo cho bản thân hoặc người nhà] [Bỏ qua]
        An: [Học sinh]
        Bot: Cảm ơn bạn. Bạn muốn làm gì?
             [Học] [Thử vào vai] [Luyện câu hỏi] [Cần giúp đỡ] [Dữ liệu của tôi]
        An: [Học]
        Bot: Bạn muốn xem bài nào?
             …
        An: Nói “không” sao cho nhẹ
        Bot: 1/7 · Vì sao khó nói “không”
             …
             [Tiếp] [Trang chính]
        An: [Tiếp]
        Bot: 2/7 · Bốn bước
             …
             [Tiếp] [Quay lại] [Trang chính]
        """)


async def test_a_story_is_played_by_typing_numbers_and_letters(talk: Player) -> None:
    """A poorer choice is explained kindly and leads back; the end offers the lesson."""
    await talk("""
        An: /tinhhuong
        Bot: Bạn muốn vào câu chuyện nào?
             [Chuyển hộ một gói quà] [Lọ nhỏ trong cặp con] [Cái pod trước cổng trường] [Trang chính]
        An: Cái pod trước cổng trường
        Bot: Cái pod trước cổng trường
             …
             [“Thôi, mình không hút.” Rồi bước đi] [Cười trừ, đứng im xem sao] [Hít một hơi cho qua] [Quay lại] [Trang chính]
        An: 2
        Bot: Nhiều người cũng làm thế vì chưa nghĩ ra câu. Đứng im thì dễ bị giục tiếp. Mình thử tìm một câu nhé.
        Bot: Ba đứa cùng nói: “Thử đi, có ai biết đâu.” “Không thử là không coi nhau là bạn.”

             Trống sắp đánh. Điện thoại ở trong túi bạn.
             [“Mình vẫn là bạn. Mình không hút.” Rồi đi] [Nhắn mẹ “Nhà còn cơm không ạ?”] [Hít một hơi cho họ thôi giục] [Quay lại] [Trang chính]
        An: câu B)
        Bot: Đó là câu hẹn sẵn với nhà. Mẹ gọi lại ngay, thế là bạn có cớ đi mà không phải giải thích gì.
        Bot: Trống đánh, bạn ngồi vào chỗ. Tim còn đập nhanh, nhưng nhẹ người.
             …
             [Đọc: Thuốc lá điện tử: bên trong có gì] [Thử lại, chọn khác] [Chuyện khác] [Trang chính]
        """)


async def test_a_late_tap_on_an_old_question_changes_nothing(app: App) -> None:
    """The button of a question that was answered shows the question that stands, and isn't counted."""
    page = Page(asgi(app))
    first = (await page.type("An", "/luyen"))[-1]
    old_button = first.buttons[0][1]
    second = (await page.tap("An", old_button))[-1]
    assert await page.tap("An", old_button) == [second]
    data = await page.type("An", "/dulieu")
    assert "trên 1 lần trả lời" in data[-1].text


async def test_where_somebody_stopped_is_where_they_go_on(talk: Player) -> None:
    """An unfinished lesson is on top of the shelf, at the screen where it stood."""
    await talk("""
        An: Nói “không” sao cho nhẹ
        Bot: 1/7 · Vì sao khó nói “không”
             …
        An: [Tiếp]
        Bot: 2/7 · Bốn bước
             …
        An: /huy
        Bot: Đã dừng. Bạn muốn làm gì?
             [Học] [Thử vào vai] [Luyện câu hỏi] [Cần giúp đỡ] [Dữ liệu của tôi]
        An: [Học]
        Bot: Bạn muốn xem bài nào?
             [Học tiếp: Nói “không” sao cho nhẹ (2/7)] …
        An: [Học tiếp: Nói “không” sao cho nhẹ (2/7)]
        Bot: 2/7 · Bốn bước
             …
        """)


async def test_going_on_and_back_have_the_same_numbers_on_every_screen(app: App) -> None:
    """Whoever types 2 to go back goes back: what leads out of a lesson stands after what leads through it."""
    count = 0
    for lesson in app.library.lessons.values():
        for number, screen in enumerate(lesson.screens):
            sent = Incoming("terminal", "an", f"{lesson.id} {number}", Kind.TAP, action=f"card:{lesson.id}:{number}")
            actions = [button.action for button in (await receive(app, sent)).says[-1].buttons]
            ways = [f"card:{lesson.id}:{to}" for to in (number + 1, number - 1) if 0 <= to < len(lesson.screens)]
            links = [f"card:{one}" for one in screen.links]
            assert [one for one in actions if one in ways] == ways
            assert number + 1 == len(lesson.screens) or actions[: len(ways)] == ways
            assert actions[len(actions) - 1 - len(links) :] == [*links, "menu"]
            count += len(links)
    assert count > 5


async def test_no_question_comes_twice_in_a_row_of_practices(app: App) -> None:
    """After a lesson's own questions “a few more” are others."""
    page = Page(asgi(app))
    asked: list[str] = []
    say = (await page.tap("An", "quiz:start:ky-nang-tu-choi"))[-1]
    while len(asked) < 8:
        if say.buttons[0][1].startswith("quiz:a:"):
            asked.append(say.text.partition("\n\n")[2])
        say = (await page.tap("An", say.buttons[0][1]))[-1]
    assert len(set(asked)) == len(asked)
