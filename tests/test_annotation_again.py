"""Marked twice is marked once, and marks come off, also after other programs have saved them."""

import pytest
from openpyxl.comments import Comment

from checker.annotation import annotate, is_marked, unmark
from tests.marked import (
    FULL,
    MARK,
    SHEET,
    TABLE,
    fill,
    finding,
    line,
    opened,
    packed,
    parts,
    report,
    rich,
    saved,
    submission,
    values,
)


def test_marking_again_gives_the_same_bytes():
    for content in (submission(), submission(rich)):
        marked = annotate(content, FULL)

        assert annotate(marked, FULL) == marked


def test_marking_again_gives_the_same_bytes_also_after_another_program_has_saved_earlier_marks(tmp_path):
    earlier = opened(annotate(submission(rich), FULL))
    earlier[SHEET]["B5"].value = "县级"
    fewer = report(finding("C5"), lines=(line(5),), tables=(TABLE,))

    marked = annotate(saved(earlier, tmp_path), fewer)

    assert annotate(marked, fewer) == marked


def test_another_report_replaces_the_marks_of_the_first():
    marked = annotate(annotate(submission(), FULL), report(finding("A7"), lines=(line(7),), tables=(TABLE,)))

    sheet = opened(marked)[SHEET]
    assert opened(marked).sheetnames == ["核查结果", SHEET, "说明"]
    assert (sheet["B5"].comment, fill(sheet["B5"]), fill(sheet["C5"])) == (None, None, "FFFFFF00")
    assert MARK in sheet["A7"].comment.text
    assert [row[3] for row in values(marked)[3:8]] == ["", "", "", "级次相符", ""]


def test_foreign_comments_stay_and_ours_stands_below_and_comes_off():
    content = submission(lambda _, sheet: (sheet.write_comment("B5", "领导批示\n"), sheet.write_comment("A8", "别处")))

    marked = annotate(annotate(content, FULL), FULL)

    texts = {address: opened(marked)[SHEET][address].comment.text for address in ("B5", "A8")}
    assert texts["A8"] == "别处"
    assert texts["B5"].startswith(f"领导批示\n\n{MARK}")
    assert texts["B5"].count(MARK) == 1
    assert opened(unmark(marked))[SHEET]["B5"].comment.text == "领导批示\n"


def test_shapes_that_stand_in_a_drawing_stay_byte_for_byte():
    content = submission(lambda _, sheet: (sheet.insert_button("E9"), sheet.write_comment("A8", "别处")))

    before, after = (parts(each)["xl/drawings/vmlDrawing1.vml"] for each in (content, annotate(content, FULL)))

    assert after.startswith(before.removesuffix(b"</xml>"))
    assert parts(unmark(annotate(content, FULL)))["xl/drawings/vmlDrawing1.vml"] == before


def test_threaded_comments_stay():
    content = submission(lambda _, sheet: sheet.write_comment("B5", "[Threaded comment] 你好", {"author": "tc={1}"}))
    content = packed({**parts(content), "xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>"})

    marked = annotate(content, FULL)

    assert parts(marked)["xl/threadedComments/threadedComment1.xml"] == b"<ThreadedComments/>"
    assert opened(marked)[SHEET]["B5"].comment.author == "tc={1}"


def test_without_marks_every_value_stands_where_it_stood():
    content = submission(rich)
    bare = unmark(annotate(content, FULL))

    assert not is_marked(bare)
    assert values(bare) == values(content)
    assert set(parts(bare)) == set(parts(content))
    assert opened(bare)[SHEET]["C5"].fill.fgColor.rgb == "FFFFFF00"


def test_a_workbook_without_our_marks_comes_back_as_it_is():
    content = submission()

    assert unmark(content) is content
    assert not is_marked(content)


def test_a_marked_file_saved_by_another_program_is_known_and_cleaned(tmp_path):
    book = opened(annotate(submission(), FULL))
    book[SHEET].insert_rows(5)
    book[SHEET]["B6"].value = "县级"
    book.move_sheet("核查结果", 2)
    content = saved(book, tmp_path)

    bare = opened(unmark(content))

    assert bare.sheetnames == [SHEET, "说明"]
    assert fill(bare[SHEET]["B6"]) is None
    assert bare[SHEET]["B6"].value == "县级"


def test_a_deleted_summary_does_not_hide_the_other_marks(tmp_path):
    book = opened(annotate(submission(), FULL))
    del book["核查结果"]

    bare = unmark(saved(book, tmp_path))

    assert values(bare) == values(submission())


@pytest.fixture(scope="session")
def libreoffice(convert, tmp_path_factory) -> dict[str, bytes]:
    """Marked workbooks as LibreOffice saves them."""
    folder = tmp_path_factory.mktemp("marked")
    books = {}
    for name, content in (("plain", submission()), ("rich", submission(rich))):
        path = folder / f"{name}.xlsx"
        path.write_bytes(annotate(content, FULL))
        books[name] = convert(path, "xlsx").read_bytes()
    return books


def test_libreoffice_shows_what_the_bureau_wrote_and_what_we_marked(libreoffice):
    for name, content in (("plain", submission()), ("rich", submission(rich))):
        book = opened(libreoffice[name])

        assert book.sheetnames == ["核查结果", SHEET, "说明"]
        assert MARK in book[SHEET]["B5"].comment.text
        assert [row[:3] for row in values(libreoffice[name])] == [row[:3] for row in values(content)]


def test_marks_come_off_also_after_libreoffice_has_saved_them(libreoffice):
    bare = unmark(libreoffice["plain"])

    assert opened(bare).sheetnames == [SHEET, "说明"]
    assert values(bare) == values(submission())
    assert (fill(opened(bare)[SHEET]["B5"]), fill(opened(bare)[SHEET]["C5"])) == (None, "FFFFFF00")


def test_a_comment_by_another_program_stands_above_ours(tmp_path):
    book = opened(submission())
    book[SHEET]["B5"].comment = Comment("原有批注", "某人")

    marked = annotate(saved(book, tmp_path), FULL)

    assert opened(marked)[SHEET]["B5"].comment.text.startswith(f"原有批注\n{MARK}")
