"""The raw layer: every place as Excel shows it, and a refusal with a cure for everything that is no workbook."""

import random
import re
import struct
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import UnreadableWorkbook
from checker.workbook import Facts, Limits, Workbook, open_workbook, text_of
from checker.workbook import facts as reading
from tests import packages

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
CHINESE = re.compile(r"[一-鿿]")


def facts(rows: str, before: str = "", after: str = "", prefix: str = "") -> Facts:
    return open_workbook(packages.workbook(rows, before, after, prefix)).sheets[0].facts


def refusal(content: bytes, limits: Limits | None = None) -> str:
    """The code of the refusal; every one speaks Chinese and names a cure."""
    with pytest.raises(UnreadableWorkbook) as caught:
        open_workbook(content, limits)
    assert CHINESE.search(caught.value.message)
    assert re.search("请", caught.value.message)
    return caught.value.code


def written(fill) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        fill(book)
    return buffer.getvalue()


def test_values_keep_their_physical_place_below_and_right_of_blank_cells():
    book = open_workbook(packages.workbook('<row r="4"><c r="C4"><v>5</v></c></row>'))

    assert book.sheets[0].value(4, 3) == 5
    assert book.sheets[0].value(1, 1) == ""
    assert book.sheets[0].value(9, 9) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (2080505.0, "2080505"), (0.1, "0.1"), ("00123", "00123"), (True, "TRUE"), (None, ""), (1e22, "1e+22")],
)
def test_a_value_reads_as_it_was_typed(value, text):
    assert text_of(value) == text


def test_hidden_rows_and_columns_are_seen_however_they_were_hidden():
    found = facts(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'
        '<row r="3" ht="0" customHeight="1"><c r="A3"><v>1</v></c></row>',
        before='<cols><col min="2" max="3" width="9" hidden="1"/><col min="4" max="4" width="0"/></cols>',
    )

    assert found.hidden_rows == {2, 3}
    assert found.hidden_columns == [(2, 3), (4, 4)]


def test_a_formula_without_stored_value_is_told_from_one_that_is_empty_text():
    found = facts(
        '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>1+1</f><v/></c>'
        '<c r="D1"><f>1+1</f><v>2</v></c><c r="E1" t="str"><f>""</f><v></v></c>'
        '<c r="F1"><f t="shared" si="0"/></c></row>'
    )

    assert found.unstored == [(1, 1), (1, 2), (1, 3), (1, 6)]


def test_error_cells_keep_their_text():
    found = facts('<row r="2"><c r="B2" t="e"><f>NA()</f><v>#N/A</v></c><c r="C2" t="e"><v>#REF!</v></c></row>')

    assert found.errors == {(2, 2): "#N/A", (2, 3): "#REF!"}


def test_merged_cells_are_listed_from_one():
    assert facts(ONE, after='<mergeCells count="1"><mergeCell ref="B2:D5"/></mergeCells>').merged == [(2, 2, 5, 4)]


def test_the_dimension_is_not_believed():
    book = open_workbook(packages.workbook('<row r="3"><c r="B3"><v>7</v></c></row>', before='<dimension ref="A1"/>'))

    assert book.sheets[0].value(3, 2) == 7


def test_sheets_names_links_and_macros_are_told():
    def fill(book):
        for name in ("看得见", "藏起", "深藏"):
            book.add_worksheet(name).write(0, 0, 1)
        book.worksheets()[1].hide()
        book.worksheets()[2].very_hidden()
        book.define_name("坏名称", "=#REF!$A$1")

    book = open_workbook(written(fill))

    assert [(sheet.name, sheet.state) for sheet in book.sheets] == [
        ("看得见", "visible"),
        ("藏起", "hidden"),
        ("深藏", "veryHidden"),
    ]
    assert book.broken_names == (("坏名称", "#REF!$A$1"),)
    assert (book.macros, book.external_links) == (False, ())


