"""The stream of an Excel 97 workbook → what the value reader cannot see of its sheets, or a refusal.

The value reader makes room for as many texts as a record declares, and for the whole area between the cells it meets:
so the counts and places are examined before it is let in.
"""

import struct
from collections.abc import Callable, Iterator

from checker.errors import UnreadableWorkbook
from checker.workbook.facts import Facts
from checker.workbook.package import ENCRYPTED, corrupt

# Records, by the names of the format's specification.
_END, _BOUND_SHEET, _SST, _FILE_PASS, _DIMENSIONS, _MULRK = 0x0A, 0x85, 0xFC, 0x2F, 0x200, 0xBD
_ROW, _COLUMN_INFO, _FORMULA, _BOOLEAN_OR_ERROR = 0x208, 0x7D, 0x06, 0x205
_CELLS = frozenset({_FORMULA, _MULRK, 0xD6, 0xFD, 0x203, 0x204, _BOOLEAN_OR_ERROR, 0x27E})
_ROWS, _COLUMNS = 65_536, 256
_HEAD = struct.Struct("<HH")
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

Record = tuple[int, int, int]  # kind, where its content starts, its length


def examine(book: bytes) -> list[Facts]:
    """Walk what all sheets share and then every sheet, in the order they are listed.

    Raises UnreadableWorkbook for a password, and for counts and places no such workbook can have.
    """
    sheets = []
    for kind, start, length in _records(book, 0):
        if kind == _FILE_PASS:
            raise UnreadableWorkbook("encrypted", ENCRYPTED)
        if kind == _SST and length >= 8 and int.from_bytes(book[start + 4 : start + 8], "little") > len(book):
            raise corrupt("声明的文字数量不合理")
        if kind == _BOUND_SHEET:
            sheets.append(int.from_bytes(book[start : start + 4], "little"))
    examined = {sheet: _examine_sheet(book, sheet) for sheet in set(sheets)}
    return [examined[sheet] for sheet in sheets]


def _examine_sheet(book: bytes, sheet: int) -> Facts:
    found = Facts()
    for kind, start, length in _records(book, sheet):
        if kind in _CELLS and length >= 4:
            _examine_cell(book, kind, start, length)
        if kind == _DIMENSIONS:
            _examine_dimensions(book[start : start + length])
        elif kind in _SEEN:
            _SEEN[kind](book[start : start + length].ljust(16, b"\0"), found)
    return found


def _see_row(content: bytes, found: Facts) -> None:
    row, height_is_zero = struct.unpack_from("<H10xH", content)
    if height_is_zero & 0x20:
        found.hidden_rows.add(row + 1)


def _see_columns(content: bytes, found: Facts) -> None:
    first, last, hidden = struct.unpack_from("<HH4xH", content)
    if hidden & 1:
        found.hidden_columns.append((first + 1, last + 1))


def _see_error(content: bytes, found: Facts) -> None:
    row, column, code, is_error = struct.unpack_from("<HH2xBB", content)
    if is_error:
        found.errors[row + 1, column + 1] = _ERRORS.get(code, "")


def _see_formula(content: bytes, found: Facts) -> None:
    row, column, kind, code, mark = struct.unpack_from("<HH2xBxB3xH", content)
    if mark == 0xFFFF and kind == 2:
        found.errors[row + 1, column + 1] = _ERRORS.get(code, "")


_SEEN: dict[int, Callable[[bytes, Facts], None]] = {
    _ROW: _see_row,
    _COLUMN_INFO: _see_columns,
    _BOOLEAN_OR_ERROR: _see_error,
    _FORMULA: _see_formula,
}


def _records(book: bytes, at: int) -> Iterator[Record]:
    """From one place to the end of what begins there."""
    while at + 4 <= len(book):
        kind, length = _HEAD.unpack_from(book, at)
        if at + 4 + length > len(book):
            raise corrupt("工作簿的内容不完整")
        yield kind, at + 4, length
        if kind == _END:
            return
        at += 4 + length


def _examine_cell(book: bytes, kind: int, start: int, length: int) -> None:
    last = start + length - 2 if kind == _MULRK else start + 2
    if int.from_bytes(book[last : last + 2], "little") >= _COLUMNS or book[start + 3] != 0:
        raise corrupt("单元格位置超出工作表的范围")


def _examine_dimensions(content: bytes) -> None:
    form = {14: "<IIHH", 10: "<HHHH"}.get(len(content))
    if form is None:
        return
    first_row, end_row, first_column, end_column = struct.unpack_from(form, content)
    if first_row > end_row or first_column > end_column or end_row > _ROWS or end_column > _COLUMNS:
        raise corrupt("声明的表格范围不合理")
