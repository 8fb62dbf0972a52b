"""Table definition → pandera schema, and the cells of a frame that it refuses."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checker.definition import Column, TableDefinition
from checker.money import FEN

if TYPE_CHECKING:  # lazily: pandas and pandera take a second to import
    import pandas as pd
    import pandera.pandas as pa


def dtypes(table: TableDefinition) -> dict[str, str]:
    """What to cast a frame of objects to, before schema() sees it: whole numbers and fen that may be blank."""
    return {column.field: "Int64" for column in table.columns if column.dtype in ("integer", "amount")}


def schema(table: TableDefinition, present: Iterable[str] | None = None) -> "pa.DataFrameSchema":
    """What pandera tests: one check a rule, named by its kind (required, list, range, pattern, length).

    Shape: a column per field, amounts integer fen, blank cells "" or missing. present limits it to those fields,
    so that a column the bureau left out is one finding and not one a line.
    """
    from pandera.pandas import Column as SchemaColumn
    from pandera.pandas import DataFrameSchema

    casts = dtypes(table)
    chosen = [column for column in table.columns if present is None or column.field in present]
    return DataFrameSchema(
        {
            column.field: SchemaColumn(casts.get(column.field), _checks(column, table.unit), nullable=True)
            for column in chosen
        }
    )


def _checks(column: Column, unit: str) -> "list[pa.Check]":
    from pandera.pandas import Check

    scale = FEN[unit] if column.dtype == "amount" else 1
    checks = []
    if column.required:
        checks.append(Check(lambda series: ~_blank(series), name="required", ignore_na=False))
    if column.values and column.dtype == "list":
        checks.append(Check(lambda series: _blank(series) | series.isin(column.values), name="list"))
    if {column.above, column.minimum, column.maximum} != {None}:
        checks.append(Check(lambda series: _in_range(series, column, scale), name="range"))
    if column.pattern:
        checks.append(Check(lambda series: _blank(series) | _fits(series, column.pattern), name="pattern"))
    if longest := column.max_length:
        checks.append(Check(lambda series: _lengths(series) <= longest, name="length"))
    return checks


def _blank(series: "pd.Series[Any]") -> "pd.Series[bool]":
    return series.isna() | (series.astype(object) == "")


def _in_range(series: "pd.Series[Any]", column: Column, scale: int) -> "pd.Series[bool]":
    inside = series.notna()
    if column.above is not None:
        inside &= series > column.above * scale
    if column.minimum is not None:
        inside &= series >= column.minimum * scale
    if column.maximum is not None:
        inside &= series <= column.maximum * scale
    return inside


def _fits(series: "pd.Series[Any]", pattern: str) -> "pd.Series[bool]":
    return series.map(lambda text: bool(re.fullmatch(pattern, str(text))))


def _lengths(series: "pd.Series[Any]") -> "pd.Series[int]":
    return series.map(lambda text: len(str(text)))


@lru_cache(maxsize=64)  # making one costs as much as validating twenty lines with it
def _schema(table: TableDefinition, present: frozenset[str]) -> "pa.DataFrameSchema":
    return schema(table, present)


def failures(lines: "pd.DataFrame", table: TableDefinition, present: Iterable[str]) -> list[tuple[Any, str, str]]:
    """Every cell the schema refuses, as (index label, field, kind), in reading order; no pandera error leaves here."""
    from pandera.errors import SchemaErrors

    try:
        _schema(table, frozenset(present)).validate(lines, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        if cases["index"].isna().any():
            raise RuntimeError(f"the reader must cast first:\n{cases}") from None
        order = {row: place for place, row in enumerate(lines.index)}
        places = {column.field: place for place, column in enumerate(table.columns)}
        found = set(zip(cases["index"], cases["column"], cases["check"], strict=True))
        return sorted(found, key=lambda case: (order[case[0]], places[case[1]], case[2]))
    return []
