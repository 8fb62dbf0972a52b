"""Table definition → the standard workbook, blank or filled in; the same input gives the same bytes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook

from checker.definition import TableDefinition
from checker.template.choices import Choices, choices_for
from checker.template.codes import write_codes
from checker.template.guide import write_guide
from checker.template.look import Look
from checker.template.table import Value, write_table

_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date, so that a template does not change by being made again


def template(definition: TableDefinition, *, place: str | None = None, year: int | None = None) -> bytes:
    """The blank workbook; a place (name or code) and a budget year limit its lists and fill its header.

    A place with divisions below it is not filled in: its template is for the bureaus of them all.
    """
    choices = choices_for(place, year)
    header: dict[str, Value] = {"division": choices.place, "year": year}
    return _written(definition, {name: value for name, value in header.items() if value}, (), choices)


def fill(definition: TableDefinition, header: Mapping[str, Value], lines: Sequence[Mapping[str, Value]]) -> bytes:
    """The workbook with these values in it, whatever they are: field → number, text, date, or (formula, stored value).

    Amounts are in the table's unit.
    """
    return _written(definition, header, lines, choices_for(None, None))


def _written(
    definition: TableDefinition, header: Mapping[str, Value], lines: Sequence[Mapping[str, Value]], choices: Choices
) -> bytes:
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": definition.title, "created": _CREATED})
        workbook.set_size(2400, 1500)
        look = Look(workbook)
        sheets = (definition.sheet, definition.guide_sheet, definition.codes_sheet, definition.stamp.sheet)
        table, guide, codes, stamp = map(workbook.add_worksheet, sheets)
        lists = write_codes(workbook, codes, definition, choices, look)
        write_table(workbook, table, definition, header, lines, lists, look)
        write_guide(guide, definition, look)
        stamp.write_column("A1", [definition.stamp.id, definition.stamp.version])
        stamp.write_column("B1", [definition.id, definition.version])
        stamp.very_hidden()
    return buffer.getvalue()
