"""A workbook's bytes and a report → the same workbook, marked, nothing else changed; and the way back."""

from collections.abc import Iterable
from hashlib import sha256

from checker import memory
from checker.annotation import marking, unmarking
from checker.annotation.package import Parts
from checker.annotation.workbook import Workbook
from checker.errors import UnreadableWorkbook
from checker.terms import Report
from checker.workbook.package import Package, unpack

__all__ = ["annotate", "is_marked", "unmark", "was_saved_since"]

_MANY = 10_000
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def annotate(content: bytes, report: Report, remarks: Iterable[str] = ()) -> bytes:
    """The .xlsx or .xlsm with the report's marks; marks of an earlier time are replaced.

    remarks are further sentences for the first sheet.
    Parts that carry no mark keep their bytes. Raises UnreadableWorkbook, never leaves half a file.
    """
    if len(report.lines) > _MANY:  # what reading and checking them has taken is free now
        memory.give_back()
    parts = _open(content)
    book = Workbook(parts)
    if unmarking.is_marked(book):
        unmarking.unmark(book)
    marking.mark(parts, report, remarks)
    return parts.to_bytes()


def unmark(content: bytes) -> bytes:
    """The workbook without our marks, every value at its own address; one that has none comes back as it is."""
    parts = _open(content)
    book = Workbook(parts)
    if not unmarking.is_marked(book):
        return content
    unmarking.unmark(book)
    return parts.to_bytes()


def is_marked(content: bytes) -> bool:
    """Whether a workbook carries our marks."""
    return unmarking.is_marked(Workbook(_open(content)))


def was_saved_since(marked: bytes, original: bytes) -> bool:
    """Whether somebody has saved the marked copy of this very file again: what he typed stands nowhere else.

    Whoever saves a workbook writes its properties anew; we leave them as they are. A copy of another state of the
    file is none of this one.
    """
    copy, source = unpack(marked), unpack(original)
    if _properties(copy) == _properties(source):
        return False
    digest = sha256(original).hexdigest().encode()
    return any(_holds(copy, name, digest) for name in copy.parts if name.endswith(".xml"))


def _holds(package: Package, name: str, words: bytes) -> bool:
    """Whether a part holds these words, read piece by piece: a sheet may be larger than the memory."""
    seen = b""
    for piece in package.stream(name):
        seen = seen[-len(words) :] + piece
        if words in seen:
            return True
    return False


def _properties(package: Package) -> bytes:
    name = package.named("docProps/core.xml")
    return package.read(name) if name else b""


def _open(content: bytes) -> Parts:
    if content.startswith(_COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableWorkbook(
                "encrypted", "文件设有打开密码，不能标注。请在 Excel 或 WPS 中清空打开密码，保存后再试。"
            )
        raise UnreadableWorkbook(
            "not-xlsx", "文件是旧式 .xls 工作簿，不能在原文件上标注。请另存为“Excel 工作簿（*.xlsx）”。"
        )
    if not content.startswith(b"PK"):
        raise UnreadableWorkbook("not-a-workbook", "文件不是 Excel 工作簿。请用 Excel 或 WPS 打开后另存为 .xlsx 再试。")
    return Parts(unpack(content))
