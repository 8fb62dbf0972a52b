"""Bytes → sheets with their values and facts, every place counted as Excel shows it (row and column from 1)."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

import python_calamine as calamine

from checker import memory
from checker.errors import UnreadableWorkbook
from checker.terms import column_letters
from checker.workbook.compound import compound
from checker.workbook.facts import Area, Facts, Place, observe
from checker.workbook.kinds import book_of, kind
from checker.workbook.opendocument import content as open_document
from checker.workbook.package import ENCRYPTED, Limits, Package, corrupt, too_large
from checker.workbook.records import examine
from checker.workbook.structure import SheetPart, Structure, structure, tables_only

__all__ = ["Area", "Facts", "Limits", "Place", "Sheet", "Value", "Workbook", "open_workbook", "text_of"]

Value = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Find = Callable[[int, calamine.SheetMetadata], tuple[str, Facts]]  # number and name of a sheet → its state and facts
_VISIBLE = "visible"
_HELD_TEXTS = 100_000
_LARGE = 100_000  # cells
_DECLARED_COUNT = re.compile(rb"niqueCount\s*=\s*[\"']\s*\+?([0-9]{4,})")


@dataclass(frozen=True)
class Sheet:
    """One worksheet; rows[r - 1][c - 1] is the value of physical row r, column c, and "" stands for none."""

    name: str
    state: str
    rows: list[list[Value]]
    facts: Facts

    def value(self, row: int, column: int) -> Value:
        """The value at a physical place; empty beyond what is used."""
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return ""
        return self.rows[row - 1][column - 1]


@dataclass(frozen=True)
class Workbook:
    """A workbook as sent; broken_names are (name, what it points to), external_links the files it points to."""

    extension: str
    sheets: tuple[Sheet, ...]
    macros: bool = False
    external_links: tuple[str, ...] = ()
    broken_names: tuple[tuple[str, str], ...] = field(default=())


def open_workbook(content: bytes, limits: Limits | None = None) -> Workbook:
    """Read every worksheet.

    Raises UnreadableWorkbook, and nothing else, on bytes that are no workbook, are damaged or beyond the limits.
    """
    limits = limits or Limits()
    extension, package = kind(content, limits)
    if package is None:
        return _office_97(content, limits)
    if extension == "ods":
        return _open_document(content, package)
    outline = structure(package)
    _examine_shared(package, outline)
    known = {sheet.name: (sheet.state, _facts(sheet, package)) for sheet in outline.sheets}
    _refuse_vast(known, limits)
    sheets = _tables(content, known, package, outline)
    return Workbook(extension, sheets, outline.macros, outline.external_links, outline.broken_names)


def _tables(
    content: bytes, known: dict[str, tuple[str, Facts]], package: Package, outline: Structure
) -> tuple[Sheet, ...]:
    try:
        return tuple(_sheets(content, _by_name(known), package.limits))
    except UnreadableWorkbook:
        if all(sheet.part for sheet in outline.sheets):
            raise
        return tuple(_sheets(tables_only(package, outline), _by_name(known), package.limits))


def _facts(sheet: SheetPart, package: Package) -> Facts:
    if sheet.part is None:
        return Facts()
    if sheet.part not in package:
        raise corrupt(f"找不到工作表“{sheet.name}”的内容")
    return observe(package, sheet.part)


def _office_97(content: bytes, limits: Limits) -> Workbook:
    parts = compound(content)
    examined = examine(book_of(parts) or b"")

    def find(index: int, about: calamine.SheetMetadata) -> tuple[str, Facts]:
        if index >= len(examined):
            raise corrupt(f"工作表“{about.name}”不在目录中")
        return _state(about), examined[index]

    return Workbook("xls", tuple(_sheets(content, find, limits)), macros="_VBA_PROJECT" in parts)


def _open_document(content: bytes, package: Package) -> Workbook:
    found = open_document(package)
    known = {
        name: ("hidden" if style in found.hidden_styles else _VISIBLE, facts) for name, style, facts in found.tables
    }
    macros = any(name.startswith("Basic/") for name in package.parts)
    return Workbook(
        "ods", tuple(_sheets(content, _by_name(known), package.limits)), macros, broken_names=tuple(found.broken_names)
    )


def _refuse_vast(known: dict[str, tuple[str, Facts]], limits: Limits) -> None:
    """The value reader holds the whole area from A1 to the last cell, and dies where it does not fit."""
    area = 0
    for name, (_, found) in known.items():
        area += found.last_row * found.last_column
        if area > limits.cells:
            last = f"{column_letters(found.last_column)}{found.last_row}"
            raise too_large(f"工作表“{name}”用到了 {last}，很可能是远处误填了内容（按 Ctrl+End 可以找到）")


def _examine_shared(package: Package, outline: Structure) -> None:
    """Inflate what else the value reader will hold, so that a part that lies about its size is met here.

    It also makes room for as many texts as a part declares, before it has read one.
    """
    for name in outline.shared:
        count = 0
        for piece in package.stream(name):
            count += piece.count(b"<si>") + piece.count(b":si>") // 2
            if any(int(said) > package.limits.strings for said in _DECLARED_COUNT.findall(piece)):
                raise corrupt(f"{name} 声明的数量不合理")
        if count > package.limits.strings:
            raise too_large(f"不同的文字有 {count} 条，上限 {package.limits.strings} 条")


def _by_name(known: Mapping[str, tuple[str, Facts]]) -> Find:
    def find(_: int, about: calamine.SheetMetadata) -> tuple[str, Facts]:
        if about.name not in known:
            raise corrupt(f"工作表“{about.name}”不在目录中")
        return known[about.name]

    return find


def _sheets(content: bytes, find: Find, limits: Limits) -> Iterator[Sheet]:
    area = 0
    with _refusing(), calamine.load_workbook(BytesIO(content)) as book:
        for index, about in enumerate(book.sheets_metadata):
            if about.typ == calamine.SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_index(index)
                area += sheet.total_height * sheet.total_width
                yield _sheet(sheet, *find(index, about), limits)
    if area > _LARGE:
        memory.give_back()


def _sheet(sheet: calamine.CalamineSheet, state: str, found: Facts, limits: Limits) -> Sheet:
    if sheet.total_height * sheet.total_width > limits.cells:
        raise too_large(f"工作表“{sheet.name}”用到了 {column_letters(sheet.total_width)}{sheet.total_height}")
    if not found.merged:
        found.merged += [_area(*corners) for corners in sheet.merged_cell_ranges or ()]
    return Sheet(sheet.name, state, list(_rows(sheet)), found)


def _rows(sheet: calamine.CalamineSheet) -> Iterator[list[Value]]:
    """Rows from the first of the sheet, each from column A; a text that repeats is held once."""
    if sheet.start is None:
        return
    before: list[Value] = [""] * sheet.start[1]
    held: dict[Value, Value] = {}
    for row in sheet.iter_rows():
        if not any(row):  # a sheet may be blank for a million rows
            yield before + row
            continue
        yield before + [held.setdefault(value, value) if value.__class__ is str else value for value in row]
        if len(held) > _HELD_TEXTS:
            held.clear()


def _area(first: tuple[int, int], last: tuple[int, int]) -> Area:
    return first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1


def _state(about: calamine.SheetMetadata) -> str:
    if about.visible == calamine.SheetVisibleEnum.Hidden:
        return "hidden"
    return "veryHidden" if about.visible == calamine.SheetVisibleEnum.VeryHidden else _VISIBLE


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever the value reader throws at damaged bytes becomes our refusal; a Rust panic is no Exception."""
    try:
        yield
    except UnreadableWorkbook:
        raise
    except calamine.PasswordError as error:
        raise UnreadableWorkbook("encrypted", ENCRYPTED) from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError, MemoryError) as error:
        raise corrupt("工作表读不出来") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise corrupt("工作表读不出来") from error
        raise


def text_of(value: Value | None) -> str:
    """A value as the bureau sees it typed: 5.0 is 5, dates are ISO, truth is TRUE or FALSE."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)
