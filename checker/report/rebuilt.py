"""A workbook in an older or foreign format (.xls, .ods) → the same values as .xlsx, ready to be marked."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from checker.report.safe import cell_text, starts_a_formula
from checker.workbook.kinds import kind
from checker.workbook.package import Limits

NOTE = "原文件不是 .xlsx，标注结果另存为 .xlsx：只保留各单元格的值和位置，公式、格式、图片、批注以原文件为准。"
_WIDEST = 220  # pixels; a title above the table must not make its column as wide as the page
_NOTE_SHEET = "转存说明"
_DATES = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}


def needs_rebuilding(content: bytes) -> bool:
    """Whether the marks cannot be set in the file itself, because it is no Office Open XML package.

    raises: UnreadableWorkbook for what is no workbook at all.
    """
    return kind(content, Limits())[0] in {"xls", "ods"}


def rebuild(content: bytes) -> bytes:
    """The values of every sheet at their own addresses, as .xlsx, and a last sheet that says what was lost."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book, CalamineWorkbook.from_filelike(BytesIO(content)) as source:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 a fixed moment: equal files give equal bytes
        formats: dict[type, Any] = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _DATES.items()}
        formats[str] = book.add_format({"quote_prefix": True})
        for metadata in source.sheets_metadata:
            if metadata.typ is SheetTypeEnum.WorkSheet:
                sheet = book.add_worksheet(metadata.name)
                _copy(source.get_sheet_by_name(metadata.name), sheet, formats)
                _hide(sheet, metadata.visible)
        book.add_worksheet(_NOTE_SHEET).write_string(0, 0, NOTE)
    return target.getvalue()


def _copy(source: CalamineSheet, sheet: Any, formats: dict[type, Any]) -> None:
    for (first_row, first_column), (last_row, last_column) in source.merged_cell_ranges or ():
        if (first_row, first_column) != (last_row, last_column):
            sheet.merge_range(first_row, first_column, last_row, last_column, "")
    for row, values in enumerate(source.to_python(skip_empty_area=False)):
        for column, value in enumerate(values):
            _write(sheet, row, column, value, formats)
    sheet.autofit(_WIDEST)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if isinstance(value, str):
        text = cell_text(value)
        if text:
            sheet.write_string(row, column, text, formats[str] if starts_a_formula(text) else None)
    elif type(value) in _DATES:
        sheet.write_datetime(row, column, value, formats[type(value)])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _hide(sheet: Any, visible: SheetVisibleEnum) -> None:
    if visible is SheetVisibleEnum.Hidden:
        sheet.hide()
    elif visible is SheetVisibleEnum.VeryHidden:
        sheet.very_hidden()
