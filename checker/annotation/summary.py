"""A report → the sheet 核查结果: the verdict in one sentence, lines and money by verdict, every finding with its link."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from checker.annotation import palette
from checker.annotation.frame import ROWS
from checker.annotation.marks import quoted as quoted_clause
from checker.annotation.markup import escape
from checker.annotation.palette import Look
from checker.annotation.styles import Styles
from checker.annotation.workbook import quoted
from checker.money import in_unit
from checker.terms import Finding, Report, Severity, Verdict, column_letters

NAME = "核查结果"
HEADINGS = ("级别", "代码", "位置", "填报内容", "问题说明", "应填内容", "修改建议", "依据")
WIDTHS = (12, 9, 15, 17, 40, 18, 26, 36)
_LAST = column_letters(len(HEADINGS))
_BLOCK = 1_000
LINKS = 65_000  # Excel drops all links of a sheet that has more than 65,530
_MEANINGS = {
    Verdict.WRONG: "承担级次与划分方案不一致，须更正",
    Verdict.UNDECIDED: "方案没有写明或填报内容不足，须人工认定",
    Verdict.RIGHT: "承担级次与划分方案一致",
    Verdict.OUTSIDE: "不是方案所列事项，本次不作判断",
}
_MARGINS = '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
_SETUP = '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
_FOOTER = "<headerFooter><oddFooter>&amp;L核查结果&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
Value = str | int | float | None


@dataclass
class Page:
    """The sheet as it grows: rows not handed on yet, and what must be said of cells when all rows are there."""

    styles: Styles
    main: str
    row: int = 0
    heading: int = 0
    rows: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def filtered(self) -> str:
        """The area of the findings with their headings."""
        return f"A{self.heading}:{_LAST}{max(self.row, self.heading + 1)}"

    def add(self, cells: Iterable[tuple[Value, Look]], height: float | None = None) -> None:
        self.row += 1
        size = f' ht="{height}" customHeight="1"' if height else ""
        written = "".join(self._cell(column, *cell) for column, cell in enumerate(cells, 1))
        self.rows.append(f'<row r="{self.row}"{size}>{written}</row>')

    def _cell(self, column: int, value: Value, look: Look) -> str:
        start = f'<c r="{column_letters(column)}{self.row}" s="{self.styles.look(look)}"'
        if value is None or value == "":
            return f"{start}/>"
        if isinstance(value, str):
            return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        return f"{start}><v>{value}</v></c>"

    def across(self, value: str, look: Look, height: float | None = None) -> None:
        """One text over the whole width."""
        self.add([(value, look), *((None, look) for _ in HEADINGS[1:])], height)
        self.merge("A", _LAST)

    def merge(self, first: str, last: str) -> None:
        self.merged.append(f"{first}{self.row}:{last}{self.row}")

    def handed_on(self) -> bytes:
        written, self.rows = "".join(self.rows), []
        return written.encode()


def pieces(
    page: Page, report: Report, sheets: dict[str, str], remarks: Iterable[str] = (), rows: int = ROWS
) -> Iterator[bytes]:
    """The summary sheet in pieces; sheets gives each sheet's name as the file spells it, remarks what is not marked."""
    yield _start(page, report)
    page.across("预算级次核查结果", palette.TITLE, 34)
    page.across(sentence(report), palette.BANNERS[worst(report)], 44)
    _counts(page, report)
    _provenance(page, report)
    for remark in remarks:
        page.across(f"说明：{remark}", palette.NOTE)
    page.add([])
    for _ in _findings(page, report, sheets, rows):
        if len(page.rows) > _BLOCK:
            yield page.handed_on()
    yield page.handed_on()
    yield _end(page).encode()


def worst(report: Report) -> Severity:
    """The colour of the verdict: red for errors, amber for what a person must look at, green for neither."""
    counts = report.counts
    if counts[Severity.ERROR]:
        return Severity.ERROR
    return Severity.WARNING if counts[Severity.WARNING] or counts[Verdict.UNDECIDED] else Severity.INFO


def sentence(report: Report) -> str:
    """The verdict on the submission in one sentence; never blank, and never approval by silence."""
    counts, wrong = report.counts, _amount(report, Verdict.WRONG)
    remarks = [
        f"{counts[key]} {what}"
        for key, what in ((Verdict.UNDECIDED, "行须人工认定"), (Severity.WARNING, "处警告请核实"))
        if counts[key]
    ]
    if not report.lines and not report.findings:
        return "？ 没有可以判断级次的明细行，也没有疑点。"
    if not counts[Severity.ERROR]:
        return "，".join(["！ 未发现错误" if remarks else "✓ 通过：未发现错误", *remarks]) + "。"
    opening = f"✗ 未通过：有 {counts[Severity.ERROR]} 处错误须更正"
    if counts[Verdict.WRONG]:
        opening += f"，其中 {counts[Verdict.WRONG]} 行（{wrong}万元）承担级次不符"
    return "；".join([opening, *remarks]) + "。"


def _amount(report: Report, verdict: Verdict) -> str:
    fen = sum(line.amount_fen or 0 for line in report.lines if line.judgement.verdict is verdict)
    return f"{in_unit(fen):,f}"


