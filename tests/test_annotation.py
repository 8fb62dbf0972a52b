"""What the marker sets: fills, comments, result columns, the first sheet."""

import re
from dataclasses import replace

import pytest
from lxml import etree
from openpyxl import Workbook
from openpyxl.worksheet.table import Table

from checker.annotation import annotate, unmark
from checker.annotation.markup import STRICT
from checker.terms import Cell, Finding, Severity, Verdict
from tests.marked import (
    CLAUSE,
    FULL,
    MAIN,
    MARK,
    SHEET,
    TABLE,
    TITLES,
    by_hand,
    edited,
    fill,
    finding,
    line,
    opened,
    parts,
    report,
    root,
    saved,
    submission,
    values,
)


def test_a_cell_found_gets_a_fill_and_a_comment_that_says_all():
    sheet = opened(annotate(submission(), FULL))[SHEET]

    assert fill(sheet["B5"]) is not None
    assert fill(sheet["B5"]) != fill(sheet["C5"])
    assert sheet["B5"].comment.author == "核查"
    for words in (
        "错误 LV01：级次不对",
        "应填：县级",
        "改法：改为县级",
        "《某市划分方案》二（四）：“市级负责全市性知识产权执法”",
    ):
        assert words in sheet["B5"].comment.text


def test_a_cell_found_keeps_its_other_formatting():
    sheet = opened(annotate(submission(), FULL))[SHEET]

    assert sheet["C5"].number_format == sheet["C6"].number_format == "0.00"
    assert (fill(sheet["C6"]), fill(sheet["B6"])) == ("FFFFFF00", None)


def test_every_judged_line_gets_its_result_beside_the_table_also_one_that_is_right():
    rows = values(annotate(submission(), FULL))

    assert rows[2][3:] == TITLES
    assert [row[3] for row in rows[3:8]] == ["级次相符", "级次不符", "级次相符", "级次相符", "级次相符"]
    assert rows[4][4:6] == ["市级", "LV01、LN07"]
    assert rows[3][6] == "第4行的理由"
    assert rows[4][8] == "改为县级"


def test_the_filter_covers_table_and_results_and_excel_finds_its_hidden_name():
    marked = annotate(submission(), FULL)

    assert opened(marked)[SHEET].auto_filter.ref == "A3:I8"
    names = root(marked, "xl/workbook.xml").iter(f"{{{MAIN}}}definedName")
    assert ("_xlnm._FilterDatabase", "1", "'填报表'!$A$3:$I$8") in {
        (name.get("name"), name.get("localSheetId"), name.text) for name in names
    }


def test_a_filter_that_is_there_is_widened_and_keeps_its_criteria():
    def filtered(_, sheet):
        sheet.autofilter("A3:C8")
        sheet.filter_column(0, "x == 项目5")

    content = submission(filtered)

    marked = annotate(content, FULL)

    assert opened(marked)[SHEET].auto_filter.ref == "A3:I8"
    assert b'<filter val="' in parts(marked)["xl/worksheets/sheet1.xml"]
    assert opened(unmark(marked))[SHEET].auto_filter.ref == "A3:C8"


def test_an_excel_table_is_left_alone_and_the_results_get_a_filter_of_their_own(tmp_path):
    book = Workbook()
    book.active.title = SHEET
    for row in (["标题"], [], ["项目名称", "承担级次", "预算金额"], *([f"项目{n}", "市级", n] for n in range(5))):
        book.active.append(row)
    book.active.add_table(Table(displayName="表1", ref="A3:C8"))
    content = saved(book, tmp_path)

    marked = annotate(content, FULL)

    assert opened(marked)[SHEET].auto_filter.ref == "D3:I8"
    assert parts(marked)["xl/tables/table1.xml"] == parts(content)["xl/tables/table1.xml"]


def test_results_keep_clear_of_what_stands_beside_the_table():
    content = submission(lambda _, sheet: sheet.write("E6", "旁注"))

    rows = values(annotate(content, FULL))

    assert (rows[5][4], rows[2][5:]) == ("旁注", TITLES)


def test_results_keep_clear_of_merged_areas_and_of_marks_beside_the_table():
    content = submission(lambda _, sheet: sheet.merge_range("D2:F4", "合并"))
    beside = replace(FULL, findings=(*FULL.findings, finding("H6")))

    assert values(annotate(content, FULL))[2][6:] == TITLES
    assert values(annotate(submission(), beside))[2][8:] == TITLES


def test_a_sheet_without_room_gets_no_results_and_the_summary_says_so():
    content = submission(lambda _, sheet: sheet.write(3, 16_383, "最后一列"))
    wide = replace(FULL, tables=(replace(TABLE, last_column=16_384),))

    book = opened(annotate(content, wide))

    assert book[SHEET].max_column == 16_384
    assert any("放不下" in str(cell.value) for [cell, *_] in book["核查结果"].iter_rows())


