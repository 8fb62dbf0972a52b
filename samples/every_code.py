"""samples/lines/every-code.yaml → a workbook in which every code is found that the plan in force can give rise to."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from checker.definition import definitions
from checker.template import fill
from samples.filled import declared, numbered
from samples.package import Parts, edited, replace, saved

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_PLAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_OLD_TITLES = {"承担级次": "支出级次", "项目内容": "项目概述", "实施方式": "领导意见"}
_COPIED = ("填报单位", "单位级次", "行政区划", "项目内容", "立项依据", "承担级次", "预算金额")
_LONGER_THAN_ALLOWED = 2001


def every_code() -> bytes:
    """An .xlsm with a main table, an old table hidden beside it, and everything that can be wrong with a file."""
    sample = declared("every-code")
    definition = definitions()[sample["table"]]
    lines = [_with_text(line) for line in numbered(sample)]
    book = load_workbook(BytesIO(fill(definition, sample["header"], lines)))
    Table(book[definition.sheet]).spoil()
    _add_old_table(book, book[definition.sheet])
    _spoil_workbook(book, definition.stamp.sheet)
    return edited(saved(book), _add_link, _add_macros)


def _with_text(line: dict[str, Any]) -> dict[str, Any]:
    return line | ({"content": "宣传教育" * (_LONGER_THAN_ALLOWED // 4 + 1)} if line.get("content") == "LONG" else {})


class Table:
    """One sheet with a table, its titles looked up by their text."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.titles = next(row for row in sheet.iter_rows(max_row=20) if any(cell.value == "项目名称" for cell in row))
        self.row = self.titles[0].row

    def column(self, title: str) -> int:
        return next(int(cell.column) for cell in self.titles if cell.value == title)

    def line(self, code: str) -> int:
        """The row whose remark names the code."""
        remarks = self.sheet.iter_rows(min_row=self.row, min_col=self.column("备注"), max_col=self.column("备注"))
        return next(int(cell.row) for (cell,) in remarks if cell.value == code)

    def values(self, row: int, titles: tuple[str, ...]) -> dict[str, Any]:
        return {title: self.sheet.cell(row, self.column(title)).value for title in titles}

    def write(self, row: int, values: dict[str, Any]) -> None:
        for title, value in values.items():
            self.sheet.cell(row, self.column(title)).value = value

    def spoil(self) -> None:
        """A formula nobody calculated, an error, a hidden row and column, a gap, and totals that do not add up."""
        sheet, amount = self.sheet, self.column("预算金额")
        sheet.cell(self.line("ST07"), amount).value = "=2+3"
        sheet.cell(self.line("ST08"), amount).value = "#REF!"
        sheet.row_dimensions[self.line("ST10")].hidden = True
        sheet.column_dimensions[get_column_letter(self.column("支出性质"))].hidden = True
        last = sheet.max_row
        self.write(last + 1, {"项目名称": "小计", "预算金额": 250124.5})
        self.write(last + 3, {"项目名称": "知识产权宣传手册"} | self.values(self.row + 1, _COPIED))
        self.write(last + 4, {"项目名称": "小计", "预算金额": 6})
        for cell in self.titles:
            cell.value = _OLD_TITLES.get(cell.value, cell.value)


def _add_old_table(book: Workbook, sheet: Worksheet) -> None:
    """A draft of last year's form, in 元, with columns lost, doubled and added, the year left out; and hidden."""
    old = book.create_sheet("上年底稿")
    titles = ["项目名称", "项目概述", "项目概述", "预算金额（元）", "单位级次", "行政区划", "填报单位", "领导意见"]
    old.append(["预算年度", None])
    old.append(titles)
    old.append(
        [
            "知识产权宣传日",
            "面向本县企业开展知识产权宣传",
            "",
            50000,
            "县级",
            "灵寿县",
            "灵寿县市场监督管理局（示例）",
            "",
        ]
    )
    old.sheet_state = "hidden"
    book.active = book.index(sheet)


def _spoil_workbook(book: Workbook, stamp: str) -> None:
    book[stamp]["B2"] = "1.0"
    book.create_sheet("计算过程").sheet_state = "veryHidden"
    book.defined_names["去年合计"] = DefinedName("去年合计", attr_text="填报表!#REF!")


def _add_link(parts: Parts) -> None:
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{_MAIN}"><externalBook xmlns:r="{_OFFICE}" r:id="rId1"/></externalLink>'
    ).encode()
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/externalLinkPath" '
        'Target="%E5%8E%BB%E5%B9%B4.xlsx" TargetMode="External"/></Relationships>'
    ).encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    name = "/xl/externalLinks/externalLink1.xml"
    replace(parts, "[Content_Types].xml", "</Types>", f'<Override PartName="{name}" ContentType="{kind}"/></Types>')
    _relate(parts, f"{_OFFICE}/externalLink", "externalLinks/externalLink1.xml", "rIdLink")
    replace(parts, "xl/workbook.xml", "<definedNames>", '<externalReferences><externalReference xmlns:r="'
            f'{_OFFICE}" r:id="rIdLink"/></externalReferences><definedNames>')  # fmt: skip


def _add_macros(parts: Parts) -> None:
    """The part alone, with nothing in it that could run."""
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    kind = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    replace(parts, "[Content_Types].xml", "</Types>", kind)
    replace(parts, "[Content_Types].xml", _PLAIN, _MACROS)
    _relate(parts, "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin", "rIdMacros")


def _relate(parts: Parts, kind: str, target: str, id_: str) -> None:
    one = f'<Relationship Id="{id_}" Type="{kind}" Target="{target}"/></Relationships>'
    replace(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", one)
