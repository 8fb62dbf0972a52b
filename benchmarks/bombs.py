"""A sound workbook → one that would take the machine down, were it taken at its word."""

import io
from collections.abc import Callable
from functools import cache
from zipfile import ZIP_DEFLATED, ZipFile

_SHEET = "xl/worksheets/sheet1.xml"
_MEGABYTE = 1 << 20


@cache
def huge(content: bytes) -> bytes:
    """A sheet of three gigabytes, packed into three megabytes."""
    return _with_sheet(content, lambda sheet: [sheet[:-1000]] + [b" " * _MEGABYTE] * 3000)


@cache
def swollen(content: bytes) -> bytes:
    """A hundred megabytes of rows that are all sound: no limit but time and memory refuses it."""

    def sheet(xml: bytes) -> list[bytes]:
        head, end, tail = xml.partition(b"</sheetData>")
        last = int(head.rpartition(b'<row r="')[2].partition(b'"')[0])
        row = b'<row r="{row}">' + b"".join(b'<c r="%c{row}"><v>1</v></c>' % letter for letter in b"ABCDEFGHIJKL")
        rows = (row.replace(b"{row}", b"%d" % number) + b"</row>" for number in range(last + 1, last + 300_000))
        return [head, b"".join(rows), end + tail]

    return _with_sheet(content, sheet)


def broken(content: bytes) -> bytes:
    """Half a workbook."""
    return content[: len(content) // 2]


def _with_sheet(content: bytes, sheet: Callable[[bytes], list[bytes]]) -> bytes:
    packed = io.BytesIO()
    source = ZipFile(io.BytesIO(content))
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=6) as package:
        for name in source.namelist():
            if name != _SHEET:
                package.writestr(name, source.read(name))
                continue
            with package.open(name, "w", force_zip64=True) as part:
                for piece in sheet(source.read(name)):
                    part.write(piece)
    return packed.getvalue()


BOMBS: tuple[Callable[[bytes], bytes], ...] = (huge, swollen, broken)
