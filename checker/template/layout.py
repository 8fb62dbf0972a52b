"""Table definition → where everything stands on the sheet 填报表."""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from checker.definition import Column, TableDefinition

_NARROWEST_LABEL, _NARROWEST_VALUE = 10, 18  # widths that hold a label of four characters, and a value
_BLOCK = 2  # the row the unit information begins in, counted from 0 as xlsxwriter does


@dataclass(frozen=True)
class Slot:
    """A place for a label, and the columns right of it that hold the value."""

    label: int
    first: int
    last: int


@dataclass(frozen=True)
class Layout:
    """Where everything stands on the sheet; rows and columns count from 0."""

    fields: tuple[str, ...]
    slots: tuple[Slot, ...]
    counters_row: int
    tags_row: int
    titles_row: int
    first_line: int
    last_line: int

    def column(self, field: str) -> int:
        """The column a field stands in."""
        return self.fields.index(field)

    def range(self, field: str) -> str:
        """All cells of a field, as a formula names them."""
        return str(xl_range_abs(self.first_line, self.column(field), self.last_line, self.column(field)))

    def first(self, field: str) -> str:
        """The first cell of a field as a rule over all lines names it: the column fixed, the row not."""
        return str(xl_rowcol_to_cell(self.first_line, self.column(field), col_abs=True))

    def header_cell(self, place: int) -> tuple[int, Slot]:
        """Row and slot of a field of the header block."""
        row, slot = divmod(place, len(self.slots))
        return _BLOCK + row, self.slots[slot]


def absolute(row: int, column: int) -> str:
    """A cell as a name refers to it: $C$3."""
    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))


def layout(definition: TableDefinition) -> Layout:
    """The header block takes as many rows as its fields need; counters, titles and lines follow."""
    slots = _slots(definition.columns)
    counters_row = _BLOCK + -(-len(definition.header) // len(slots))
    titles_row = counters_row + 2
    first_line = titles_row + 1
    return Layout(
        fields=tuple(column.field for column in definition.columns),
        slots=slots,
        counters_row=counters_row,
        tags_row=titles_row - 1,
        titles_row=titles_row,
        first_line=first_line,
        last_line=first_line + definition.capacity - 1,
    )


def _slots(columns: Sequence[Column]) -> tuple[Slot, ...]:
    slots, place = [], 1
    while place < len(columns) - 1:
        if columns[place].width < _NARROWEST_LABEL:
            place += 1
            continue
        first = last = place + 1
        while sum(column.width for column in columns[first : last + 1]) < _NARROWEST_VALUE and last + 1 < len(columns):
            last += 1
        slots.append(Slot(place, first, last))
        place = last + 1
    return tuple(slots[:4])
