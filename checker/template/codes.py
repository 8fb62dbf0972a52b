"""Code lists → the sheet 代码表, and the ranges that dropdowns point to."""

from collections.abc import Mapping

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from checker.definition import Column, TableDefinition
from checker.template.choices import Choices, Row
from checker.template.look import Look

_TOP = 3  # the first row below title, note and headings


def write_codes(
    workbook: Workbook, sheet: Worksheet, definition: TableDefinition, choices: Choices, look: Look
) -> Mapping[str, str]:
    """Write every list side by side; list name → the defined name a dropdown takes it from."""
    names, place = {}, 0
    sheet.set_row(0, 24)
    for columns in _listed(definition):
        column, titles = columns[0], "、".join(column.title for column in columns)
        rows, headings = _rows(column, choices)
        if not rows:
            continue
        _write_list(sheet, place, (titles, choices.notes.get(column.values_from, ""), headings), rows, look)
        if column.values_from:
            names[column.values_from] = f"列表_{column.title}"
            where = xl_range_abs(_TOP, place, _TOP + len(rows) - 1, place)
            workbook.define_name(f"列表_{column.title}", f"='{definition.codes_sheet}'!{where}")
        place += len(headings) + 1
    sheet.freeze_panes(_TOP, 0)
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(0.3, 0.3, 0.4, 0.4)
    sheet.fit_to_pages(1, 0)
    return names


def _listed(definition: TableDefinition) -> list[list[Column]]:
    """The fields that take their values from a list, those of one list together."""
    lists: dict[object, list[Column]] = {}
    for column in (*definition.header, *definition.columns):
        if (values := column.values_from or column.values) and not column.fixed:
            lists.setdefault(values, []).append(column)
    return list(lists.values())


def _rows(column: Column, choices: Choices) -> tuple[tuple[Row, ...], Row]:
    if column.values_from:
        return choices.lists[column.values_from], choices.titles[column.values_from]
    return tuple((value,) for value in column.values), ("可填",)


def _write_list(sheet: Worksheet, place: int, top: tuple[str, str, Row], rows: tuple[Row, ...], look: Look) -> None:
    title, note, headings = top
    sheet.write(0, place, title, look.heading)
    sheet.write(1, place, note, look.hint)
    for offset, heading in enumerate(headings):
        sheet.write(_TOP - 1, place + offset, heading, look.column_heading)
        widest = max(_width(text) for text in (heading, *(row[offset] for row in rows)))
        sheet.set_column(place + offset, place + offset, min(max(widest + 3, 16), 46))
        for step, row in enumerate(rows):
            sheet.write_string(_TOP + step, place + offset, row[offset], look.text)
    sheet.set_column(place + len(headings), place + len(headings), max(3, _width(title) - 16))


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 255 else 1 for sign in text)
