"""What the library makes of content that is right."""

from datetime import date

import pytest

from storage.library import BadContent
from tests.content.samples import TODAY, Content

MASKED = "Hình phạt tù (mức cụ thể đang chờ thẩm định)."


def sign(tiny: Content, names: str) -> None:
    tiny.swap(
        "facts.yaml", "reviewed_by: []\n  reviewed_on: null", f"reviewed_by: [{names}]\n  reviewed_on: 2026-11-20"
    )


@pytest.mark.parametrize(
    ("names", "text", "source"),
    [
        ("", MASKED, "BLHS, Điều 256a · chưa được thẩm định"),
        ("Lê An", MASKED, "BLHS, Điều 256a"),
        ("Lê An, lê an", MASKED, "BLHS, Điều 256a"),
        ("Lê An, Hà Bình", "Hình phạt tù từ 2 đến 3 năm.", "BLHS, Điều 256a"),
    ],
)
def test_a_prison_term_is_shown_once_two_people_signed(tiny: Content, names: str, text: str, source: str) -> None:
    """The term stays hidden for nobody, one person, and one person twice; the label goes with the first signature."""
    if names:
        sign(tiny, names)
    screen = tiny.load().lessons["tu-choi"].screens[1]
    assert (screen.text, screen.source) == (text, source)


def test_a_penalty_is_masked_in_scenarios_and_questions_too(tiny: Content) -> None:
    """Whoever reads an explanation sees no more than the reader of a lesson, and the fact is cited by itself."""
    tiny.swap("questions/tu-choi.yaml", "Câu ngắn thì không ai cãi được.", '"Có thể bị phạt tù {{B58}}."')
    tiny.swap("scenarios/cong-truong.yaml", "Bạn về lớp.", "Có thể bị phạt tù {{B58}}.")
    library = tiny.load()
    masked = "Có thể bị phạt tù (mức cụ thể đang chờ thẩm định)."
    assert library.questions["cau-ngan"].explain == masked
    assert library.scenarios["cong-truong"].nodes["cuoi"].text == masked
    assert library.questions["cau-ngan"].facts == ("E01", "B58")


def test_lines_wrapped_in_the_file_flow_together(tiny: Content) -> None:
    """Paragraphs and lists are kept; how the editor wrapped a paragraph isn't."""
    screen = tiny.load().lessons["tu-choi"].screens[0]
    assert screen.text == "Bạn không nợ ai câu trả lời dài.\n\n- Nói ngắn.\n- Rời **đi**."


def test_links_and_facts_are_taken_off_the_screen(tiny: Content) -> None:
    """The last lines of a screen become buttons and sources; people don't see their signs."""
    screen = tiny.load().lessons["tu-choi"].screens[1]
    assert (screen.links, screen.facts) == (("tu-choi",), ("B58",))


def test_what_the_card_keeps_private_its_questions_and_scenarios_do_too(tiny: Content) -> None:
    """A card for people at risk leaves no trace, so neither may what belongs to it."""
    assert not tiny.load().questions["cau-ngan"].private
    tiny.swap("lessons/tu-choi.md", "[hs, sv]", "[hs, nc]")
    library = tiny.load()
    assert library.lessons["tu-choi"].private
    assert library.questions["cau-ngan"].private
    assert library.scenarios["cong-truong"].private


def test_all_stands_for_every_track(tiny: Content) -> None:
    """`all` is every track, people at risk among them."""
    tiny.swap("lessons/tu-choi.md", "[hs, sv]", "all")
    assert tiny.load().lessons["tu-choi"].tracks == {"hs", "sv", "ph", "gv", "ld", "nc", "cb"}


def test_the_same_document_stands_once_in_a_source_line(tiny: Content) -> None:
    """Two articles of one law are listed after its name, not each with the name again."""
    fact = (tiny.folder / "facts.yaml").read_text(encoding="utf-8").split("- id: E01")[0]
    more = fact.replace("B58", "B59").replace("Điều 256a\n", "Điều 12\n")
    tiny.swap("facts.yaml", "- id: E01", f"{more}- id: E01")
    tiny.swap("lessons/tu-choi.md", "{B58}\n\n##", "{B58 B59 E01}\n\n##")
    source = tiny.load().lessons["tu-choi"].screens[1].source
    assert source == "BLHS, Điều 256a, Điều 12; Kiến thức chung · chưa được thẩm định"


