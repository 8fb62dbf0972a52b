"""Table definition → the sheet 填报表: unit information, counters, column titles and lines ready to be filled in."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from checker.definition import TableDefinition
from checker.template.counters import Counter, counters
from checker.template.layout import Layout, absolute, layout
from checker.template.look import LINE, PAPER, Look
from checker.template.rules import mark, restrict

# Protection keeps titles and counters from being overtyped by accident and stands in the way of nothing else.
_ALLOWED = (
    "sort", "autofilter", "insert_rows", "delete_rows", "insert_columns", "delete_columns", "insert_hyperlinks",
    "format_cells", "format_columns", "format_rows", "pivot_tables", "objects", "scenarios",
)  # fmt: skip

Value = str | int | float | date | tuple[str, str | int | float] | None


def write_table(
    workbook: Workbook,
    sheet: Worksheet,
    definition: TableDefinition,
    header: Mapping[str, Value],
    lines: Sequence[Mapping[str, Value]],
    lists: Mapping[str, str],
    look: Look,
) -> None:
    """Write the sheet; lists gives the defined name of each code list."""
    places = layout(definition)
    _set_columns(sheet, definition, look)
    _write_top(sheet, definition, places, look)
    _write_header(workbook, sheet, definition, places, header, lists, look)
    _write_counters(workbook, sheet, definition, places, counters(definition, places, header, lines), look)
    _write_titles(sheet, definition, places, look)
    _write_lines(sheet, definition, places, lines, look)
    for place, column in enumerate(definition.columns):
        restrict(sheet, (places.first_line, place, places.last_line, place), column, lists)
    mark(sheet, definition, places, look)
    _set_up(sheet, definition, places)


def _set_columns(sheet: Worksheet, definition: TableDefinition, look: Look) -> None:
    for place, column in enumerate(definition.columns):
        sheet.set_column(place, place, column.width, look.value(column))
    sheet.set_column(len(definition.columns), 16_383, None, look.open)
    sheet.dim_colmax = len(definition.columns) - 1  # else xlsxwriter looks at 16,384 cells of every row


def _write_top(sheet: Worksheet, definition: TableDefinition, places: Layout, look: Look) -> None:
    locked = look.format()
    for row in range(places.titles_row):
        sheet.set_row(row, 21, locked)
    sheet.set_row(0, 32, locked)
    sheet.write(0, 0, definition.title, look.title)
    hint = f"金额单位：{definition.unit}。{definition.hint}填法见“{definition.guide_sheet}”。"
    sheet.write(1, 0, f"{hint}　模板 {definition.id}　{definition.version}版", look.hint)


def _write_header(
    workbook: Workbook,
    sheet: Worksheet,
    definition: TableDefinition,
    places: Layout,
    header: Mapping[str, Value],
    lists: Mapping[str, str],
    look: Look,
) -> None:
    for place, column in enumerate(definition.header):
        row, slot = places.header_cell(place)
        sheet.write(row, slot.label, column.title, look.needed_label if column.required else look.label)
        shade = {"bg_color": PAPER, "border": 1, "border_color": LINE} if not column.fixed else {"border": 0}
        cell_format = look.value(column, **shade, align="left", indent=1)
        if slot.last > slot.first:
            sheet.merge_range(row, slot.first, row, slot.last, "", cell_format)
        _write(sheet, row, slot.first, header.get(column.field, column.fixed or None), cell_format)
        restrict(sheet, (row, slot.first, row, slot.first), column, lists)
        workbook.define_name(column.title, f"='{definition.sheet}'!{absolute(row, slot.first)}")


def _write_counters(
    workbook: Workbook,
    sheet: Worksheet,
    definition: TableDefinition,
    places: Layout,
    shown: Sequence[Counter],
    look: Look,
) -> None:
    positive = {"type": "cell", "criteria": ">", "value": 0, "format": look.alert}
    for slot, counter in zip(places.slots, shown, strict=False):
        row = places.counters_row
        cell_format = look.count(counter.number_format)
        sheet.write(row, slot.label, counter.label, look.label)
        sheet.write_formula(row, slot.first, counter.formula, cell_format, counter.value)
        if counter.is_missing:
            sheet.conditional_format(row, slot.first, row, slot.first, positive)
        workbook.define_name(counter.label, f"='{definition.sheet}'!{absolute(row, slot.first)}")


def _write_titles(sheet: Worksheet, definition: TableDefinition, places: Layout, look: Look) -> None:
    sheet.set_row(places.tags_row, 15, look.format())
    sheet.set_row(places.titles_row, 34, look.format())
    for place, column in enumerate(definition.columns):
        tag = "必填" if column.required else "选填"
        tag += f"·{definition.unit}" if column.dtype == "amount" else ""
        sheet.write(places.tags_row, place, tag, look.needed_tag if column.required else look.tag)
        heading = look.needed_heading if column.required else look.column_heading
        sheet.write(places.titles_row, place, column.title, heading)


def _write_lines(
    sheet: Worksheet, definition: TableDefinition, places: Layout, lines: Sequence[Mapping[str, Value]], look: Look
) -> None:
    formats = [look.value(column) for column in definition.columns]
    for step, line in enumerate(lines or [{}] * definition.ready_lines):
        if line:
            sheet.set_row(places.first_line + step, _height(definition, line))
        for place, column in enumerate(definition.columns):
            _write(sheet, places.first_line + step, place, line.get(column.field), formats[place])


def _height(definition: TableDefinition, line: Mapping[str, Value]) -> float:
    """Room for the longest text once wrapped, since not every program makes it by itself."""
    texts = [
        (line.get(column.field), column.width) for column in definition.columns if column.dtype in ("text", "list")
    ]
    wrapped = [math.ceil(len(text) * 2.1 / width) for text, width in texts if isinstance(text, str)]
    return min(6 + 14 * max(wrapped, default=1), 300)


def _write(sheet: Worksheet, row: int, place: int, value: Value, cell_format: Format) -> None:
    match value:
        case None:
            sheet.write_blank(row, place, None, cell_format)
        case str():
            sheet.write_string(row, place, value, cell_format)
        case date():
            sheet.write_datetime(row, place, value, cell_format)
        case (formula, stored):
            sheet.write_formula(row, place, formula, cell_format, stored)
        case _:
            sheet.write_number(row, place, value, cell_format)


def _set_up(sheet: Worksheet, definition: TableDefinition, places: Layout) -> None:
    sheet.autofilter(places.titles_row, 0, places.last_line, len(definition.columns) - 1)
    sheet.freeze_panes(places.first_line, places.column("name") + 1)
    sheet.hide_gridlines(1)
    sheet.set_zoom(90)
    sheet.protect("", dict.fromkeys(_ALLOWED, True))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(0.3, 0.3, 0.4, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(places.tags_row, places.titles_row)
    sheet.set_footer(f"&L{definition.id} {definition.version}&C第 &P 页，共 &N 页")
