"""A zip package → the same package with some parts written anew; the others keep their compressed bytes."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipInfo

from checker.workbook.package import Package, corrupt, too_large

deflater: Any
try:
    from isal import isal_zlib as deflater
except ImportError:  # the standard library does the same in twice the time
    deflater = zlib

_LEVEL = 1  # the quickest of either: a marked copy is written once and read once

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_UTF8_NAME = 0x800
_NEW_YEAR_1980 = (0, 0x21)  # the zip epoch: equal inputs give equal bytes
_STEP = 1 << 18


@dataclass(frozen=True)
class Member:
    """One stored part, as compressed."""

    name: bytes
    flags: int
    method: int
    moment: tuple[int, int]
    crc: int
    size: int
    packed: bytes | memoryview


class Parts:
    """The parts of a package by name, in the order of the file; new parts stand at the end."""

    def __init__(self, package: Package) -> None:
        self.limits = package.limits
        self._members = {name: _stored(package, part) for name, part in package.parts.items()}
        self._names = {name.lower(): name for name in self._members}

    def find(self, name: str) -> str | None:
        """The part's name as the file spells it: package names ignore case."""
        return self._names.get(name.lower())

    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """One whole part; refused when it is larger than a part of structure may be."""
        if self._members[name].size > self.limits.structure:
            raise too_large(f"其中的 {name} 过大")
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """One part, piece by piece; refused when its content is not what the directory promises."""
        member, crc, held = self._members[name], 0, 0
        for piece in _inflated(member, name):
            crc, held = deflater.crc32(piece, crc), held + len(piece)
            if held > member.size:
                break
            yield piece
        if held != member.size or crc != member.crc:
            raise corrupt(f"{name} 的内容与校验码不符")

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put a part in the place of the old one of that name, or at the end."""
        machine, packed, crc, size = deflater.compressobj(_LEVEL, zlib.DEFLATED, -15), BytesIO(), 0, 0
        for piece in pieces:
            crc, size = deflater.crc32(piece, crc), size + len(piece)
            packed.write(machine.compress(piece))
        packed.write(machine.flush())
        name = self._names.setdefault(name.lower(), name)
        self._members[name] = Member(
            name.encode(), _UTF8_NAME, zlib.DEFLATED, _NEW_YEAR_1980, crc, size, packed.getbuffer()
        )

    def remove(self, name: str) -> None:
        del self._members[self._names.pop(name.lower())]

    def to_bytes(self) -> bytes:
        """The package; each header is written anew, without data descriptors and extra fields."""
        output: list[bytes | memoryview] = []
        directory, offset = [], 0
        for member in self._members.values():
            sizes = (member.crc, len(member.packed), member.size, len(member.name), 0)
            kind = (20, member.flags, member.method, *member.moment)
            header = _LOCAL.pack(b"PK\x03\x04", *kind, *sizes) + member.name
            directory.append(_CENTRAL.pack(b"PK\x01\x02", 20, *kind, *sizes, 0, 0, 0, 0, offset) + member.name)
            output += (header, member.packed)
            offset += len(header) + len(member.packed)
        central, count = b"".join(directory), len(directory)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), offset, 0)
        return b"".join((*output, central, end))


def _stored(package: Package, part: ZipInfo) -> Member:
    """A part of the file as sent: its compressed bytes are a view, never a copy."""
    header = package.content[part.header_offset : part.header_offset + _LOCAL.size]
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise corrupt(f"找不到 {part.filename} 的内容")
    *_, name_length, extra_length = _LOCAL.unpack(header)
    start = part.header_offset + _LOCAL.size + name_length + extra_length
    packed = memoryview(package.content)[start : start + part.compress_size]
    if len(packed) != part.compress_size:
        raise corrupt(f"{part.filename} 不完整")
    name = part.orig_filename.encode("utf-8" if part.flag_bits & _UTF8_NAME else "cp437")
    year, month, day, hour, minute, second = part.date_time
    moment = (hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day)
    flags = part.flag_bits & _UTF8_NAME
    return Member(name, flags, part.compress_type, moment, part.CRC, part.file_size, packed)


def _inflated(member: Member, name: str) -> Iterator[bytes]:
    view = memoryview(member.packed)
    if member.method == 0:
        yield from (bytes(view[at : at + _STEP]) for at in range(0, len(view), _STEP))
        return
    machine, step = deflater.decompressobj(-15), _STEP // 8
    try:
        for at in range(0, len(view), step):
            if piece := machine.decompress(view[at : at + step]):
                yield piece
        if piece := machine.flush():
            yield piece
    except (zlib.error, deflater.error) as error:
        raise corrupt(f"{name} 无法解压") from error