def test_the_first_sheet_says_verdict_counts_money_and_links_every_finding():
    book = opened(annotate(submission(), FULL))
    sheet = book.worksheets[0]
    texts = [[cell.value for cell in row] for row in sheet.iter_rows()]
    flat = "\n".join(str(value) for row in texts for value in row if value is not None)

    assert sheet.title == "核查结果"
    assert "未通过：有 1 处错误须更正，其中 1 行、12.5 万元的承担级次不符" in flat
    assert ["✗ 级次不符", 1, 12.5] in [row[:3] for row in texts]
    assert ["✓ 级次相符", 4, 50] in [row[:3] for row in texts]
    assert ["✗ 错误", "LV01"] in [row[:2] for row in texts]
    for words in ("plan@1", "projects 1.0", "ab" * 32):
        assert words in flat
    links = {cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    assert links == {"'填报表'!B5", "'填报表'!C5"}


def test_the_first_sheet_prints_on_landscape_a4_with_its_headings_on_every_page():
    sheet = opened(annotate(submission(), FULL)).worksheets[0]

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert re.fullmatch(r"\$\d+:\$\d+", sheet.print_title_rows)


def test_errors_stand_first_and_findings_without_a_cell_or_with_a_foreign_one_are_listed_too():
    found = report(
        finding("B4", "LN08", Severity.INFO),
        Finding("文件带宏", code="ST12", severity=Severity.WARNING),
        finding("A1", "ST02", sheet="没有这张表"),
    )

    rows = opened(annotate(submission(), found)).worksheets[0].iter_rows(values_only=True)

    assert [row[1] for row in rows if row[1] and re.fullmatch(r"[A-Z]{2}\d\d", str(row[1]))] == ["ST02", "ST12", "LN08"]


def test_no_errors_reads_as_passed_and_nothing_to_judge_does_not():
    passed = annotate(submission(), report(lines=(line(4),), tables=(TABLE,)))
    nothing = annotate(submission(), report())

    assert opened(passed).worksheets[0]["A2"].value == "✓ 通过：未发现错误。"
    assert "没有可以判断级次的明细行" in opened(nothing).worksheets[0]["A2"].value


def test_a_foreign_sheet_of_our_name_keeps_it():
    content = submission(lambda book, _: book.add_worksheet("核查结果"))

    marked = annotate(content, FULL)

    assert opened(marked).sheetnames == ["核查结果 (2)", SHEET, "说明", "核查结果"]
    assert annotate(marked, FULL) == marked
    assert opened(unmark(marked)).sheetnames == [SHEET, "说明", "核查结果"]


def test_a_mark_inside_a_merged_area_goes_to_the_cell_that_shows_it():
    content = submission(lambda _, sheet: sheet.merge_range("A10:C12", "合并"))

    sheet = opened(annotate(content, report(finding("B11"), finding("C12", "LN01"))))[SHEET]

    assert sheet["A10"].comment.text.count("错误") == 2


def test_a_finding_marks_every_cell_of_its_relation():
    related = replace(finding("A4"), cells=(Cell(SHEET, 4, 1), Cell(SHEET, 6, 2)))

    sheet = opened(annotate(submission(), report(related)))[SHEET]

    assert MARK in sheet["A4"].comment.text
    assert "与 A4 一并核对" in sheet["B6"].comment.text


def test_a_cell_that_is_not_written_yet_is_written_in_its_place_with_the_look_of_its_row_or_column():
    content = by_hand(
        '<x:worksheet xmlns:x="{main}"><x:cols><x:col min="4" max="4" width="9" style="0"/></x:cols><x:sheetData>'
        '<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c><x:c r="C2" s=""><x:v>3</x:v></x:c></x:row><x:row r="9"/>'
        "</x:sheetData></x:worksheet>"
    )

    marked = annotate(content, report(*(finding(address) for address in ("B2", "D5", "A9", "C2", "XFD1048576"))))

    cells = root(marked, "xl/sheet.xml").findall(f".//{{{MAIN}}}c")
    assert [cell.get("r") for cell in cells] == ["A2", "B2", "C2", "D5", "A9", "XFD1048576"]
    assert [row[:3] for row in values(marked)] == [["", "", ""], [1.0, "", 3.0]]


def test_rows_and_cells_without_references_are_counted():
    content = by_hand(
        '<worksheet xmlns="{main}"><sheetData><row><c><v>1</v></c><c><v>2</v></c></row>'
        "<row><c><v>3</v></c></row></sheetData></worksheet>"
    )

    marked = annotate(content, report(finding("B1"), finding("A2"), finding("B2")))

    cells = root(marked, "xl/sheet.xml").findall(f".//{{{MAIN}}}c")
    assert [(cell.get("r"), cell.get("s") is not None) for cell in cells] == [
        (None, False), (None, True), (None, True), ("B2", True)
    ]  # fmt: skip


def test_a_strict_workbook_is_marked_in_its_own_namespaces():
    content = by_hand('<worksheet xmlns="{main}"><sheetData/></worksheet>', STRICT)

    marked = annotate(content, report(finding("B2")))

    relations = parts(marked)["xl/_rels/sheet.xml.rels"].decode()
    assert relations.count("http://purl.oclc.org/ooxml/officeDocument/relationships/") == 2
    assert etree.QName(root(marked, "xl/checker-comments1.xml")).namespace == STRICT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<sheetData>", "<sheetData><!-- <row r='1'></row> -->"),
        ("</row>", "</row\n>"),
        ("</sheetData>", "</sheetData >"),
        ('"', "'"),
        ("<v>", "<v><![CDATA["),
    ],
)
def test_unusual_spelling_is_understood(old, new):
    content = edited(
        submission(), "xl/worksheets/sheet1.xml", (old, new), *([("</v>", "]]></v>")] if "CDATA" in new else [])
    )

    marked = annotate(content, FULL)

    assert [row[:3] for row in values(marked)] == [row[:3] for row in values(submission())]
    assert annotate(marked, FULL) == marked


def test_verdicts_are_told_by_words_not_by_colour_alone():
    lines = tuple(line(row, verdict) for row, verdict in zip(range(4, 8), Verdict, strict=True))

    rows = values(annotate(submission(), report(lines=lines, tables=(TABLE,))))

    assert [row[3] for row in rows[3:7]] == [verdict.label for verdict in Verdict]
    assert CLAUSE.quote in rows[3][7]
