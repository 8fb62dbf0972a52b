"""The stream of an Excel 97 workbook → nothing, or a refusal: what the value reader would take on trust is examined.

It makes room for as many texts as a record declares, and for the whole area between the cells it meets.
"""

import struct
from collections.abc import Iterator

from checker.errors import UnreadableWorkbook
from checker.workbook.package import ENCRYPTED, corrupt

# Records, by the names of the format's specification.
_END, _BOUND_SHEET, _SST, _FILE_PASS, _DIMENSIONS, _MULRK = 0x0A, 0x85, 0xFC, 0x2F, 0x200, 0xBD
_CELLS = frozenset({0x06, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
_ROWS, _COLUMNS = 65_536, 256
_HEAD = struct.Struct("<HH")

Record = tuple[int, int, int]  # kind, where its content starts, its length


def examine(book: bytes) -> None:
    """Walk what all sheets share and then every sheet.

    Raises UnreadableWorkbook for a password, and for counts and places no such workbook can have.
    """
    sheets = set()
    for kind, start, length in _records(book, 0):
        if kind == _FILE_PASS:
            raise UnreadableWorkbook("encrypted", ENCRYPTED)
        if kind == _SST and length >= 8 and int.from_bytes(book[start + 4 : start + 8], "little") > len(book):
            raise corrupt("声明的文字数量不合理")
        if kind == _BOUND_SHEET:
            sheets.add(int.from_bytes(book[start : start + 4], "little"))
    for sheet in sheets:
        _examine_sheet(book, sheet)


def _examine_sheet(book: bytes, sheet: int) -> None:
    for kind, start, length in _records(book, sheet):
        if kind in _CELLS and length >= 4:
            _examine_cell(book, kind, start, length)
        elif kind == _DIMENSIONS:
            _examine_dimensions(book[start : start + length])


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
