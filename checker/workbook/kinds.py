"""Bytes → which kind of file they are; every kind that cannot be checked is refused with its cure."""

import re

from checker.errors import UnreadableWorkbook
from checker.workbook.compound import SIGNATURE, Compound, compound
from checker.workbook.package import ENCRYPTED, Limits, Package, corrupt, too_large, unpack

SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重新报送。"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_MACRO_TYPE = b"sheet.macroEnabled"

# The first bytes of what people attach by mistake, and what they call it.
_STARTS = {
    b"%PDF": "PDF 文件",
    b"{\\rtf": "RTF 文档",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"\xff\xd8\xff": "图片",
    b"\x89PNG": "图片",
    b"GIF8": "图片",
    b"BM": "图片",
}
_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body|table|meta|script|div)\b", re.IGNORECASE)


def kind(content: bytes, limits: Limits) -> tuple[str, Package | None]:
    """The extension the content deserves (xlsx, xlsm, xls, ods), with the package when it is one."""
    if not content.strip(b"\0 \r\n\t"):
        raise UnreadableWorkbook("empty-file", "文件是空的（没有内容）。请确认保存成功后重新报送。")
    if len(content) > limits.content:
        raise too_large(f"文件有 {len(content) >> 20} MB，上限 {limits.content >> 20} MB")
    if content.startswith(SIGNATURE):
        return _compound(content), None
    if content.startswith(b"PK"):
        package = unpack(content, limits)
        return _packaged(package), package
    raise _stranger(content)


def _compound(content: bytes) -> str:
    """Office 97 files, and the wrapper of password-protected ones: told apart by the names of their streams."""
    if any((name + "\0").encode("utf-16-le") in content for name in ("EncryptedPackage", "EncryptionInfo")):
        raise UnreadableWorkbook("encrypted", ENCRYPTED)
    parts = compound(content)
    if book_of(parts) is None and ("WordDocument" in parts or "PowerPoint Document" in parts):
        raise not_a_workbook("Word 或 PowerPoint 文档")
    if book_of(parts) is None:
        raise corrupt("找不到工作簿的内容")
    return "xls"


def book_of(parts: Compound) -> bytes | None:
    """The stream that holds the workbook of an Office 97 file; older files call it Book."""
    return next((parts.read(name) for name in ("Workbook", "Book") if name in parts), None)


def _packaged(package: Package) -> str:
    if "mimetype" in package and package.read("mimetype").startswith(_OPEN_DOCUMENT):
        return _open_document(package)
    names = list(package.parts)
    if any(name.lower().endswith("workbook.bin") for name in names):
        raise UnreadableWorkbook("xlsb", f"这是二进制工作簿（.xlsb），不能核查。{SAVE_AS}")
    if "word/document.xml" in package or "ppt/presentation.xml" in package:
        raise not_a_workbook("Word 或 PowerPoint 文档")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        raise not_a_workbook("Numbers 表格")
    if "[Content_Types].xml" in package:
        return "xlsm" if _MACRO_TYPE in package.read("[Content_Types].xml") else "xlsx"
    if any(name.lower().endswith((".xlsx", ".xlsm", ".xls", ".et", ".ods")) for name in names):
        raise UnreadableWorkbook("not-a-workbook", "这是压缩包，里面装着工作簿。请先解压，再逐个报送其中的工作簿。")
    raise not_a_workbook("压缩包")


def _open_document(package: Package) -> str:
    if not package.read("mimetype").startswith(_OPEN_DOCUMENT + b"spreadsheet"):
        raise not_a_workbook("OpenDocument 文档（不是表格）")
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.read(manifest):
        raise UnreadableWorkbook("encrypted", ENCRYPTED)
    return "ods"


def _stranger(content: bytes) -> UnreadableWorkbook:
    if len(content) == 165 and 0 < content[0] < 55:
        return UnreadableWorkbook(
            "lock-file",
            "这是打开工作簿时产生的临时文件（~$ 开头）。请关闭工作簿，报送不带“~$”的那个文件。",
        )
    for start, name in _STARTS.items():
        if content.startswith(start):
            return not_a_workbook(name)
    head = content[:65536]
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return not_a_workbook("XML 表格（Excel 2003 格式）")
    if _MARKUP.search(head):
        return not_a_workbook("网页，只是文件名像工作簿")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or not re.search(rb"[\0-\x08\x0e-\x1f]", head):
        return not_a_workbook("纯文本或 CSV")
    return not_a_workbook("无法识别的文件")


def not_a_workbook(what: str) -> UnreadableWorkbook:
    """what names the kind of file in Chinese, without a full stop."""
    return UnreadableWorkbook("not-a-workbook", f"这不是 Excel 工作簿（看起来是{what}）。{SAVE_AS}")
