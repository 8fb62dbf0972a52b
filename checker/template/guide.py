"""Table definition → the sheet 填报说明."""

from xlsxwriter.worksheet import Worksheet

from checker.definition import Column, TableDefinition, changes
from checker.template.look import Look

_WIDTHS = (5, 24, 8, 62, 40, 30)
_TITLES = ("编号", "栏目", "必填", "怎样填", "可填内容", "示例")


def write_guide(sheet: Worksheet, definition: TableDefinition, look: Look) -> None:
    """How to fill in the table, from the same declaration as the table itself."""
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_row(0, 32)
    sheet.write(0, 0, f"{definition.title}填报说明", look.title)
    row = _write_steps(sheet, 2, "一、怎样填报", definition.instructions, look)
    if definition.header:
        row = _write_columns(sheet, row, "二、表格上方的单位信息", definition.header, look)
    number = "三" if definition.header else "二"
    row = _write_columns(sheet, row, f"{number}、各栏填写要求", definition.columns, look)
    for past in definition.previous:
        heading = f"与{past.version}版的不同（{past.version}版可用至{past.through}预算年度）"
        row = _write_steps(sheet, row, heading, changes(definition, past.version), look)
    sheet.write(row, 0, f"模板编号 {definition.id}　版本 {definition.version}", look.hint)
    _set_up(sheet)


def _write_steps(sheet: Worksheet, row: int, heading: str, steps: tuple[str, ...], look: Look) -> int:
    sheet.write(row, 0, heading, look.heading)
    for number, step in enumerate(steps, 1):
        sheet.set_row(row + number, 20)
        sheet.write(row + number, 0, number, look.label)
        sheet.merge_range(row + number, 1, row + number, len(_WIDTHS) - 1, step, look.steps)
    return row + len(steps) + 2


def _write_columns(sheet: Worksheet, row: int, heading: str, columns: tuple[Column, ...], look: Look) -> int:
    sheet.write(row, 0, heading, look.heading)
    sheet.write_row(row + 1, 0, _TITLES, look.column_heading)
    for number, column in enumerate(columns, 1):
        needed = "必填" if column.required else ""
        texts = (column.title, needed, column.guide or column.prompt, column.accepted, str(column.example))
        sheet.write_number(row + 1 + number, 0, number, look.centred)
        for place, text in enumerate(texts, 1):
            sheet.write_string(row + 1 + number, place, text, look.centred if place == 2 else look.text)
        lines = max(-(-len(text) * 2 // _WIDTHS[place]) for place, text in enumerate(texts, 1))
        sheet.set_row(row + 1 + number, 6 + 15 * max(lines, 1))
    return row + len(columns) + 3


def _set_up(sheet: Worksheet) -> None:
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
