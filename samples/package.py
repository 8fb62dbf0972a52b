"""The parts of a workbook's package: taken out, edited as other programs do, and put back the same way every time."""

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

_DATE = (2026, 11, 20, 9, 0, 0)
_SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

Parts = dict[str, bytes]


def parts_of(content: bytes) -> Parts:
    """Name → bytes, in the order of the package."""
    with ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The package; whenever it is made, it says it was made on the same day."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as package:
        for name, part in parts.items():
            entry = ZipInfo(name, _DATE)
            entry.compress_type = ZIP_DEFLATED
            package.writestr(
                entry, _SAVED.sub(rb"\g<1>2026-11-20T09:00:00Z", part) if name.endswith("core.xml") else part
            )
    return buffer.getvalue()


def saved(book: Workbook) -> bytes:
    """What openpyxl writes, without the hour it was written."""
    buffer = BytesIO()
    book.save(buffer)
    return packed(parts_of(buffer.getvalue()))


def edited(content: bytes, *edits: Callable[[Parts], None]) -> bytes:
    """The workbook after each edit of its parts."""
    parts = parts_of(content)
    for edit in edits:
        edit(parts)
    return packed(parts)


def replace(parts: Parts, name: str, old: str, new: str) -> None:
    """One text of one part for another; it must be there."""
    if old.encode() not in parts[name]:
        raise ValueError(f"{name}: {old}")
    parts[name] = parts[name].replace(old.encode(), new.encode())
