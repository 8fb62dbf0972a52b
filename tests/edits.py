"""What people and other programs do to a filled template after it was filled: one function an edit."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "填报表"
STAMP = "模板标识"
_LINK = (
    b'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/>'
    b"</externalLink>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def place(sheet: Worksheet, where: str) -> str:
    """`amount 2` by its title → the address of the second line's cell; 单位级次 → the value cell of the header block.

    `title 预算金额` is the title itself, `label 单位级次` the label.
    """
    first, _, second = where.rpartition(" ")
    row = title_row(sheet)
    if first == "title":
        return f"{get_column_letter(column(sheet, second))}{row}"
    if first == "label":
        return str(label(sheet, second).coordinate)
    if first:
        return f"{get_column_letter(column(sheet, first))}{row + int(second)}"
    cell = label(sheet, second)
    return str(sheet.cell(cell.row, merged_end(sheet, cell) + 1).coordinate)


def label(sheet: Worksheet, text: str) -> Any:
    above = (cell for cells in sheet.iter_rows(max_row=title_row(sheet) - 1) for cell in cells)
    return next(cell for cell in above if isinstance(cell.value, str) and compared(cell.value) == text)


def compared(text: str) -> str:
    return re.sub(r"[\s*:：]|（.*）", "", text)


def table_sheet(book: Workbook) -> Worksheet:
    return next(
        sheet for sheet in book if "项目名称" in {compared(str(cell.value)) for row in sheet["A1:Z40"] for cell in row}
    )


def title_row(sheet: Worksheet) -> int:
    return next(
        cell.row for cells in sheet.iter_rows(max_row=40) for cell in cells if compared(str(cell.value)) == "项目名称"
    )


def column(sheet: Worksheet, title: str) -> int:
    return next(cell.column for cell in sheet[title_row(sheet)] if cell.value and compared(str(cell.value)) == title)


def merged_end(sheet: Worksheet, cell: Any) -> int:
    spans = (area for area in sheet.merged_cells.ranges if cell.coordinate in area)
    return next((area.max_col for area in spans), cell.column)


def cells(book: Workbook, values: dict[str, Any]) -> None:
    for where, value in values.items():
        address = place(book[SHEET], where)
        book[SHEET][address] = value


def hide_rows(book: Workbook, lines: list[int]) -> None:
    for line in lines:
        book[SHEET].row_dimensions[title_row(book[SHEET]) + line].hidden = True


def hide_columns(book: Workbook, titles: list[str]) -> None:
    for title in titles:
        book[SHEET].column_dimensions[get_column_letter(column(book[SHEET], title))].hidden = True


def at(book: Workbook, values: dict[str, Any]) -> None:
    for address, value in values.items():
        book[SHEET][address] = value


def hide_letters(book: Workbook, letters: list[str]) -> None:
    for letter in letters:
        book[SHEET].column_dimensions[letter].hidden = True


def hide_sheet(book: Workbook, name: str) -> None:
    book[name].sheet_state = "hidden"
    book.active = next(number for number, sheet in enumerate(book) if sheet.sheet_state == "visible")


def delete_columns(book: Workbook, titles: list[str]) -> None:
    for title in titles:
        book[SHEET].delete_cols(column(book[SHEET], title))


def delete_sheet(book: Workbook, name: str) -> None:
    del book[name]


def add_hidden_sheet(book: Workbook, name: str) -> None:
    book.create_sheet(name).sheet_state = "veryHidden"


def add_sheet(book: Workbook, name: str) -> None:
    book.create_sheet(name)["A1"] = "补充说明"


def rename_sheet(book: Workbook, name: str) -> None:
    book[SHEET].title = name


def copy_empty_table(book: Workbook, name: str) -> None:
    copy = book.copy_worksheet(book[SHEET])
    copy.title = name
    copy.delete_rows(title_row(copy) + 1, 50)


def copy_table(book: Workbook, name: str) -> None:
    book.copy_worksheet(book[SHEET]).title = name


def define_name(book: Workbook, name: str) -> None:
    book.defined_names[name] = DefinedName(name, attr_text=f"{SHEET}!#REF!")


def define_good_name(book: Workbook, name: str) -> None:
    book.defined_names[name] = DefinedName(name, attr_text=f"{SHEET}!$A$1")


def version(book: Workbook, said: str) -> None:
    book[STAMP]["B2"] = said


def clear(book: Workbook, where: list[str]) -> None:
    for one in where:
        book[SHEET][place(book[SHEET], one)] = None


BOOK_EDITS: dict[str, Callable[[Workbook, Any], None]] = {
    edit.__name__: edit
    for edit in (
        at, cells, clear, hide_rows, hide_columns, hide_letters, hide_sheet, rename_sheet, delete_columns, delete_sheet,
        add_sheet, add_hidden_sheet, copy_table, copy_empty_table, define_name, define_good_name, version,
    )
}  # fmt: skip


def add_macros(parts: dict[str, bytes], _: Any) -> None:
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0"


def add_part(parts: dict[str, bytes], name: str) -> None:
    parts[name] = b""


def add_link(parts: dict[str, bytes], target: str) -> None:
    parts["xl/externalLinks/externalLink1.xml"] = _LINK
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="rId1" Type="{_OFFICE}/externalLinkPath" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()
    link = f'<Relationship Id="rId99" Type="{_OFFICE}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", link.encode() + b"</Relationships>")


PACKAGE_EDITS: dict[str, Callable[[dict[str, bytes], Any], None]] = {
    edit.__name__: edit for edit in (add_macros, add_part, add_link)
}


def edited(content: bytes, edits: dict[str, Any]) -> bytes:
    """The workbook after these edits; without any it is as the template wrote it."""
    if any(name in BOOK_EDITS for name in edits):
        content = _in_book(content, edits)
    if any(name in PACKAGE_EDITS for name in edits):
        content = _in_package(content, edits)
    return content


def _in_book(content: bytes, edits: dict[str, Any]) -> bytes:
    book = load_workbook(BytesIO(content))
    for name, value in edits.items():
        if name in BOOK_EDITS:
            BOOK_EDITS[name](book, value)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _in_package(content: bytes, edits: dict[str, Any]) -> bytes:
    with ZipFile(BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, value in edits.items():
        if name in PACKAGE_EDITS:
            PACKAGE_EDITS[name](parts, value)
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()