def test_a_macro_sheet_or_a_sheet_without_part_does_not_hide_the_others():
    contents = packages.parts(packages.sheet_xml(ONE))
    ghost = '<sheet name="Macro1" sheetId="9" state="veryHidden" r:id=""/></sheets>'
    contents["xl/workbook.xml"] = contents["xl/workbook.xml"].replace("</sheets>", ghost)

    book = open_workbook(packages.packed(contents))

    assert [(sheet.name, sheet.value(1, 1)) for sheet in book.sheets] == [("表", 1)]


_CELLS = st.sampled_from(
    ["<v>1</v>", "<f>A1</f><v>1</v>", "<f>A1</f>", "<f>A1</f><v></v>", "<f>A1</f><v/>", '<f t="shared" si="0"/>', ""]
)


_CELL_ATTRIBUTES = st.sampled_from(["", ' s="1"', ' t="str"'])
_ROW_ATTRIBUTES = st.sampled_from(["", ' hidden="1"', ' ht="0"', ' ht="12"'])


@st.composite
def _sheets(draw):
    rows, number = [], 0
    for _ in range(draw(st.integers(1, 5))):
        number += draw(st.integers(1, 9))
        columns = draw(st.lists(st.sampled_from("ABCDEFGH"), unique=True).map(sorted))
        cells = [f'<c r="{column}{number}"{draw(_CELL_ATTRIBUTES)}>{draw(_CELLS)}</c>' for column in columns]
        rows.append(f'<row r="{number}"{draw(_ROW_ATTRIBUTES)}>{"".join(cells)}</row>')
    return "".join(rows)


@given(_sheets(), st.sampled_from(["", "x", "ss"]))
def test_the_fast_pass_sees_what_the_parser_sees(rows, prefix):
    xml = packages.sheet_xml(rows, before='<cols><col min="1" max="2" hidden="1"/></cols>', prefix=prefix).encode()
    fast = Facts()

    for piece in reading._pieces([xml]):
        reading._scan(piece, fast)

    slow = reading.parsed([xml])
    assert (fast.hidden_rows, fast.hidden_columns, fast.merged, fast.unstored, fast.errors) == (
        slow.hidden_rows, slow.hidden_columns, slow.merged, slow.unstored, slow.errors
    )  # fmt: skip
    assert fast.last_row >= slow.last_row
    assert fast.last_column >= slow.last_column


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c><v>1</v></c><c><v>2</v></c></row>",
        "<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row>",
        '<row r="1"><c s="0" r="A1"><v>1</v></c><c\n r="B1"><v>2</v></c></row>',
        '<row r="1"><!-- c --><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
    ],
)
def test_an_unusual_spelling_is_read_all_the_same(rows):
    sheet = open_workbook(packages.workbook(rows)).sheets[0]

    assert (sheet.value(1, 2), sheet.facts.last_column) == (2, 2)


# What is no workbook


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\0" * 4096, "empty-file"),
        (b"\x05Zhang" + b" " * 159, "lock-file"),
        (b"%PDF-1.7\n%\xe2\xe3", "not-a-workbook"),
        ("项目名称,预算金额\n培训,12\n".encode("gbk"), "not-a-workbook"),
        ("项目名称,预算金额\n培训,12\n".encode("utf-16"), "not-a-workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not-a-workbook"),
        (b"Rar!\x1a\x07\x00", "not-a-workbook"),
        (bytes(range(256)), "not-a-workbook"),
        (packages.packed({"word/document.xml": "<w/>", "[Content_Types].xml": "<Types/>"}), "not-a-workbook"),
        (packages.packed({"a/报表1.xlsx": "x", "报表2.xls": "y"}), "not-a-workbook"),
        (packages.packed({"readme.txt": "x"}), "not-a-workbook"),
        (packages.packed({"xl/workbook.bin": "x", "[Content_Types].xml": "<Types/>"}), "xlsb"),
        (
            packages.packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
            "not-a-workbook",
        ),
        (packages.compound(EncryptedPackage=b""), "encrypted"),
        (packages.compound(WordDocument=b""), "not-a-workbook"),
        (packages.compound(Contents=b""), "corrupt"),
        (packages.compound(Workbook=b"")[:600], "corrupt"),
        (packages.workbook(ONE)[:-40], "truncated"),
    ],
)
def test_what_is_no_workbook_is_named_with_its_cure(content, code):
    assert refusal(content) == code


