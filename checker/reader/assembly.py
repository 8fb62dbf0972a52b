"""A sheet and its header → the table: lines cast and validated, totals, and what else is to be said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from checker.definition import TableDefinition
from checker.money import FEN, parse
from checker.reader.casting import UNREADABLE, cast
from checker.reader.heads import header_block
from checker.reader.rows import Rows, covered, sort_rows
from checker.reader.table import Failure, HeaderValue, Table, Total
from checker.reader.titles import Heading, given_above
from checker.schema import dtypes, failures
from checker.terms import Cell
from checker.text import normalise
from checker.workbook import Sheet, Value, text_of

_FILLED_DOWN = frozenset({"text", "list", "code"})  # a merged amount is one amount, not one a line


def table(sheet: Sheet, heading: Heading) -> Table:
    """Everything one sheet says under its header, and the header block above it."""
    definition, rows = heading.definition, sort_rows(sheet, heading)
    header, header_failures = header_block(sheet, heading)
    units = _units(heading, header)
    lines, raw, failures_found = _lines(sheet, heading, rows.lines, header, units)
    return Table(
        sheet=sheet.name,
        state=sheet.state,
        definition=definition,
        header_row=heading.row,
        columns=dict(heading.columns),
        header=header,
        lines=lines,
        raw=raw,
        failures=(*_header_failures(definition, header, header_failures, sheet), *failures_found),
        totals=_totals(sheet, heading, rows, units),
        missing=heading.missing,
        missing_labels=tuple(column.field for column in definition.header if column.field not in header),
        doubled={name: tuple(_cells(sheet, heading, places)) for name, places in heading.doubled.items()},
        unknown=tuple((text, Cell(sheet.name, heading.row, place)) for place, text in heading.unknown.items()),
        units=units,
        stray_rows=tuple(rows.strays),
        hidden_rows=tuple(row for row in rows.lines if row in sheet.facts.hidden_rows),
        hidden_columns=tuple(name for name, place in heading.columns.items() if _is_hidden(sheet, place)),
        last_row=max([heading.row, *rows.lines[-1:], *(row for row, _ in rows.totals[-1:])]),
        last_column=_last_column(sheet, heading),
        marked=bool(heading.results),
    )


def _lines(
    sheet: Sheet, heading: Heading, rows: list[int], header: Mapping[str, HeaderValue], units: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, list[Value]], list[Failure]]:
    """The lines cast, as they were read, and what of them cannot be read as it should be."""
    definition, raw = heading.definition, _raw(sheet, heading, rows)
    done = {name: cast(definition.column(name), values, units.get(name, "")) for name, values in raw.items()}
    lines = _frame(definition, {name: values for name, (values, _) in done.items()}, rows)
    found = [
        Failure(rows[place], name, kind, text_of(raw[name][place]))
        for name, (_, failed) in done.items()
        for place, kinds in failed.items()
        for kind in kinds
    ]
    found = _line_failures(heading, lines, found, raw, sheet)
    return lines, raw | _fill_in(lines, header, heading), found


def _fill_in(lines: pd.DataFrame, header: Mapping[str, HeaderValue], heading: Heading) -> dict[str, list[Value]]:
    """What the header block says of all lines, wherever a line does not say it itself; as typed, where none does."""
    for name in given_above(heading.definition):
        said = header[name].value if name in header else None
        lines[name] = pd.Series([said] * len(lines), index=lines.index, dtype=object)
    for name, value in header.items():
        if name in heading.columns:
            lines[name] = lines[name].where(lines[name].notna() & (lines[name] != ""), value.value)
    above = (name for name in given_above(heading.definition) if name in header)
    return {name: [header[name].typed] * len(lines) for name in above}


def _units(heading: Heading, header: Mapping[str, HeaderValue]) -> dict[str, str]:
    """The unit of each amount: what its own title says, else the header block, else the definition."""
    said = normalise(header["unit"].typed) if "unit" in header else ""
    common = said if said in FEN else heading.definition.unit
    amounts = (column.field for column in heading.definition.columns if column.dtype == "amount")
    own = heading.units
    return {name: own[name] if own.get(name) in FEN else common for name in amounts if name in heading.columns}


def _raw(sheet: Sheet, heading: Heading, rows: list[int]) -> dict[str, list[Value]]:
    """The cells of the lines by field, as they were read."""
    across = list(zip(*(sheet.rows[row - 1] for row in rows), strict=True))
    raw = {name: list(across[place - 1]) if rows else [] for name, place in heading.columns.items()}
    for name, values in raw.items():
        if rows and heading.definition.column(name).dtype in _FILLED_DOWN:
            _fill_down(sheet, rows, heading.columns[name], values)
    return raw


def _fill_down(sheet: Sheet, rows: list[int], place: int, values: list[Value]) -> None:
    """A value in a cell merged over several lines is said of each of them."""
    for top, left, bottom, right in sheet.facts.merged:
        if top < bottom and left <= place <= right and top >= rows[0]:
            said = sheet.value(top, left)
            for position, row in enumerate(rows):
                if top < row <= bottom and values[position] == "":
                    values[position] = said


def _frame(definition: TableDefinition, columns: Mapping[str, list[object]], rows: list[int]) -> pd.DataFrame:
    index, casts = pd.Index(rows, dtype="int64", name="row"), dtypes(definition)
    series = {
        column.field: pd.Series(
            columns.get(column.field) or [None] * len(rows), index=index, dtype=casts.get(column.field, object)
        )
        for column in definition.columns
    }
    return pd.DataFrame(series, index=index)


def _header_failures(
    definition: TableDefinition, header: Mapping[str, HeaderValue], found: list[Failure], sheet: Sheet
) -> list[Failure]:
    """The header block is validated like a table of one line whose columns are its fields."""
    as_table = replace(definition, columns=definition.header)
    line = _frame(as_table, {name: [said.value] for name, said in header.items()}, [0])
    unreadable = {failure.field for failure in found if failure.kind in UNREADABLE}
    for _, name, kind in failures(line, as_table, list(header)):
        if name not in unreadable:
            found.append(Failure(header[name].cell.row, name, kind, header[name].typed))
    broken = _broken(sheet)
    kept = (failure for failure in found if _place(header[failure.field].cell) not in broken)
    return sorted(kept, key=lambda failure: (*_place(header[failure.field].cell), failure.kind))


def _line_failures(
    heading: Heading, lines: pd.DataFrame, found: list[Failure], raw: Mapping[str, list[Value]], sheet: Sheet
) -> list[Failure]:
    """One cell, one cause: what is unreadable, without a stored value or in error is not also blank or out of range."""
    columns, broken = heading.columns, _broken(sheet)
    unreadable = {(failure.row, failure.field) for failure in found if failure.kind in UNREADABLE}
    refused = failures(lines, heading.definition, list(columns)) if len(lines) else []
    positions = {row: place for place, row in enumerate(lines.index)} if refused else {}
    for row, name, kind in refused:
        if (row, name) not in unreadable:
            found.append(Failure(int(row), name, kind, text_of(raw[name][positions[row]])))
    kept = (failure for failure in found if (failure.row, columns[failure.field]) not in broken)
    return sorted(kept, key=lambda failure: (failure.row, columns[failure.field], failure.kind))


def _broken(sheet: Sheet) -> set[tuple[int, int]]:
    return {*sheet.facts.errors, *sheet.facts.unstored}


def _place(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.column


def _totals(sheet: Sheet, heading: Heading, rows: Rows, units: Mapping[str, str]) -> tuple[Total, ...]:
    covers = covered(rows)
    return tuple(
        Total(
            row,
            word,
            {name: _fen(sheet.value(row, heading.columns[name]), unit) for name, unit in units.items()},
            covers[row],
        )
        for row, word in rows.totals
    )


def _fen(value: Value, unit: str) -> int | None:
    amount = parse(value, unit) if value != "" else None
    return amount.fen if amount else None


def _cells(sheet: Sheet, heading: Heading, places: Iterable[int]) -> Iterable[Cell]:
    return (Cell(sheet.name, heading.row, place) for place in places)


def _is_hidden(sheet: Sheet, place: int) -> bool:
    return any(first <= place <= last for first, last in sheet.facts.hidden_columns)


def _last_column(sheet: Sheet, heading: Heading) -> int:
    """The last column with anything in or under the header, our own result columns apart."""
    titled = max([*heading.columns.values(), *heading.unknown, 0])
    rows: list[Any] = sheet.rows[heading.row - 1 :]
    for place in range(len(rows[0]), titled, -1):
        if place not in heading.results and any(row[place - 1] != "" for row in rows):
            return place
    return titled
