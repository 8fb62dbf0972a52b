"""Workbooks and reports for the tests of the marker, made by hand or by other programs."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from warnings import catch_warnings, simplefilter

import openpyxl
import python_calamine
import xlsxwriter
from lxml import etree
from openpyxl.cell import Cell as OpenCell

from checker.terms import Cell, Clause, Finding, JudgedLine, Judgement, Level, Report, Severity, TablePlace, Verdict

SHEET = "填报表"
CLAUSE = Clause("plan", "某市划分方案", "二（四）", "市级负责全市性知识产权执法", Level.CITY)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MARK = "【预算级次核查】"
TITLES = ["核查结论", "应承担级次", "疑点代码", "疑点说明", "依据", "修改建议"]


def finding(address: str, code: str = "LV01", severity: Severity = Severity.ERROR, sheet: str = SHEET) -> Finding:
    place = openpyxl.utils.cell.coordinate_from_string(address)
    cell = Cell(sheet, place[1], openpyxl.utils.column_index_from_string(place[0]))
    return Finding("级次不对", (cell,), "市级", "县级", "改为县级", CLAUSE, code, severity)


def line(row: int, verdict: Verdict = Verdict.RIGHT, sheet: str = SHEET) -> JudgedLine:
    judgement = Judgement(verdict, f"第{row}行的理由", "IP-4.1", "四", Level.CITY, CLAUSE)
    return JudgedLine(sheet, row, "某局", Level.CITY, f"项目{row}", 12_500_000, Level.CITY, judgement)


def report(*findings: Finding, lines: tuple[JudgedLine, ...] = (), tables: tuple[TablePlace, ...] = ()) -> Report:
    return Report("ab" * 32, "plan@1", ("projects", "1.0"), 2026, lines, findings, tables)


TABLE = TablePlace(SHEET, 3, 8, 3)
FULL = report(
    finding("B5"),
    finding("C5", "LN07", Severity.WARNING),
    lines=tuple(line(row, Verdict.WRONG if row == 5 else Verdict.RIGHT) for row in range(4, 9)),
    tables=(TABLE,),
)


def submission(change: Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], None] | None = None) -> bytes:
    """A title row, a blank row, headers in row 3, five lines; column C is yellow; a second sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write(0, 0, "预算表")
        sheet.write_row(2, 0, ["项目名称", "承担级次", "预算金额"])
        yellow = book.add_format({"bg_color": "#FFFF00", "num_format": "0.00"})
        for row in range(3, 8):
            sheet.write_row(row, 0, [f"项目{row + 1}", "市级"])
            sheet.write_number(row, 2, row * 1.5, yellow)
        book.add_worksheet("说明").write(0, 0, "另一张表")
        if change:
            change(book, sheet)
    return target.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return target.getvalue()


def edited(content: bytes, name: str, *changes: tuple[str, str]) -> bytes:
    """A package with words in one part replaced."""
    found = parts(content)
    text = found[name].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return packed({**found, name: text.encode()})


def opened(content: bytes, *, stored: bool = False) -> openpyxl.Workbook:
    with catch_warnings():
        simplefilter("ignore")  # openpyxl says what it would lose if it saved
        return openpyxl.load_workbook(io.BytesIO(content), data_only=stored)


def values(content: bytes, sheet: str = SHEET) -> list[list[object]]:
    """The values as calamine reads them."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def root(content: bytes, name: str) -> etree._Element:
    return etree.fromstring(parts(content)[name])


def by_hand(sheet: str, main: str = MAIN) -> bytes:
    """The least a workbook can be: one sheet as given, no styles, no shared strings."""
    relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    if main != MAIN:
        relationships = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return packed(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
                f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
                f'<Override PartName="/xl/sheet.xml" ContentType="{kind}.worksheet+xml"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            "xl/workbook.xml": (
                f'<x:workbook xmlns:x="{main}" xmlns:r="{relationships}"><x:sheets>'
                f'<x:sheet name="{SHEET}" sheetId="7" r:id="rId1"/></x:sheets></x:workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
                f'Type="{relationships}/worksheet" Target="sheet.xml"/></Relationships>'
            ).encode(),
            "xl/sheet.xml": sheet.replace("{main}", main).encode(),
        }
    )


def fill(cell: OpenCell) -> str | None:
    """The colour of a cell's fill."""
    return cell.fill.fgColor.rgb if cell.fill.fill_type else None


def saved(book: openpyxl.Workbook, tmp_path: Path) -> bytes:
    """A workbook as openpyxl writes it."""
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path.read_bytes()


def rich(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    """A bit of everything a workbook may hold beside values."""
    sheet.write_formula("E4", "=C4*2", None, 9)
    sheet.write_dynamic_array_formula("E5:E6", "=C4:C5", None, 4.5)
    sheet.data_validation("B4:B8", {"validate": "list", "source": ["市级", "县级"]})
    sheet.conditional_format("C4:C8", {"type": "data_bar", "data_bar_2010": True})
    sheet.insert_textbox("K2", "文本框")
    sheet.add_sparkline("J4", {"range": "C4:C8"})
    sheet.protect("秘密")
    sheet.set_row(6, None, None, {"hidden": True})
    sheet.set_column("B:B", 30, None, {"level": 1})
    sheet.set_header("&L页眉")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={SHEET}!$C$4:$C$8"})
    book.get_worksheet_by_name("说明").insert_chart("B2", chart)
    book.define_name("金额", f"={SHEET}!$C$4:$C$8")
    book.define_name("说明!本地", "=说明!$A$1")
    book.get_worksheet_by_name("说明").print_area("A1:B2")