def _counts(page: Page, report: Report) -> None:
    """Lines and money by verdict at the left, findings by severity in the remaining column."""
    if report.lines:
        page.add([(text, palette.HEADER) for text in ("结论", "行数", "金额（万元）", "含义", None)], 22)
        page.merge("D", "E")
        for verdict, meaning in _MEANINGS.items():
            _count(page, report, verdict, meaning)
        total = sum(line.amount_fen or 0 for line in report.lines)
        page.add(
            [("合计", palette.TOTAL), (len(report.lines), palette.TOTAL_NUMBER), (_number(total), palette.TOTAL_AMOUNT),
             (_unreadable(report), palette.TOTAL), (None, palette.TOTAL)], 20
        )  # fmt: skip
        page.merge("D", "E")
    counts = (f"{severity.label} {report.counts[severity]} 处" for severity in Severity)
    page.across(
        f"疑点合计 {len(report.findings)} 处：{'，'.join(counts)}",
        palette.STRONG,
        24,
    )


def _count(page: Page, report: Report, verdict: Verdict, meaning: str) -> None:
    look, fen = (
        palette.VERDICTS[verdict],
        [line.amount_fen or 0 for line in report.lines if line.judgement.verdict is verdict],
    )
    name = f"{palette.VERDICT_SIGNS[verdict]} {verdict.label}"
    page.add(
        [(name, look), (len(fen), palette.NUMBER), (_number(sum(fen)), palette.AMOUNT), (meaning, palette.BODY),
         (None, palette.BODY)], 20
    )  # fmt: skip
    page.merge("D", "E")


def _unreadable(report: Report) -> str:
    missing = sum(line.amount_fen is None for line in report.lines)
    return f"另有 {missing} 行金额读不出来，未计入" if missing else ""


def _number(fen: int) -> float:
    return float(in_unit(fen))


def _provenance(page: Page, report: Report) -> None:
    template = " ".join(report.template) if report.template else "不是标准模板"
    year = f"　预算年度：{report.year}" if report.year else ""
    page.across(f"依据规则：{report.rulebook or '—'}{year}　模板：{template}", palette.NOTE, 15)
    page.across(f"所核查文件的 SHA-256：{report.sha256 or '—'}", palette.NOTE, 15)


def _findings(page: Page, report: Report, sheets: dict[str, str], rows: int) -> Iterator[Finding]:
    """One row per finding, errors first; says how many there are if a sheet cannot hold them."""
    page.add([(text, palette.HEADER) for text in HEADINGS], 24)
    page.heading = page.row
    order = {sheet: index for index, sheet in enumerate(sheets.values())}
    ordered = sorted(report.findings, key=lambda finding: _reading_order(finding, order))
    room = rows - page.heading - 1
    for finding in ordered[:room]:
        _finding(page, finding, sheets)
        yield finding
    if not ordered:
        page.across("没有疑点。", palette.BODY, 20)
    if len(ordered) > room:
        page.across(f"疑点共 {len(ordered)} 处，本表只列得下前 {room} 处，其余见核查报告。", palette.BODY)


def _reading_order(finding: Finding, order: dict[str, int]) -> tuple[int, int, int, int, str]:
    cell = finding.cell
    sheet = order.get(cell.sheet if cell else finding.sheet, -1)
    return finding.severity.rank, sheet, cell.row if cell else 0, cell.column if cell else 0, finding.code


def _finding(page: Page, finding: Finding, sheets: dict[str, str]) -> None:
    sign = f"{palette.SIGNS[finding.severity]} {finding.severity.label}"
    target = _target(finding, sheets)
    linked = target is not None and len(page.links) < LINKS
    page.add(
        [
            (sign, palette.SEVERITIES[finding.severity]),
            (finding.code, palette.CENTRE),
            (place(finding), palette.LINK if linked else palette.BODY),
            *((text, palette.BODY) for text in (finding.value, finding.message, finding.accepted, finding.fix)),
            (quoted_clause(finding.basis) if finding.basis else None, palette.BODY),
        ]
    )
    if target is not None and linked:
        page.links.append((f"C{page.row}", target))


def place(finding: Finding) -> str:
    """Every cell of the finding, the sheet named once: 填报表!F7、G7."""
    cells = finding.cells
    if not cells:
        return finding.sheet or "整个文件"
    shown = [cell.address if cell.sheet == cells[0].sheet else str(cell) for cell in cells[:8]]
    more = f" 等 {len(cells)} 格" if len(cells) > len(shown) else ""
    return f"{cells[0].sheet}!{'、'.join(shown)}{more}"


def _target(finding: Finding, sheets: dict[str, str]) -> str | None:
    cell = finding.cell
    sheet = sheets.get((cell.sheet if cell else finding.sheet).casefold())
    return None if sheet is None else f"{quoted(sheet)}!{cell.address if cell else 'A1'}"


def _start(page: Page, report: Report) -> bytes:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(WIDTHS, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{page.main}"><sheetPr>'
        f'<tabColor rgb="{palette.TABS[worst(report)]}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
    ).encode()


def _end(page: Page) -> str:
    return "".join(
        (
            f'</sheetData><autoFilter ref="{page.filtered}"/>',
            *_list("mergeCells", [f'<mergeCell ref="{area}"/>' for area in page.merged]),
            *_list("hyperlinks", _hyperlinks(page.links)),
            _MARGINS,
            _SETUP,
            _FOOTER,
            "</worksheet>",
        )
    )


def _hyperlinks(links: list[tuple[str, str]]) -> Iterator[str]:
    return (
        f'<hyperlink ref="{cell}" location="{escape(target)}" display="{escape(target)}"/>' for cell, target in links
    )


def _list(name: str, entries: Iterable[str]) -> Iterator[str]:
    if written := "".join(entries):
        yield f"<{name}>{written}</{name}>"