def test_a_line_nobody_verified_within_a_year_is_hidden(tiny: Content) -> None:
    """365 days after its check a line is still shown, a day later it is hidden and warned of; 115 is never hidden."""
    last_day, after = date(2027, 11, 23), date(2027, 11, 24)
    assert [line.id for line in tiny.load(last_day).helplines] == ["cap-cuu", "nghe"]
    library = tiny.load(after)
    assert [line.id for line in library.helplines] == ["cap-cuu"]
    assert ("helplines.yaml", 9, "hidden-line") in {(p.file, p.line, p.code) for p in library.warnings}


def test_a_check_in_the_future_is_doubted(tiny: Content) -> None:
    """A year mistyped would show a line that nobody verifies for years, so the day is pointed out."""
    tiny.swap("helplines.yaml", "verified_on: 2026-11-23", "verified_on: 2027-11-23")
    assert tiny.found("future-day") == [("helplines.yaml", 17)]


def test_a_hidden_number_in_a_text_is_warned_of(tiny: Content) -> None:
    """A number written into a lesson is shown though its line is hidden, so the editor is told."""
    tiny.swap("lessons/tu-choi.md", "Kể cho người bạn tin.", "Gọi 096 306 1414.")
    assert tiny.found("hidden-line") == []
    assert ("lessons/tu-choi.md", 27) in tiny.found("hidden-line", today=date(2028, 1, 1))


def test_lessons_stand_in_the_order_of_their_places(tiny: Content) -> None:
    """Editors decide what comes first: the place counts, then the name of the file."""
    text = (tiny.folder / "lessons/tu-choi.md").read_text()
    for name, place in (("a-cuoi", 30), ("b-dau", 5), ("c-giua", 10)):
        (tiny.folder / f"lessons/{name}.md").write_text(text.replace("place: 10", f"place: {place}"))
    assert list(tiny.load().lessons) == ["b-dau", "c-giua", "tu-choi", "a-cuoi"]
    tiny.swap("lessons/b-dau.md", "place: 5", "place: first")
    assert tiny.found("wrong-type") == [("lessons/b-dau.md", 5)]


def test_what_is_in_force_is_judged_by_the_day_of_the_edition(tiny: Content) -> None:
    """The same content gets the same verdict on any day; what ran out since is a warning."""
    tiny.swap("facts.yaml", "in_force_to: null", "in_force_to: 2026-12-31")
    assert tiny.found("not-in-force-today") == []
    assert tiny.load(date(2027, 6, 1)).lessons
    assert tiny.found("not-in-force-today", today=date(2027, 6, 1)) == [("facts.yaml", 1)]
    tiny.swap("edition.yaml", "2026-11-24", "2027-01-01")
    assert tiny.found("out-of-force") == [("lessons/tu-choi.md", 19), ("lessons/tu-choi.md", 23)]


def test_a_review_grows_stale(tiny: Content) -> None:
    """A signature older than a year is warned of."""
    sign(tiny, "Lê An")
    assert tiny.found("stale-review") == []
    assert tiny.found("stale-review", today=date(2027, 11, 21)) == [("facts.yaml", 1)]


def test_content_is_read_in_the_form_of_windows_too(tiny: Content) -> None:
    """Line ends of Windows and a byte order mark change nothing."""
    before = tiny.load()
    for path in tiny.folder.rglob("*.md"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert tiny.load() == before


def test_nothing_of_the_library_can_be_changed(tiny: Content) -> None:
    """Handlers share one library, so it is frozen through and through."""
    library = tiny.load()
    with pytest.raises(TypeError):
        library.lessons["x"] = library.lessons["tu-choi"]  # type: ignore[index] # that it can't be is what is shown
    with pytest.raises(AttributeError):
        library.edition.province = "x"  # type: ignore[misc] # that it can't be is what is shown


def test_an_empty_folder_is_refused_with_every_missing_file(tiny: Content) -> None:
    """Someone who points the program at a wrong folder is told all that isn't there."""
    empty = Content(tiny.folder / "nothing")
    empty.folder.mkdir()
    with pytest.raises(BadContent) as refused:
        empty.load(TODAY)
    missing = {problem.file for problem in refused.value.problems if problem.code == "missing-file"}
    assert {"edition.yaml", "facts.yaml", "lessons", "helplines.yaml", "firstaid.yaml", "lint.yaml"} <= missing


@pytest.mark.parametrize("name", ["Asia/Hanoi", "Asia", "../Asia/Ho_Chi_Minh", "."])
def test_a_timezone_that_does_not_exist_is_told(tiny: Content, name: str) -> None:
    """A wrong name, a folder of names and a path outside are all refused at their line."""
    tiny.swap("edition.yaml", "Asia/Ho_Chi_Minh", name)
    assert tiny.found("timezone") == [("edition.yaml", 3)]
