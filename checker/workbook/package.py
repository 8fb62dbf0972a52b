"""Bytes → the parts of a zip package, opened only as far as they are safe to open."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import BytesIO
from types import ModuleType
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from checker.errors import UnreadableWorkbook

inflater: ModuleType = zlib
with suppress(ImportError):  # the standard library does the same, at half the speed
    inflater = import_module("isal.isal_zlib")

MEGABYTE = 1 << 20
# An honest table of a million lines is about 100 MB packed and 800 MB unpacked; a bureau's is under one.
CONTENT_BYTES = 256 * MEGABYTE
UNPACKED_BYTES = 2048 * MEGABYTE
STRUCTURE_BYTES = 64 * MEGABYTE
PARTS = 10_000
CELLS = 40_000_000
STRINGS = 20_000_000
NESTING = 64

_STEP = 1 << 16  # packed bytes inflated at once: at most 64 MB unpacked, whatever the part claims
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What a file may use at most, in absolute terms: a ratio would refuse honest files.

    content and unpacked are bytes of the file and of all its parts; structure is bytes of one part that is held
    whole; cells is the area from A1 to the last used cell, over all sheets.
    """

    content: int = CONTENT_BYTES
    unpacked: int = UNPACKED_BYTES
    structure: int = STRUCTURE_BYTES
    parts: int = PARTS
    cells: int = CELLS
    strings: int = STRINGS
    nesting: int = NESTING


@dataclass(frozen=True)
class Package:
    """A zip package whose directory has been examined; parts keeps the order of the file."""

    content: bytes
    parts: dict[str, ZipInfo]
    limits: Limits

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def named(self, name: str) -> str | None:
        """The part of that name, in whatever case the package spells it."""
        return name if name in self.parts else self._spelled.get(name.lower())

    @cached_property
    def _spelled(self) -> dict[str, str]:
        return {name.lower(): name for name in self.parts}

    def read(self, name: str) -> bytes:
        """One whole part; refused when it is larger than a part of structure may be."""
        if self.parts[name].file_size > self.limits.structure:
            raise too_large(f"其中的 {name} 有 {_megabytes(self.parts[name].file_size)}")
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """One part, piece by piece; refused when it holds more than the directory says, or declares entities."""
        part, held, tail = self.parts[name], 0, b""
        for piece in self._inflate(part):
            held += len(piece)
            if held > part.file_size:
                raise corrupt(f"{name} 的实际大小与目录不符")
            if _DECLARATION.search(tail + piece[:16]) or _DECLARATION.search(piece):
                raise UnreadableWorkbook(
                    "entities", f"文件的 {name} 中带有实体声明（DOCTYPE），为安全起见不予读取。{_SAVE_AGAIN}"
                )
            tail = piece[-16:]
            yield piece
        if held != part.file_size:
            raise corrupt(f"{name} 不完整")

    def _inflate(self, part: ZipInfo) -> Iterator[bytes]:
        start = self._start(part)
        packed = memoryview(self.content)[start : start + part.compress_size]
        if part.compress_type == 0:
            yield from (bytes(packed[at : at + MEGABYTE]) for at in range(0, len(packed), MEGABYTE))
            return
        machine = inflater.decompressobj(-15)
        try:
            for at in range(0, len(packed), _STEP):
                if piece := machine.decompress(packed[at : at + _STEP]):
                    yield piece
            yield machine.flush()
        except (zlib.error, inflater.error) as error:
            raise corrupt(f"{part.filename} 无法解压") from error

    def _start(self, part: ZipInfo) -> int:
        header = self.content[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise corrupt(f"找不到 {part.filename} 的内容")
        name, extra = _LOCAL_HEADER.unpack(header)[1:]
        return part.header_offset + _LOCAL_HEADER.size + int(name) + int(extra)


_SAVE_AGAIN = "请用 Excel 或 WPS 打开原文件，另存为“Excel 工作簿（*.xlsx）”后重新报送。"


def corrupt(what: str) -> UnreadableWorkbook:
    """The file is damaged; what says where, in Chinese without a full stop."""
    return UnreadableWorkbook(
        "corrupt", f"文件已损坏或格式不合规范（{what}）。{_SAVE_AGAIN}打不开的，请向制表人重新索取。"
    )


def too_large(what: str) -> UnreadableWorkbook:
    """The file is beyond a limit; what says which, in Chinese without a full stop."""
    return UnreadableWorkbook(
        "too-large", f"文件超出可核查的规模：{what}。请删除无关的工作表、空行空列和图片后重新报送。"
    )


def unpack(content: bytes, limits: Limits | None = None) -> Package:
    """Examine the directory of a zip: number, size, names and kind of its parts, before anything is inflated."""
    limits = limits or Limits()
    if len(content) > limits.content:
        raise too_large(f"文件有 {_megabytes(len(content))}，上限 {_megabytes(limits.content)}")
    parts = _directory(content)
    if len(parts) > limits.parts:
        raise too_large(f"文件内有 {len(parts)} 个部件，上限 {limits.parts} 个")
    if (size := sum(part.file_size for part in parts)) > limits.unpacked:
        raise too_large(f"解压后有 {_megabytes(size)}，上限 {_megabytes(limits.unpacked)}")
    if sum(part.compress_size for part in parts) > len(content):
        raise corrupt("部件互相重叠")
    _refuse_tricks(parts)
    return Package(content, {part.filename: part for part in parts if not part.is_dir()}, limits)


def _directory(content: bytes) -> list[ZipInfo]:
    if b"PK\x05\x06" not in content[-MEGABYTE:]:
        raise UnreadableWorkbook("truncated", "文件不完整，可能没有传完或没有保存完。请重新复制或重新导出后再报送。")
    try:
        return ZipFile(BytesIO(content)).infolist()
    except (BadZipFile, LargeZipFile, ValueError, OSError, NotImplementedError, struct.error, UnicodeError) as error:
        raise corrupt("压缩目录读不出来") from error


def _refuse_tricks(parts: list[ZipInfo]) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.filename
        if not name:
            raise corrupt("有部件没有名称")
        if name.lower() in seen:
            raise corrupt(f"有两个部件同名：{name}")
        seen.add(name.lower())
        if part.flag_bits & 1:
            raise UnreadableWorkbook("encrypted", ENCRYPTED)
        if ".." in name.split("/") or name.startswith("/") or "\\" in part.orig_filename or ":" in name.split("/")[0]:
            raise UnreadableWorkbook("unsafe-names", f"文件内的部件名称不安全（{name}）。{_SAVE_AGAIN}")
        if part.compress_type not in (0, 8):
            raise corrupt(f"{name} 的压缩方式不是工作簿所用的")


ENCRYPTED = (
    "文件设有打开密码，无法核查。请在 Excel 或 WPS 中打开文件，"
    "在“文件—信息—保护工作簿—用密码进行加密”中清空密码，保存后重新报送。"
)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB"
