"""Workbooks made by hand, byte by byte, for what no honest program writes."""

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(rows: str, before: str = "", after: str = "", prefix: str = "") -> str:
    """A worksheet part; prefix is put before every element, as some programs do."""
    text = f"<worksheet>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    if prefix:
        text = text.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    root = f"{prefix}:worksheet" if prefix else "worksheet"
    return text.replace(f"<{root}>", f'<{root} {name}="{MAIN}">', 1)


def parts(sheet: str, **others: str) -> dict[str, str]:
    """The fewest parts a workbook of one sheet has; others replace or add parts."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(("rId1", "worksheet", "worksheets/sheet1.xml")),
        SHEET: sheet,
    } | others


def _relations(*relations: tuple[str, str, str]) -> str:
    one = '<Relationship Id="{}" Type="' + OFFICE + '/{}" Target="{}"/>'
    return (
        f'<Relationships xmlns="{RELATIONS}">{"".join(one.format(*relation) for relation in relations)}</Relationships>'
    )


def packed(contents: dict[str, str] | list[tuple[str, str]]) -> bytes:
    """The parts as a zip; a list may name one twice."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as package:
        for name, text in contents.items() if isinstance(contents, dict) else contents:
            package.writestr(name, text)
    return buffer.getvalue()


def workbook(rows: str, before: str = "", after: str = "", prefix: str = "") -> bytes:
    """A workbook of one sheet from the XML of its rows."""
    return packed(parts(sheet_xml(rows, before, after, prefix)))


def replaced(content: bytes, name: str, old: str, new: str) -> bytes:
    """The same package with a text in one part replaced."""
    with ZipFile(BytesIO(content)) as package:
        texts = {part: package.read(part) for part in package.namelist()}
    assert old.encode() in texts[name]
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as package:
        for part, text in texts.items():
            package.writestr(part, text.replace(old.encode(), new.encode()) if part == name else text)
    return buffer.getvalue()


def compound(**streams: bytes) -> bytes:
    """An Office 97 file with these streams, each of 4,096 bytes."""
    table, sectors = [0xFFFFFFFD, 0xFFFFFFFE], b""
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, text in streams.items():
        entries.append(_entry(name, 2, len(table), 4096))
        table += [*range(len(table) + 1, len(table) + 8), 0xFFFFFFFE]
        sectors += text.ljust(4096, b"\0")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
        0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    listed = struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = b"".join(entries).ljust(512, b"\0")
    return header + listed + struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table))) + directory + sectors


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHB49xIQ", text, len(text), kind, start, size)


def swollen(sound: bytes, megabytes: int) -> bytes:
    """A sound workbook with so much more in its table; packed it is small, and every limit but time lets it in."""
    blank = ZipFile(BytesIO(sound))
    head, end, tail = blank.read(SHEET).partition(b"</sheetData>")
    last = int(head.rpartition(b'<row r="')[2].partition(b'"')[0])
    row = (
        b'<row r="{row}">' + b"".join(b'<c r="%c{row}"><v>1</v></c>' % letter for letter in b"ABCDEFGHIJKL") + b"</row>"
    )
    count = (megabytes << 20) // len(row)
    rows = b"".join(row.replace(b"{row}", b"%d" % number) for number in range(last + 1, last + 1 + count))
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        for name in blank.namelist():
            package.writestr(name, head + rows + end + tail if name == SHEET else blank.read(name))
    return packed.getvalue()