def test_an_old_workbook_with_a_password_is_named_as_such():
    begin, password = struct.pack("<HH16s", 0x0809, 16, b"\0\6\5\0"), struct.pack("<HH2s", 0x2F, 2, b"")

    assert refusal(packages.compound(Workbook=begin + password)) == "encrypted"


def test_a_zip_with_a_password_is_named_as_such():
    content = bytearray(packages.workbook(ONE))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    assert refusal(bytes(content)) == "encrypted"


# Hostile files


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c s="1" r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c><v>1</v></c>" + "<c><v>1</v></c>" * 99 + "</row>",
    ],
)
def test_a_cell_far_away_is_refused_and_named(rows):
    with pytest.raises(UnreadableWorkbook) as caught:
        open_workbook(packages.workbook(rows))

    assert caught.value.code == "too-large"
    assert "1048576" in caught.value.message


@pytest.mark.parametrize("place", ["A1050000", "A4000000000", "XFE1", "ZZZZZZ1", "1", "A0"])
def test_a_cell_outside_every_sheet_is_refused(place):
    assert refusal(packages.workbook(f'<row r="1"><c r="{place}"><v>1</v></c></row>')) == "corrupt"


def test_a_cell_with_two_places_is_refused():
    """The value reader believes the last."""
    assert refusal(packages.workbook('<row r="1"><c r="B1" r="XFD1048576"><v>1</v></c></row>')) == "corrupt"


def test_styled_empty_cells_far_away_do_no_harm():
    book = open_workbook(packages.workbook(f'{ONE}<row r="1048576"><c r="XFD1048576" s="0"/></row>'))

    assert len(book.sheets[0].rows) == 1


def test_a_million_empty_styled_rows_are_read_in_seconds():
    rows = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(2, 1_000_001))
    started = time.process_time()

    book = open_workbook(packages.workbook(ONE + rows))

    assert len(book.sheets[0].rows) == 1
    assert time.process_time() - started < 20


@pytest.mark.parametrize("name", ["xl/workbook.xml", packages.SHEET, "_rels/.rels"])
def test_declared_entities_are_refused_unexpanded(name):
    bomb = '<!DOCTYPE x [<!ENTITY a "&b;&b;"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    contents = packages.parts(packages.sheet_xml(ONE))

    assert refusal(packages.packed(contents | {name: bomb + contents[name]})) == "entities"


def test_limits_are_absolute_and_can_be_set():
    content = packages.workbook(ONE)

    assert refusal(content, Limits(content=100)) == "too-large"
    assert refusal(content, Limits(unpacked=100)) == "too-large"
    assert refusal(content, Limits(parts=2)) == "too-large"
    assert refusal(content, Limits(structure=10)) == "too-large"
    assert refusal(packages.workbook('<row r="9"><c r="I9"><v>1</v></c></row>'), Limits(cells=80)) == "too-large"
    assert refusal(content, Limits(nesting=2)) == "corrupt"


def test_too_many_shared_strings_are_refused():
    contents = packages.parts(packages.sheet_xml(ONE)) | {
        "xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 50 + "</sst>"
    }

    assert refusal(packages.packed(contents), Limits(strings=49)) == "too-large"


@pytest.mark.parametrize("count", ["4294967296", "99999999999999999999", "50000000"])
def test_a_count_of_shared_strings_nobody_could_have_is_refused(count):
    strings = f'<sst count="1" uniqueCount="{count}"><si><t>a</t></si></sst>'

    assert (
        refusal(packages.packed(packages.parts(packages.sheet_xml(ONE)) | {"xl/sharedStrings.xml": strings}))
        == "corrupt"
    )


