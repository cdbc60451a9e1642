"""The patterns of lint.yaml: sentences each rule must find, and harmless ones it must let pass."""

import pytest

from storage.library.lint import Rules, read_rules
from storage.library.problems import Report
from tests.content.samples import REAL

FOUND = {
    "law": """Theo Điều 249, việc này là tội. | Luật quy định rõ. | Bạn có thể bị phạt. | Nghị định mới vừa ra.
        Dùng lần đầu bị xử phạt hành chính. | Đó là hành vi phạm tội. | Pod bị cấm từ 2025. | Người đó có thể đi tù.
        Cất giữ hộ cũng là phạm pháp. | Việc này vi phạm pháp luật. | Khung hình phạt rất nặng.
        Cấm mua bán, cấm dùng thuốc lá điện tử. | Không được phép dùng cần sa. | Bạn phải chịu trách nhiệm hình sự.
        Heroin thuộc Danh mục I. | Tàng trữ là tội. | Có thể bị khởi tố. | Giữ hộ gói hàng là bất hợp pháp.""",
    "clear-penalty": """Phạt từ 3 đến 5 triệu đồng. | Mức phạt là 3-5 triệu đồng. | bị phạt 2.000.000 đồng | phạt 3tr
        Bị phạt tù từ 2 đến 7 năm. | phạt tù 2 năm | Có thể bị 7 năm tù. | từ hai đến bảy năm tù | bị tù chung thân
        phạt hành chính 1–2 triệu đồng | phạt 500.000đ | ngồi tù 15 năm | tù từ 02 năm đến 07 năm | tù 2-3 năm
        mức án cao nhất là 20 năm | bị phạt một triệu đồng | cải tạo không giam giữ đến 3 năm | 5.000.000 đồng""",
    "stigma": """Mấy con nghiện ngoài kia | thằng nghiện | bọn xì ke | thành phần nghiện ngập | lũ nghiện hút | tệ nạn
        Con nghiện, anh ấy | kẻ nghiện ngập | đám nghiện""",
    "how-to": """Chỉ cần 0,5 g là đủ. | uống 20ml siro | dùng 50mg mỗi lần | Mỗi lần hai viên là đủ. | 1/4 viên
        Giá 500 nghìn một gói | giá 200k một viên | 300k/gói | mua hàng ở quán bar | mua trên Telegram
        Pha với nước ngọt để nhanh phê. | hít qua mũi | Đặt dưới lưỡi | tiêm vào tĩnh mạch | liều an toàn là nửa viên
        uống nhiều nước để qua mặt xét nghiệm | Muốn qua xét nghiệm thì uống giấm | cách dùng cho an toàn
        cách trồng cần sa | đốt trên giấy bạc | Nấu với nước rồi lọc lấy cặn | nghiền viên rồi hít | cuốn thành điếu
        nguồn bán uy tín | liều 10 viên | bắt đầu với liều thấp | thải ma túy khỏi cơ thể trong 3 ngày""",
    "promise": """Tin của bạn tuyệt đối ẩn danh. | ẩn danh 100% | bảo mật tuyệt đối | chắc chắn được thưởng
        Công an sẽ xử lý trong 20 ngày | Không ai biết bạn là ai | cam kết bảo mật | không thể bị lộ""",
    "avoid": "Viết đơn tố cáo | tố cáo ẩn danh | báo Công an huyện | theo Luật 2021",
    "retired-number": "1800 1567 | 18001567 | 1800.1567 | 1800-1567",
    "position": "Tất cả các đáp án trên | Cả A và B | Đáp án A | Cả ba ý trên",
    "old-units": "Công an thị trấn | quận 1 | huyện Lâm Thao",
    "phone": "0912.345.678 | 0912345678 | +84 912 345 678 | 1900 1234",
}
PASSED = {
    "law": """Bạn có nhiều điều muốn nói. | Giữ kỷ luật với mình. | Người lạ nhờ chuyển hộ. | Tài khoản 2 của bạn.
        Quy luật của não. | Đừng cấm đoán con. | Luật chơi là vậy. | Công an xã, Tòa án, trường học
        Con sợ bị phạt nên giấu. | Ở nhà, đừng dùng hình phạt.""",
    "clear-penalty": """thời hạn quản lý là 1 năm | cai nghiện 24 tháng | từ năm 2025 bị phạt {{B75}} | bị phạt nặng hơn
        trong 2 năm từ khi tự ý bỏ cai | phạt không quá một nửa mức người lớn
        Hình phạt tù {{B58}}. | tù túng hai năm""",
    "stigma": """người nghiện ma túy | con chơi với ai | tội phạm, tệ nạn ma túy | thành phần của tinh dầu
        Thành phần này rất mạnh""",
    "how-to": """Không có liều nào an toàn. | uống thuốc theo đơn | chỉ hút thử một lần | dùng chung kim tiêm
        Ai đó đưa bạn một viên kẹo | hít một hơi | Cấm chỉ cách làm, cách dùng. | xét nghiệm dương tính
        không tự ý tăng liều | giá trị của bạn | Hai viên kẹo lạ | quá liều | uống nhiều nước | đi 2 km | sụt 5 kg
        mạng 5G | Đừng mua hàng trên mạng""",
    "promise": "Ở đây không hỏi tên bạn. | Có thể được khen thưởng. | giữ bí mật | không ai biết bên trong có gì",
    "avoid": "tin báo | Luật 2025",
    "retired-number": "1800",
    "position": "Cả hai đứa cùng về | đáp án của bạn",
    "old-units": "xã, phường | chỉ huy | quân nhân",
    "phone": "từ 01/7/2026 | 2025 2026 | 111, 113, 115 | 24/7",
}


def cases(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(rule, text.strip()) for rule, texts in table.items() for text in texts.replace("\n", "|").split("|")]


@pytest.fixture(scope="module")
def rules() -> Rules:
    report = Report()
    found = read_rules(REAL, report)
    assert not report.problems
    return found


def finds(rules: Rules, rule: str, text: str) -> bool:
    return rules.law(text) is not None if rule == "law" else any(rules.hits(text, [rule]))


@pytest.mark.parametrize(("rule", "text"), cases(FOUND))
def test_a_rule_finds(rules: Rules, rule: str, text: str) -> None:
    """The linter finds the wording that its rule is there for."""
    assert finds(rules, rule, text)


@pytest.mark.parametrize(("rule", "text"), cases(PASSED))
def test_a_rule_lets_pass(rules: Rules, rule: str, text: str) -> None:
    """The linter lets harmless wording pass that looks alike, so that editors trust it."""
    assert not finds(rules, rule, text)


def test_a_line_break_hides_nothing(rules: Rules) -> None:
    """Words that the file wraps over two lines are found as one phrase."""
    assert finds(rules, "stigma", "mấy con\n  nghiện")
