"""A register workbook → the lines of its two sheets, and one Chinese sentence for every cell that is not as asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from checker.definition import TableDefinition
from checker.definition import load as load_definition
from checker.errors import UnreadableWorkbook
from checker.files import SCHEMAS
from checker.reader import Failure, Table
from checker.reader.assembly import table
from checker.reader.titles import heading
from checker.terms import Cell
from checker.text import normalise
from checker.workbook import Sheet, open_workbook

DETERMINATIONS, WAIVERS = "register-determinations", "register-waivers"
_PUT_RIGHT = {"tidied", "coerced"}  # what the reader mends by itself
_NOT_USED = "remark"

Values = dict[str, Any]


@cache
def definitions() -> dict[str, TableDefinition]:
    """The two tables of a register by id, in their order."""
    folder = SCHEMAS / "register"
    return {one.id: one for one in map(load_definition, (folder / "determinations.yaml", folder / "waivers.yaml"))}


def bad_register(message: str) -> UnreadableWorkbook:
    return UnreadableWorkbook("bad-register", message)


@dataclass(frozen=True, eq=False)
class Entries:
    """One sheet of a register as read."""

    sheet: Sheet
    table: Table

    @property
    def id(self) -> str:
        return self.table.definition.id

    def cell(self, row: int, name: str) -> Cell:
        return self.table.cell(row, name)

    @cached_property
    def faults(self) -> tuple[str, ...]:
        return (*self._of_titles(), *self._of_cells(), *self._without_value(), *self._of_rows())

    @cached_property
    def lines(self) -> tuple[tuple[int, Values], ...]:
        """Physical row and values of every line that could be read in full; what is blank is "" or None."""
        columns = [column for column in self.table.definition.columns if column.field != _NOT_USED]
        refused = {failure.row for failure in self._refused}
        records = zip(self.table.lines.index.tolist(), self.table.lines.to_dict("records"), strict=True)
        return tuple(
            (row, {column.field: _value(column.dtype, said[column.field]) for column in columns})
            for row, said in records
            if row not in refused and all(said[column.field] for column in columns if column.required)
        )

    @cached_property
    def _refused(self) -> list[Failure]:
        words = {normalise(word) for word in self.table.definition.placeholders}
        return [
            failure
            for failure in self.table.failures
            if failure.kind not in _PUT_RIGHT and not (failure.kind == "date" and normalise(failure.value) in words)
        ]

    def _of_titles(self) -> Iterator[str]:
        for name in self.table.missing:
            column = self.table.definition.column(name)
            if column.required and len(self.table.lines):
                yield f"{self.sheet.name}：缺少“{column.title}”列，请补上。"
        for name, cells in self.table.doubled.items():
            title = self.table.definition.column(name).title
            yield f"{'、'.join(map(str, cells))}：有几列“{title}”，请只留一列。"

    def _of_cells(self) -> Iterator[str]:
        for failure in self._refused:
            column = self.table.definition.column(failure.field)
            said = f"写的是“{failure.value}”" if failure.value else "没有填"
            yield f"{self.cell(failure.row, failure.field)}：“{column.title}”{said}，应填{column.accepted}。"

    def _without_value(self) -> Iterator[str]:
        for place in sorted({*self.sheet.facts.unstored, *self.sheet.facts.errors}):
            if self.table.holds(*place):
                yield f"{Cell(self.sheet.name, *place)}：公式没有结果，请改填文字或数值。"

    def _of_rows(self) -> Iterator[str]:
        for row in self.table.stray_rows:
            yield f"{self.sheet.name}第{row}行：只填了次要的栏目，请填全或清空。"


def _value(dtype: str, said: Any) -> Any:
    if dtype == "date":
        return date.fromisoformat(said) if said else None
    return said or ""


def read(content: bytes) -> tuple[Entries, ...]:
    """Every sheet of the register; one that is missing, or bears the name without the titles, is refused."""
    known = tuple(definitions().values())
    found = [(sheet, heading(sheet, known)) for sheet in open_workbook(content).sheets]
    entries = tuple(Entries(sheet, table(sheet, begins)) for sheet, begins in found if begins)
    ids = {one.id for one in entries}
    faults = [f"工作表“{sheet.name}”的列标题认不出来" for sheet, begins in found if not begins and _is_ours(sheet)]
    faults = faults or [f"没有工作表“{one.sheet}”" for one in known if one.id not in ids]
    if faults:
        cure = "请恢复原来的列标题，或用命令 checker register new 生成空白登记簿后重新填写。"
        raise bad_register(f"这不是可用的认定豁免登记簿：{'；'.join(faults)}。{cure}")
    return entries


def _is_ours(sheet: Sheet) -> bool:
    """Whether a sheet is named after one of ours (认定, 认定2026): a changed title must not lose what it says."""
    guides = {one.guide_sheet for one in definitions().values()}
    return sheet.name not in guides and sheet.name.startswith(tuple(one.sheet for one in definitions().values()))
