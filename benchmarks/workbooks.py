"""Lines → a filled standard workbook of any length, written as Excel writes it, without holding its cells."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.lines import Line
from checker.definition import definitions
from checker.template import fill
from checker.terms import column_letters

TABLE = "projects-consolidated"
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_BLOCK = 5_000


def write(path: Path, lines: Iterable[Line], count: int) -> None:
    """The standard workbook with these lines in it; count is how many there are."""
    definition = definitions()[TABLE]
    blank = ZipFile(io.BytesIO(fill(definition, {"year": 2027, "contact": "李敏"}, [{"serial": 1, "name": "第一行"}])))
    sheet = blank.read(_SHEET).decode()
    start = sheet.rindex("<row ")  # the one line that was filled in
    first = int(re.match(r'<row r="(\d+)"', sheet[start:])[1])
    styles = {int(column): style for column, style in _styles(sheet[start:])}
    last = f"{first + count - 1}"
    ready = str(first + definition.ready_lines - 1)
    head, tail = sheet[:start], sheet[sheet.index("</sheetData>") :]
    if count > definition.ready_lines:
        head, tail = head.replace(ready, last), re.sub(rf"\b([A-Z]?){ready}\b", rf"\g<1>{last}", tail)
    head = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{column_letters(len(styles))}{last}"/>', head)
    strings = _Strings(blank.read(_STRINGS).decode())
    fields = [column.field for column in definition.columns]
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=6) as package:
        for name in blank.namelist():
            if name not in (_SHEET, _STRINGS):
                package.writestr(name, blank.read(name).replace(f"${ready}".encode(), f"${last}".encode()))
        with package.open(_SHEET, "w", force_zip64=True) as part:
            part.write(head.encode())
            for block in _blocks(lines, first, fields, styles, strings):
                part.write(block.encode())
            part.write(tail.encode())
        with package.open(_STRINGS, "w", force_zip64=True) as part:
            part.write(strings.to_xml().encode())


def _styles(row: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', row[: row.index("</row>")]))


class _Strings:
    """The shared strings of a workbook, those of the blank one first."""

    def __init__(self, xml: str) -> None:
        self.texts = re.findall(r"<si>.*?</si>", xml, re.DOTALL)
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        if text not in self.places:
            self.places[text] = len(self.texts)
            self.texts.append(f"<si><t>{escape(text)}</t></si>")
        return self.places[text]

    def to_xml(self) -> str:
        opening = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{opening}{"".join(self.texts)}</sst>'


def _blocks(
    lines: Iterable[Line], first: int, fields: list[str], styles: dict[int, str], strings: _Strings
) -> Iterator[str]:
    block: list[str] = []
    columns = [(column_letters(place + 1), name, styles[place]) for place, name in enumerate(fields)]
    for row, line in enumerate(lines, first):
        cells = "".join(_cell(f"{letters}{row}", line.get(name), style, strings) for letters, name, style in columns)
        block.append(f'<row r="{row}" spans="1:{len(fields)}" ht="34" customHeight="1">{cells}</row>')
        if len(block) == _BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)


def _cell(place: str, value: str | float | None, style: str, strings: _Strings) -> str:
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str):
        return f'<c r="{place}" s="{style}" t="s"><v>{strings.place(value)}</v></c>'
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