def test_part_names_are_found_in_whatever_case():
    contents = packages.parts(packages.sheet_xml(ONE))
    contents["XL/Worksheets/Sheet1.xml"] = contents.pop(packages.SHEET)

    assert open_workbook(packages.packed(contents)).sheets[0].value(1, 1) == 1


def test_a_part_that_holds_more_than_it_says_is_refused():
    content = packages.packed(packages.parts(packages.sheet_xml(ONE + " " * 100_000)))
    directory = content.rindex(packages.SHEET.encode()) - 46
    lying = bytearray(content)
    struct.pack_into("<I", lying, directory + 24, 500)

    assert refusal(bytes(lying)) == "corrupt"


def test_an_old_workbook_that_declares_more_texts_than_it_holds_is_refused():
    texts = struct.pack("<HHII", 0xFC, 8, 1, 0xFFFF0001)

    assert refusal(packages.compound(Workbook=texts)) == "corrupt"


@pytest.mark.parametrize(
    "record",
    [
        struct.pack("<HHHHHd", 0x203, 14, 1, 0xFFF0, 0, 1.0),
        struct.pack("<HHHHHIH", 0xBD, 12, 1, 0, 0, 0, 0x100),
        struct.pack("<HHIIHHH", 0x200, 14, 0x0100002E, 1, 0, 1, 0),
    ],
)
def test_an_old_workbook_with_a_cell_outside_every_sheet_is_refused(record):
    shared = struct.pack("<HHIHBB", 0x85, 8, 16, 0, 0, 0) + struct.pack("<HH", 0x0A, 0)

    assert refusal(packages.compound(Workbook=shared + record)) == "corrupt"


def test_an_old_workbook_whose_sectors_run_in_a_circle_is_refused():
    content = bytearray(packages.compound(Workbook=b""))
    struct.pack_into("<I", content, 512 + 4 * 9, 2)

    assert refusal(bytes(content)) == "corrupt"


def test_a_part_that_lies_over_another_is_refused():
    content = bytearray(packages.workbook(ONE))
    for found in re.finditer(b"PK\x01\x02", bytes(content)):
        struct.pack_into("<I", content, found.start() + 20, len(content) // 2)

    assert refusal(bytes(content)) == "corrupt"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_doubled_part_names_are_refused_also_in_other_case():
    contents = list(packages.parts(packages.sheet_xml(ONE)).items())

    assert refusal(packages.packed([*contents, contents[-1]])) == "corrupt"
    assert refusal(packages.packed([*contents, ("XL/Workbook.xml", "<a/>")])) == "corrupt"


def test_a_part_without_a_name_is_refused():
    content = packages.packed(packages.parts(packages.sheet_xml(ONE)) | {"@.xml": "<a/>"}).replace(b"@.xml", b"\0.xml")

    assert refusal(content) == "corrupt"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "C:/evil.xml"])
def test_part_names_that_leave_the_package_are_refused(name):
    assert refusal(packages.packed(packages.parts(packages.sheet_xml(ONE)) | {name: "<a/>"})) == "unsafe-names"


def test_a_stored_part_is_read_like_a_packed_one():
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as package:
        for name, text in packages.parts(packages.sheet_xml(ONE)).items():
            package.writestr(name, text)

    assert open_workbook(buffer.getvalue()).sheets[0].value(1, 1) == 1


def _readable_or_refused(content: bytes) -> Workbook | None:
    try:
        return open_workbook(content)
    except UnreadableWorkbook:
        return None


