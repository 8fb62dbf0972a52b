"""Bytes of an Office 97 file → its streams, once every chain of sectors is known to end.

The value reader follows a chain that bites its own tail until no memory is left, so they are walked here first.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from checker.workbook.package import corrupt

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<30xHH14xI4xII4xI4x")  # sizes, first directory sector, cutoff, first short table, first list
_ENTRY = struct.Struct("<64sHB49xIQ")
_ENTRY_SIZE = 128
_LAST = 0xFFFFFFFA  # sector numbers from here on are marks: free, end of chain, table
_STREAM, _ROOT = 2, 5


@dataclass(frozen=True)
class Compound:
    """The sectors of a file and the table that chains them; streams gives where each begins and its size, by name."""

    content: bytes
    size: int
    table: "array[int]"
    short_table: "array[int]"
    short_content: bytes
    short_size: int
    cutoff: int
    streams: dict[str, tuple[int, int]]

    def __contains__(self, name: str) -> bool:
        return name in self.streams

    def read(self, name: str) -> bytes:
        """One whole stream."""
        start, size = self.streams[name]
        if size < self.cutoff:
            return _joined(self.short_content, self.short_size, 0, _chain(start, self.short_table))[:size]
        return _joined(self.content, self.size, self.size, _chain(start, self.table))[:size]


def compound(content: bytes) -> Compound:
    """Read the directory and walk the chain of every stream.

    Raises UnreadableWorkbook where a chain has no end or leaves the file.
    """
    if len(content) < 512:
        raise corrupt("文件不完整")
    shift, short_shift, first_entry, cutoff, first_short, first_list = _HEADER.unpack_from(content)
    if shift not in (9, 12) or short_shift != 6:
        raise corrupt("扇区大小不对")
    size = 1 << shift
    table = _table(content, size, first_list)
    entries = b"".join(_sector(content, size, number) for number in _chain(first_entry, table))
    short_table = array("I", _joined(content, size, size, _chain(first_short, table)))
    streams, short_content = {}, b""
    for name, kind, start, length in _entries(entries):
        if kind == _ROOT:
            short_content = _joined(content, size, size, _chain(start, table))
        elif kind == _STREAM:
            streams[name] = start, length
            _chain(start, short_table if length < cutoff else table)
    return Compound(content, size, table, short_table, short_content, 1 << short_shift, cutoff, streams)


def _table(content: bytes, size: int, first_list: int) -> "array[int]":
    """The allocation table: its own sectors are listed in the header, and on from there in a chain."""
    listed = array("I", content[76:512])
    seen = 0
    while first_list < _LAST:
        more = array("I", _sector(content, size, first_list))
        listed.extend(more[:-1])
        first_list, seen = more[-1], seen + 1
        if seen * size > len(content):
            raise corrupt("扇区表没有尽头")
    table = array("I")
    for sector in listed:
        if sector < _LAST:
            table.frombytes(_sector(content, size, sector))
        if len(table) * 4 > len(content) + size:
            raise corrupt("扇区表过大")
    return table


def _sector(content: bytes, size: int, number: int) -> bytes:
    start = (number + 1) * size
    if start + size > len(content):
        raise corrupt("扇区不在文件内")
    return content[start : start + size]


def _chain(start: int, table: "array[int]") -> list[int]:
    chain: list[int] = []
    while start < _LAST:
        chain.append(start)
        if start >= len(table) or len(chain) > len(table):
            raise corrupt("扇区链没有尽头")
        start = table[start]
    return chain


def _joined(content: bytes, size: int, offset: int, chain: list[int]) -> bytes:
    """The sectors of a stream; the last of a file may be short."""
    pieces = (content[number * size + offset : (number + 1) * size + offset] for number in chain)
    return b"".join(piece.ljust(size, b"\0") for piece in pieces)


def _entries(entries: bytes) -> Iterator[tuple[str, int, int, int]]:
    for at in range(0, len(entries) - _ENTRY_SIZE + 1, _ENTRY_SIZE):
        name, length, kind, start, size = _ENTRY.unpack_from(entries, at)
        yield name[: max(length - 2, 0)].decode("utf-16-le", "replace"), kind, start, size & 0xFFFFFFFF
