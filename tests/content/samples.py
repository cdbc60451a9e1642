"""Content to read: a copy of the real one, and a tiny valid one that a test builds and bends."""

import shutil
from datetime import date
from pathlib import Path
from textwrap import dedent

from storage.library import Library, Problem, check, load

REAL = Path(__file__).parents[2] / "content" / "vi"
TODAY = date(2026, 11, 24)

TINY = {
    "edition.yaml": """\
        day: 2026-11-24
        language: vi
        timezone: Asia/Ho_Chi_Minh
        province: {code: "25", name: Phú Thọ}
        """,
    "facts.yaml": """\
        - id: B58
          says: Điều 256a có mức tù cụ thể.
          kind: penalty
          source: BLHS, Điều 256a
          in_force_from: 2025-07-01
          in_force_to: null
          confidence: read
          reviewed_by: []
          reviewed_on: null
          penalty: từ 2 đến 3 năm
        - id: E01
          says: Từ chối ngắn thì dễ giữ.
          kind: skill
          source: Kiến thức chung
          confidence: common
        """,
    "lessons/tu-choi.md": """\
        ---
        title: Nói “không” sao cho nhẹ
        summary: Một câu ngắn là đủ.
        tracks: [hs, sv]
        place: 10
        ---
        ## Một câu

        Bạn không nợ ai
        câu trả lời dài.

        - Nói ngắn.
        - Rời **đi**.

        {E01}

        ## Luật nói gì

        Hình phạt tù {{B58}}.

        [[tu-choi]]

        {B58}

        ## Kể cho ai

        Kể cho người bạn tin.
        """,
    "scenarios/cong-truong.yaml": """\
        title: Trước cổng trường
        summary: Bạn làm gì?
        tracks: [hs]
        card: tu-choi
        facts: [E01]
        start: dau
        nodes:
          dau:
            text: Nam chìa ra một cái pod.
            choices:
              - {label: Thôi, explain: Ngắn và rõ., next: cuoi}
              - {label: Đứng im, explain: Thử lại nhé., next: dau}
          cuoi:
            text: |
              Bạn về lớp.
            end: true
        """,
    "questions/tu-choi.yaml": """\
        - id: cau-ngan
          card: tu-choi
          tracks: [hs]
          level: 1
          text: Câu nào dễ giữ?
          options:
            - text: Mình không dùng.
              right: true
            - text: Để hôm khác.
          explain: Câu ngắn thì không ai cãi được.
          facts: [E01]
        """,
    "helplines.yaml": """\
        - id: cap-cuu
          number: "115"
          name: Cấp cứu
          says: Khi có người gọi không dậy.
          hours: always
          free: true
          emergency: true
          verified_on: null
        - id: nghe
          number: "096.306.1414"
          name: Ngày Mai
          says: Khi cần người nghe.
          hours:
            - {days: [3, 4, 5, 6, 7], from: "13:00", to: "20:30"}
          free: true
          emergency: false
          verified_on: 2026-11-23
        """,
    "firstaid.yaml": """\
        - id: bat-tinh
          label: Gọi không dậy
          steps: [Gọi 115 ngay., Đặt nằm nghiêng., Ở lại bên cạnh.]
          call: ["115"]
          facts: [E01]
        """,
    "lexicon.yaml": """\
        situations:
          bat-tinh: [gọi không dậy]
        danger: [muốn chết]
        harmless: [cười muốn chết]
        fillers: [vừa]
        feelings: [em sợ]
        alone: {help: [cứu]}
        cards:
          tu-choi: [bạn rủ]
        """,
}


class Content:
    """A folder of content which a test bends, file by file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def swap(self, file: str, old: str, new: str) -> None:
        """Put `new` for `old`, which must be there exactly once."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"“{old}” stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def check(self, today: date = TODAY) -> tuple[Problem, ...]:
        return check(self.folder, today)

    def load(self, today: date = TODAY) -> Library:
        return load(self.folder, today)

    def found(self, code: str, today: date = TODAY) -> list[tuple[str, int]]:
        """Where problems with this code stand."""
        return [(problem.file, problem.line) for problem in self.check(today) if problem.code == code]


def write_tiny(folder: Path) -> Content:
    """A valid small content in this folder, with the real rules of words."""
    content = Content(folder)
    for file, text in TINY.items():
        content.write(file, dedent(text))
    shutil.copy(REAL / "lint.yaml", folder)
    return content
