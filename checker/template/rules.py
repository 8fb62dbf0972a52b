"""Columns → dropdowns, input messages, refusals and hints in colour."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from checker import money
from checker.definition import Column, TableDefinition
from checker.template.layout import Layout
from checker.template.look import Look

_FEN = money.in_unit(1)  # what is above nought is at least this


def restrict(sheet: Worksheet, area: tuple[int, int, int, int], column: Column, lists: Mapping[str, str]) -> None:
    """Say what the cell is for when it is entered, and refuse what the check would refuse.

    A code list only warns: a code may be typed where the list offers names, and lists grow.
    """
    rule = _rule(column, lists) | {
        "input_title": column.title,
        "input_message": column.prompt,
        "error_title": column.title,
        "error_message": f"请填写：{column.accepted}。",
        "error_type": "warning" if column.values_from else "stop",
    }
    sheet.data_validation(*area, rule)


def _rule(column: Column, lists: Mapping[str, str]) -> dict[str, Any]:
    match column.dtype:
        case "list" if column.values_from in lists:
            return {"validate": "list", "source": f"={lists[column.values_from]}"}
        case "list" if column.values:
            return {"validate": "list", "source": list(column.values)}
        case "amount":
            return _between("decimal", column, _FEN)
        case "integer":
            return _between("integer", column, Decimal(1))
        case "text" if column.max_length:
            return {"validate": "length", "criteria": "<=", "value": column.max_length}
    return {"validate": "any"}


def _between(kind: str, column: Column, step: Decimal) -> dict[str, Any]:
    lowest = column.minimum if column.above is None else f"={column.above + step:f}"  # as text: 0.000001, not 1e-06
    return {"validate": kind, "criteria": "between", "minimum": lowest, "maximum": column.maximum}


def mark(sheet: Worksheet, definition: TableDefinition, places: Layout, look: Look) -> None:
    """Rule off the lines filled in; colour required cells left blank, and parts that do not add up."""
    filled = "OR(" + ",".join(f"LEN(TRIM({places.first(field)}))>0" for field in definition.keys) + ")"
    for column in definition.columns:
        if column.required:
            _when(sheet, places, column.field, f"AND({filled},LEN(TRIM({places.first(column.field)}))=0)", look.missing)
    parts = ",".join(places.first(field) for field in _PARTS)
    for field in _PARTS:
        criteria = f"AND(COUNT({parts})>0,ROUND(SUM({parts})-{places.first('amount')},6)<>0)"
        _when(sheet, places, field, criteria, look.missing)
    for column in definition.columns:
        _when(sheet, places, column.field, filled, look.filled)


_PARTS = ("own_funds", "transfer", "other_funds")


def _when(sheet: Worksheet, places: Layout, field: str, criteria: str, cell_format: Format) -> None:
    column = places.column(field)
    rule = {"type": "formula", "criteria": f"={criteria}", "format": cell_format}
    sheet.conditional_format(places.first_line, column, places.last_line, column, rule)