def test_a_file_cut_anywhere_is_refused(template):
    for sixteenth in range(16):
        assert refusal(template[: len(template) * sixteenth // 16]) in {"empty-file", "truncated", "not-a-workbook"}


def test_flipped_bytes_never_raise_anything_else(small):
    dice = random.Random(20261123)

    for _ in range(3_000):
        content = bytearray(small)
        for _ in range(dice.choice((1, 1, 2, 8))):
            content[dice.randrange(len(content))] = dice.randrange(256)
        _readable_or_refused(bytes(content))


def test_flipped_bytes_inside_the_parts_never_raise_anything_else(small):
    """The same after inflating, where a checksum would otherwise meet most of them first."""
    dice = random.Random(20261124)
    with ZipFile(BytesIO(small)) as package:
        contents = {name: package.read(name) for name in package.namelist()}

    for _ in range(1_500):
        name = dice.choice(list(contents))
        part = bytearray(contents[name])
        for _ in range(dice.choice((1, 2, 4))):
            part[dice.randrange(len(part))] = dice.choice(b'<>/"=&;0A9 ' + bytes([dice.randrange(256)]))
        _readable_or_refused(packages.packed({**contents, name: bytes(part)}))  # type: ignore[dict-item]


def test_flipped_bytes_of_an_old_workbook_never_raise_anything_else(others):
    dice = random.Random(20261125)

    for form in ("xls", "ods"):
        original = others[form].read_bytes()
        for _ in range(300):
            content = bytearray(original)
            for _ in range(dice.choice((1, 4, 16))):
                content[dice.randrange(len(content))] = dice.randrange(256)
            _readable_or_refused(bytes(content))


# Other formats, as a real program writes them


@pytest.fixture(scope="session")
def small() -> bytes:
    def fill(book):
        sheet = book.add_worksheet("填报表")
        sheet.write_row(0, 0, ["项目名称", "预算金额"])
        sheet.write_row(1, 0, ["培训", 12.5])
        sheet.write_formula(2, 1, "=SUM(B2:B2)", None, 12.5)
        sheet.merge_range(3, 0, 3, 1, "说明")

    return written(fill)


@pytest.fixture(scope="session")
def template() -> bytes:
    return (Path(__file__).parent.parent / "templates" / "projects.xlsx").read_bytes()


@pytest.fixture(scope="session")
def others(convert, tmp_path_factory) -> dict[str, Path]:
    def fill(book):
        sheet = book.add_worksheet("一表")
        sheet.write(2, 1, "甲")
        sheet.write(3, 1, 5)
        sheet.write_formula(4, 1, "=1/0", None, "#DIV/0!")
        sheet.merge_range(5, 1, 6, 2, "合并")
        sheet.write(7, 1, "行")
        sheet.set_row(7, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        book.add_worksheet("二表").write(0, 0, 1)
        book.worksheets()[1].hide()

    path = tmp_path_factory.mktemp("others") / "一.xlsx"
    path.write_bytes(written(fill))
    return {"xlsx": convert(path, "xlsx"), "ods": convert(path, "ods"), "xls": convert(path, "xls:MS Excel 97")}


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_every_format_gives_the_same_values_at_the_same_places(others, form):
    book = open_workbook(others[form].read_bytes())
    sheet = book.sheets[0]

    assert book.extension == form
    assert [sheet.value(3, 2), sheet.value(4, 2), sheet.value(6, 2), sheet.value(8, 2)] == ["甲", 5, "合并", "行"]
    assert sheet.facts.merged == [(6, 2, 7, 3)]
    assert [one.state for one in book.sheets] == ["visible", "hidden"]


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_every_format_tells_what_is_hidden_and_what_is_in_error(others, form):
    found = open_workbook(others[form].read_bytes()).sheets[0].facts

    assert 8 in found.hidden_rows
    assert any(first <= 3 <= last for first, last in found.hidden_columns)
    assert found.errors == {(5, 2): "#DIV/0!"}


def test_open_document_repetitions_that_unfold_without_end_are_refused():
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = (
        f'<o:document-content xmlns:o="{office}" xmlns:t="{table}"><o:body><o:spreadsheet><t:table t:name="a">'
        '<t:table-row t:number-rows-repeated="1048576"><t:table-cell o:value-type="float" o:value="1" '
        't:number-columns-repeated="16384"/></t:table-row></t:table></o:spreadsheet></o:body></o:document-content>'
    )

    assert (
        refusal(packages.packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}))
        == "too-large"
    )
