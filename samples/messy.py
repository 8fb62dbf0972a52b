"""samples/lines/messy.yaml → a table a county office drew up by itself, with everything people do to tables."""

from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from samples.filled import declared
from samples.package import packed, parts_of

_TITLES_ROW = 3  # counted from 0
_WIDTHS = (6, 10, 26, 38, 30, 10, 10, 14, 10, 10, 10, 16)


def messy() -> bytes:
    """Title rows above, subtotals and a second heading between, notes below, and one row nobody sees."""
    sample, buffer = declared("messy"), BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("2027年预算")
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        head = book.add_format({"border": 1, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True})
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        title = book.add_format({"bold": True, "font_size": 18, "align": "center"})
        sheet.merge_range(0, 0, 0, len(sample["titles"]) - 1, sample["title"], title)
        for row, texts in enumerate(sample["above"], 1):
            sheet.write_row(row, 0, texts)
        sheet.write_row(_TITLES_ROW, 0, sample["titles"], head)
        below = _write_rows(sheet, sample, cell, head)
        for row, text in enumerate(sample["below"], below):
            sheet.merge_range(row, 0, row, len(sample["titles"]) - 1, text)
    return packed(parts_of(buffer.getvalue()))


def _write_rows(sheet: Worksheet, sample: dict[str, Any], cell: Format, head: Format) -> int:
    """The row below the last."""
    amount = sample["titles"].index("申报金额（万元）")
    row = _TITLES_ROW
    for row, line in enumerate(sample["rows"], _TITLES_ROW + 1):
        match line:
            case {"word": word, "amount": value}:
                sheet.merge_range(row, 0, row, amount - 1, word, head)
                sheet.write(row, amount, value, head)
            case {"hidden": cells}:
                sheet.write_row(row, 0, cells, cell)
                sheet.set_row(row, None, None, {"hidden": True})
            case _:
                sheet.write_row(row, 0, line, cell)
    return row + 1
