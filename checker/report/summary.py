"""Outcomes → a workbook for the budget office's desk: files, lines and findings, each on a sheet to filter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any

import xlsxwriter

from checker.money import in_unit
from checker.report.outcome import Outcome, amounts, conclusion, not_summed, overall
from checker.report.safe import cell_text, starts_a_formula
from checker.terms import Severity, Verdict
from checker.workbook.package import unpack

# Excel ends at row 1,048,576: what does not fit goes on with the title row repeated on a further sheet.
ROWS_A_SHEET = 1_000_000
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 a fixed moment: equal outcomes give equal bytes
_TITLE, _PROPERTIES = "预算级次核查汇总", "docProps/core.xml"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Row = tuple[str | int | float | None, ...]


@dataclass(frozen=True)
class Listing:
    """One kind of rows: the name of its sheet, its titles with the width of each column, and the rows."""

    name: str
    columns: dict[str, int]
    rows: Iterator[Row]


def render(outcomes: Iterable[Outcome], rows_a_sheet: int = ROWS_A_SHEET) -> bytes:
    """The summary as the bytes of an .xlsx; equal outcomes give equal bytes."""
    outcomes = tuple(outcomes)
    target = BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": _TITLE, "comments": overall(outcomes), "created": _EPOCH})
        formats = _formats(book)
        for listing in _listings(outcomes):
            _write(book, listing, formats, rows_a_sheet)
    return target.getvalue()


def is_summary(content: bytes) -> bool:
    """Whether a workbook is a summary of ours; raises UnreadableWorkbook where it is no workbook."""
    package = unpack(content)
    return _PROPERTIES in package and _TITLE.encode() in package.read(_PROPERTIES)


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    body = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D0D0D0"}
    return {
        "title": book.add_format({**body, "bold": True, "bg_color": "#DDEBF7", "valign": "vcenter"}),
        "text": book.add_format(body),
        "quoted": book.add_format({**body, "quote_prefix": True}),
        "number": book.add_format({**body, "num_format": "#,##0.######"}),
    }


def _write(book: xlsxwriter.Workbook, listing: Listing, formats: dict[str, Any], rows_a_sheet: int) -> None:
    """The rows of a listing on as many sheets as they need: 疑点, 疑点2, …"""
    rows, number = listing.rows, 1
    batch = list(islice(rows, rows_a_sheet))
    while batch or number == 1:
        sheet = book.add_worksheet(listing.name if number == 1 else f"{listing.name}{number}")
        _titles(sheet, listing.columns, len(batch), formats)
        for index, row in enumerate(batch, start=1):
            for column, value in enumerate(row):
                _cell(sheet, index, column, value, formats)
        batch, number = list(islice(rows, rows_a_sheet)), number + 1


def _titles(sheet: Any, columns: dict[str, int], rows: int, formats: dict[str, Any]) -> None:
    for column, (title, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats["title"])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Any, row: int, column: int, value: str | float | None, formats: dict[str, Any]) -> None:
    if isinstance(value, str):
        text = cell_text(value)
        sheet.write_string(row, column, text, formats["quoted" if starts_a_formula(text) else "text"])
    elif value is None:
        sheet.write_blank(row, column, None, formats["text"])
    else:
        sheet.write_number(row, column, value, formats["number"])


def _listings(outcomes: tuple[Outcome, ...]) -> Iterator[Listing]:
    yield Listing("总览", _FILE_COLUMNS, map(_file_row, outcomes))
    yield Listing("明细", _LINE_COLUMNS, _line_rows(outcomes))
    yield Listing("疑点", _FINDING_COLUMNS, _finding_rows(outcomes))


_FILE_COLUMNS = {
    "文件": 36,
    "结论": 40,
    "明细行数": 10,
    **{f"{verdict.label}（行）": 11 for verdict in Verdict},
    **{f"{verdict.label}（万元）": 14 for verdict in Verdict},
    "金额没有计入（行）": 11,
    **{severity.label: 8 for severity in Severity},
    "模板": 22,
    "年度": 8,
    "规则": 26,
    "标注后的文件": 36,
}


def _file_row(outcome: Outcome) -> Row:
    report = outcome.report
    if report is None:
        return (outcome.file, outcome.error[1] if outcome.error else conclusion(outcome))
    counts = report.counts
    sums = amounts(report)
    return (
        outcome.file,
        conclusion(outcome),
        len(report.lines),
        *(counts[verdict] for verdict in Verdict),
        *(float(in_unit(sums[verdict])) for verdict in Verdict),
        not_summed(report),
        *(counts[severity] for severity in Severity),
        " ".join(report.template or ()),
        str(report.year or ""),
        report.rulebook,
        outcome.marked,
    )


_LINE_COLUMNS = {
    "文件": 30,
    "工作表": 10,
    "行": 7,
    "预算单位": 24,
    "单位级次": 9,
    "项目名称": 36,
    "金额（万元）": 13,
    "承担级次": 9,
    "结论": 11,
    "应承担级次": 10,
    "事项": 12,
    "说明": 60,
    "条款": 60,
}


def _line_rows(outcomes: tuple[Outcome, ...]) -> Iterator[Row]:
    for outcome in outcomes:
        for line in outcome.report.lines if outcome.report else ():
            judgement = line.judgement
            yield (
                outcome.file,
                line.sheet,
                line.row,
                line.bureau,
                line.bureau_level,
                line.name,
                None if line.amount_fen is None else float(in_unit(line.amount_fen)),
                line.charged_level,
                judgement.verdict.label,
                judgement.responsible_level,
                judgement.matter,
                judgement.because,
                judgement.clause.quote if judgement.clause else None,
            )


_FINDING_COLUMNS = {
    "文件": 30,
    "工作表": 10,
    "单元格": 12,
    "代码": 8,
    "等级": 7,
    "疑点": 60,
    "填报内容": 24,
    "可填内容": 30,
    "改法": 40,
    "依据文件": 30,
    "条款": 10,
    "原文": 60,
}


def _finding_rows(outcomes: tuple[Outcome, ...]) -> Iterator[Row]:
    for outcome in outcomes:
        for finding in outcome.report.findings if outcome.report else ():
            basis = finding.basis
            yield (
                outcome.file,
                finding.cell.sheet if finding.cell else finding.sheet,
                " ".join(cell.address for cell in finding.cells),
                finding.code,
                finding.severity.label,
                finding.message,
                finding.value,
                finding.accepted,
                finding.fix,
                *((basis.document, basis.number, basis.quote) if basis else (None, None, None)),
            )
