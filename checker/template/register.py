"""The two tables of the register → the blank workbook an office keeps it in; the same plans give the same bytes."""

from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from checker import register, rulebook
from checker.definition import TableDefinition
from checker.template.guide import write_guide
from checker.template.look import Look
from checker.template.rules import restrict
from checker.vocabulary_file import vocabulary_of

_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date, so that a register does not change by being made again
_TAGS, _TITLES = 2, 3  # rows, counted from 0 as xlsxwriter does
_FIRST = _TITLES + 1
_ALLOWED = (
    "sort", "autofilter", "insert_rows", "delete_rows", "insert_columns", "delete_columns", "insert_hyperlinks",
    "format_cells", "format_columns", "format_rows", "objects",
)  # fmt: skip


def new(rules: rulebook.Rulebook | None = None) -> bytes:
    """A blank register; its list of domains is that of the plans given, the shipped ones by default."""
    plans = (rules or rulebook.load()).plans
    domains = ",".join(dict.fromkeys(vocabulary_of(plan).name for plan in plans))
    lists = {"plans": f'"{domains}"'}  # a list written out, where the templates name a range
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as workbook:
        tables = tuple(register.definitions().values())
        workbook.set_properties({"title": "认定和豁免登记簿", "created": _CREATED})
        workbook.set_size(2400, 1500)
        look = Look(workbook)
        names = [*(table.sheet for table in tables), *(table.guide_sheet for table in tables), tables[0].stamp.sheet]
        *written, stamp = map(workbook.add_worksheet, names)
        for table, sheet, guide in zip(tables, written, written[len(tables) :], strict=False):
            _write(sheet, table, lists, look)
            write_guide(guide, table, look)
        stamp.write_row("A1", [tables[0].stamp.id, tables[0].id])
        stamp.write_row("A2", [tables[0].stamp.version, tables[0].version])
        stamp.very_hidden()
    return buffer.getvalue()


def _write(sheet: Worksheet, table: TableDefinition, lists: dict[str, str], look: Look) -> None:
    locked = look.format()
    for row, height in ((0, 32), (1, 21), (_TAGS, 15), (_TITLES, 34)):
        sheet.set_row(row, height, locked)
    sheet.write(0, 0, table.title, look.title)
    sheet.write(1, 0, f"填法见“{table.guide_sheet}”。　登记簿 {table.version}版", look.hint)
    for place, column in enumerate(table.columns):
        needed = column.required
        cell_format = look.value(column)
        sheet.set_column(place, place, column.width, cell_format)
        sheet.write(_TAGS, place, "必填" if needed else "选填", look.needed_tag if needed else look.tag)
        sheet.write(_TITLES, place, column.title, look.needed_heading if needed else look.column_heading)
        for row in range(_FIRST, _FIRST + table.ready_lines):
            sheet.write_blank(row, place, None, cell_format)
        restrict(sheet, (_FIRST, place, _last(table), place), column, lists)
    _colour(sheet, table, look)
    _set_up(sheet, table)


def _last(table: TableDefinition) -> int:
    return _FIRST + table.capacity - 1


def _colour(sheet: Worksheet, table: TableDefinition, look: Look) -> None:
    """Required cells left blank in a line begun; lines begun ruled off."""
    keys = [place for place, column in enumerate(table.columns) if column.key]
    begun = "OR(" + ",".join(f"LEN(TRIM({_cell(place)}))>0" for place in keys) + ")"
    for place, column in enumerate(table.columns):
        area = (_FIRST, place, _last(table), place)
        if column.required:
            criteria = f"=AND({begun},LEN(TRIM({_cell(place)}))=0)"
            sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "format": look.missing})
        sheet.conditional_format(*area, {"type": "formula", "criteria": f"={begun}", "format": look.filled})


def _cell(place: int) -> str:
    return str(xl_rowcol_to_cell(_FIRST, place, col_abs=True))


def _set_up(sheet: Worksheet, table: TableDefinition) -> None:
    sheet.autofilter(_TITLES, 0, _last(table), len(table.columns) - 1)
    sheet.freeze_panes(_FIRST, 1)
    sheet.hide_gridlines(1)
    sheet.protect("", dict.fromkeys(_ALLOWED, True))
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(0.3, 0.3, 0.4, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TAGS, _TITLES)
    sheet.set_footer("&C第 &P 页，共 &N 页")
