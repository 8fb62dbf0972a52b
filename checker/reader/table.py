"""What a submission says, as plain data: tables with their lines, and everything met on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from checker.definition import TableDefinition
from checker.terms import Cell
from checker.workbook import Value, text_of


@dataclass(frozen=True)
class Failure:
    """One cell that does not hold what its column asks for.

    kind: required, list, range, pattern, length (the schema's) · number, precision, date (cannot be read as such, or
    has parts of a fen) · coerced (text read as a number) · tidied (full-width or invisible characters put right).
    row is the physical row; for a field of the header block, that of its cell. value is what the bureau typed.
    """

    row: int
    field: str
    kind: str
    value: str = ""


@dataclass(frozen=True)
class HeaderValue:
    """A value of the header block, cast like a column's, with what was typed and its cell."""

    value: object
    typed: str
    cell: Cell


@dataclass(frozen=True)
class Total:
    """A 合计 or 小计 row: its amounts in fen by field (None where unreadable or blank) and the rows it adds up."""

    row: int
    word: str
    amounts: Mapping[str, int | None]
    covers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """One standard table found on one sheet.

    lines has one row a line, index = physical row, and a column per field of the definition and of those the header
    block fills in: whole numbers and fen Int64, levels canonical or None, divisions by id or "", other text "" if
    blank; None throughout where the column is absent. raw holds the same cells as they were read. units gives the
    unit each amount was read in.
    """

    sheet: str
    state: str
    definition: TableDefinition
    header_row: int
    columns: Mapping[str, int]
    header: Mapping[str, HeaderValue]
    lines: pd.DataFrame
    raw: Mapping[str, list[Value]]
    failures: tuple[Failure, ...]
    totals: tuple[Total, ...] = ()
    missing: tuple[str, ...] = ()
    missing_labels: tuple[str, ...] = ()
    doubled: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    unknown: tuple[tuple[str, Cell], ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    stray_rows: tuple[int, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    last_row: int = 0
    last_column: int = 0
    marked: bool = False

    @cached_property
    def typed(self) -> pd.DataFrame:
        """The lines as text, as the bureau wrote them; made when first asked for."""
        none: list[Value] = [""] * len(self.lines)
        names = [str(name) for name in self.lines.columns]
        columns = {name: [text_of(value) for value in self.raw.get(name, none)] for name in names}
        return pd.DataFrame(columns, index=self.lines.index, dtype=object)

    def is_blank(self, row: int, name: str) -> bool:
        """Whether the bureau typed nothing there."""
        typed = self.raw.get(name)
        return typed is None or not text_of(typed[self._places[row]])

    def cell(self, row: int, name: str) -> Cell:
        """Where a field of a line stands; a field of the header block stands there for every line without its own.

        A row above the titles is the header block's. KeyError where the sheet has no such column.
        """
        if name in self.header and (name not in self.columns or row < self.header_row):
            return self.header[name].cell
        return Cell(self.sheet, row, self.columns[name])

    @cached_property
    def _used(self) -> tuple[frozenset[int], frozenset[int], frozenset[tuple[int, int]]]:
        rows = frozenset([*self.lines.index, *(total.row for total in self.totals)])
        return (
            rows,
            frozenset(self.columns.values()),
            frozenset((s.cell.row, s.cell.column) for s in self.header.values()),
        )

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is one of the header block, of a line or of a total."""
        rows, columns, header = self._used
        return (row in rows and column in columns) or (row, column) in header

    @cached_property
    def _places(self) -> dict[int, int]:
        return {int(row): place for place, row in enumerate(self.lines.index)}

    @property
    def year(self) -> int | None:
        """The budget year of the header block; None also where it is none that a budget could have."""
        year = self.header["year"].value if "year" in self.header else None
        return year if isinstance(year, int) and self.definition.column("year").admits(year) else None


@dataclass(frozen=True, eq=False)
class Budget:
    """One submission. template is the id and version it is stamped with, None where it is known by its titles.

    formulas_without_value and error_cells are those in the header blocks, lines and totals; hidden_sheets are
    (name, state) of sheets that are not ours; marked says that it carries marks of an earlier check.
    """

    sha256: str
    extension: str
    tables: tuple[Table, ...]
    template: tuple[str, str] | None = None
    outdated: bool = False
    marked: bool = False
    macros: bool = False
    external_links: tuple[str, ...] = ()
    broken_names: tuple[tuple[str, str], ...] = ()
    formulas_without_value: tuple[Cell, ...] = ()
    error_cells: tuple[tuple[Cell, str], ...] = ()
    hidden_sheets: tuple[tuple[str, str], ...] = ()

    @property
    def year(self) -> int | None:
        """The budget year of the first table that says one."""
        return next((table.year for table in self.tables if table.year), None)
