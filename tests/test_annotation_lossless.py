"""The marker changes nothing else, whatever the workbook holds and wherever the marks go."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils import get_column_letter

from checker.annotation import annotate, unmark
from checker.annotation.markup import children, escape
from checker.annotation.palette import tint, tint_number
from checker.annotation.state import State, TableState, read
from checker.terms import Severity, TablePlace
from tests.marked import (
    FULL,
    MAIN,
    SHEET,
    by_hand,
    edited,
    fill,
    finding,
    line,
    opened,
    packed,
    parts,
    report,
    rich,
    root,
    submission,
    values,
)


def test_parts_without_a_mark_keep_their_bytes():
    content = submission(rich)

    before, after = parts(content), parts(annotate(content, FULL))

    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels",
    }  # fmt: skip


def test_formulas_and_their_stored_values_stay():
    content = submission(rich)
    marked = annotate(content, FULL)

    for stored in (False, True):
        before, after = opened(content, stored=stored), opened(marked, stored=stored)
        for sheet in before.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    now = after[sheet.title][cell.coordinate]
                    one, other = (getattr(value, "text", value) for value in (cell.value, now.value))
                    assert one == other or cell.column > 3


def test_in_a_marked_sheet_only_marks_differ():
    content = submission(rich)

    before, after = (root(each, "xl/worksheets/sheet1.xml") for each in (content, annotate(content, FULL)))

    ours = {"dimension", "cols", "sheetData", "autoFilter", "legacyDrawing"}
    kept = [
        [etree.tostring(each) for each in tree if etree.QName(each).localname not in ours] for tree in (before, after)
    ]
    assert kept[0] == kept[1]


def test_what_counts_sheets_counts_one_more():
    content = edited(
        submission(rich), "xl/workbook.xml", ("<workbookView ", '<workbookView activeTab="1" firstSheet="1" ')
    )

    book = root(annotate(content, FULL), "xl/workbook.xml")

    view = book.find(f".//{{{MAIN}}}workbookView")
    names = {name.get("name"): name.get("localSheetId") for name in book.iter(f"{{{MAIN}}}definedName")}
    assert (view.get("activeTab"), view.get("firstSheet")) == ("2", "2")
    assert (names["本地"], names["_xlnm.Print_Area"], names["金额"]) == ("2", "2", None)


def test_column_definitions_are_split_around_ours_and_grow_together_again():
    content = submission(lambda _, sheet: sheet.set_column("A:XFD", 7, None, {"hidden": False}))

    marked = annotate(content, FULL)
    back = root(unmark(marked), "xl/worksheets/sheet1.xml")

    widths = {
        column.get("min"): column.get("width")
        for column in root(marked, "xl/worksheets/sheet1.xml").iter(f"{{{MAIN}}}col")
    }
    assert (widths["1"], widths["10"]) == ("7.7109375", "7.7109375")
    assert float(widths["7"]) > 30
    assert [(column.get("min"), column.get("max")) for column in back.iter(f"{{{MAIN}}}col")] == [("1", "16384")]


def test_macros_stay_and_the_package_stays_a_macro_workbook(tmp_path):
    content = submission()
    content = edited(
        content, "[Content_Types].xml", ("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
    )
    content = packed({**parts(content), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})

    after = parts(annotate(content, FULL))

    assert after["xl/vbaProject.bin"] == b"\xd0\xcf\x11\xe0macro"
    assert b"macroEnabled" in after["[Content_Types].xml"]


def sheet_row(row: int, written: set[tuple[int, int]]) -> str:
    columns = sorted(column for at, column in written if at == row)
    cells = (f'<c r="{get_column_letter(column)}{row}"><v>{row * column}</v></c>' for column in columns)
    return f'<row r="{row}">{"".join(cells)}</row>'


@settings(max_examples=40, deadline=None)
@given(
    written=st.sets(st.tuples(st.integers(1, 40), st.integers(1, 30)), max_size=25),
    found=st.sets(st.tuples(st.integers(1, 45), st.integers(1, 35)), min_size=1, max_size=12),
    table=st.none() | st.tuples(st.integers(1, 20), st.integers(1, 30), st.integers(1, 20)),
)
def test_wherever_marks_go_values_stay_cells_stay_in_order_and_marks_come_off(written, found, table):
    body = "".join(sheet_row(row, written) for row in sorted({row for row, _ in written}))
    content = by_hand(f'<worksheet xmlns="{{main}}"><sheetData>{body}</sheetData></worksheet>')
    places = [TablePlace(SHEET, table[0], table[0] + table[1], table[2])] if table else []
    lines = tuple(line(row) for place in places for row in range(place.header_row + 1, place.last_row + 1))
    made = report(
        *(finding(f"{get_column_letter(column)}{row}") for row, column in sorted(found)),
        lines=lines,
        tables=tuple(places),
    )

    marked = annotate(content, made)

    references = [cell.get("r") for cell in root(marked, "xl/sheet.xml").iter(f"{{{MAIN}}}c")]
    sheet = opened(marked)[SHEET]
    assert len(references) == len(set(references))
    assert all(sheet.cell(*place).value == place[0] * place[1] for place in written)
    assert all(sheet.cell(*place).comment and fill(sheet.cell(*place)) for place in found)
    assert annotate(marked, made) == marked
    assert values(unmark(marked)) == values(content)


@given(st.sampled_from(list(Severity)), st.integers(0, 4_095))
def test_the_number_in_a_tint_can_be_read_back(severity, number):
    assert tint_number(tint(severity, number)) == number


@given(st.lists(st.tuples(st.text(), st.none() | st.just("1")), max_size=40))
def test_the_state_survives_its_names(fills):
    state = State(fills, [TableState([None, ' width="9"'], "new", None)])

    assert read(state.texts()) == state


@given(st.text())
def test_escaped_text_is_read_back_without_what_xml_cannot_carry(text):
    assert etree.fromstring(f"<t>{escape(text)}</t>") is not None


def test_tags_are_told_apart_also_with_brackets_in_attributes():
    data = b"<a x=\"<>/>\"><b/></a><c y='>'/></parent><d/>"

    assert [name for name, _, _ in children(data)] == ["a", "c"]
