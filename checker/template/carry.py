"""A submission of an earlier version, or of any look → the same lines in the standard workbook of today."""

from datetime import date

import pandas as pd

from checker import money
from checker.definition import Column, TableDefinition, definitions
from checker.reader import Table
from checker.template import fill
from checker.template.table import Value
from checker.workbook import Value as CellValue
from checker.workbook import text_of


def carry_over(table: Table) -> bytes:
    """The lines and unit information in today's template; amounts in its unit, what could not be read as it was typed.

    Only what the standard table has a place for comes along.
    """
    today = definitions()[table.definition.id]
    header = {name: said.typed for name, said in table.header.items() if not today.column(name).fixed}
    return fill(today, header | _year(table), [_line(table, today, place) for place in range(len(table.lines))])


def _year(table: Table) -> dict[str, Value]:
    return {"year": table.year} if table.year else {}


def _line(table: Table, today: TableDefinition, place: int) -> dict[str, Value]:
    carried = [column for column in today.columns if column.field in table.columns]
    return {column.field: _value(table, today, column, place) for column in carried}


def _value(table: Table, today: TableDefinition, column: Column, place: int) -> Value:
    understood = table.lines[column.field].iloc[place]
    if column.values_from or pd.isna(understood) or understood == "":
        return _plain(table.raw[column.field][place])
    if column.dtype == "amount":
        return float(money.in_unit(int(understood), today.unit))
    return int(understood) if column.dtype == "integer" else str(understood)


def _plain(typed: CellValue) -> Value:
    """A cell as it was read, in a kind a workbook can be given."""
    if isinstance(typed, (int, float, date)) and not isinstance(typed, bool):
        return typed
    return text_of(typed) or None
