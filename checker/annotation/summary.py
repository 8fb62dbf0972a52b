"""A report → the sheet 核查结果: the verdict in one sentence, lines and money by verdict, every finding with a link."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checker.annotation import palette
from checker.annotation.frame import ROWS
from checker.annotation.marks import quoted as quoted_clause
from checker.annotation.page import Page
from checker.annotation.workbook import quoted
from checker.money import in_unit
from checker.terms import Finding, Report, Severity, Verdict

NAME = "核查结果"
HEADINGS = ("级别", "代码", "位置", "项目", "填报内容", "问题说明", "应填内容", "修改建议", "依据")
WIDTHS = (12, 8, 25, 23, 13, 46, 13, 26, 34)
_BLOCK = 1_000
_CELLS_NAMED = 8
_MEANINGS = {
    Verdict.WRONG: "承担级次与划分方案不一致，须更正",
    Verdict.UNDECIDED: "方案没有写明，或填报内容不足以判断，须人工认定",
    Verdict.RIGHT: "承担级次与划分方案一致",
    Verdict.OUTSIDE: "不是方案所列事项，本次不作判断",
}


@dataclass(frozen=True)
class Tally:
    """What a report comes to: lines and fen by verdict, findings by severity, lines whose amount nobody can read."""

    lines: Counter[Verdict]
    fen: Counter[Verdict]
    findings: Counter[Severity]
    unreadable: int

    @property
    def worst(self) -> Severity:
        """Error, what a person must look at, or neither: the colour of the verdict."""
        if self.findings[Severity.ERROR]:
            return Severity.ERROR
        doubtful = self.findings[Severity.WARNING] or self.lines[Verdict.UNDECIDED] or not self.lines
        return Severity.WARNING if doubtful else Severity.INFO


def tally(report: Report) -> Tally:
    fen: Counter[Verdict] = Counter()
    for line in report.lines:
        fen[line.judgement.verdict] += line.amount_fen or 0
    return Tally(
        Counter(line.judgement.verdict for line in report.lines),
        fen,
        Counter(finding.severity for finding in report.findings),
        sum(line.amount_fen is None for line in report.lines),
    )


def pieces(
    page: Page, report: Report, sheets: dict[str, str], remarks: Iterable[str] = (), rows: int = ROWS
) -> Iterator[bytes]:
    """The summary sheet; sheets gives each sheet's name as the file spells it, remarks what could not be marked."""
    found = tally(report)
    yield page.start(palette.TABS[found.worst])
    page.across(title(report), palette.TITLE, 34)
    page.across(sentence(found), palette.BANNERS[found.worst], 44)
    page.add([], 8)
    if report.lines:
        _verdicts(page, found)
    page.across(_severities(found), palette.STRONG, 24)
    for text in _provenance(report):
        page.across(text, palette.NOTE, 15)
    for remark in remarks:
        page.across(f"说明：{remark}", palette.REMARK, page.height_across(f"说明：{remark}"))
    page.add([], 8)
    for _ in _findings(page, report, sheets, rows):
        if len(page.rows) > _BLOCK:
            yield page.handed_on()
    yield page.handed_on()
    yield page.end(NAME)


def title(report: Report) -> str:
    """Whose submission it is, and of which year."""
    bureaus = list(dict.fromkeys(line.bureau for line in report.lines if line.bureau))
    whose = bureaus[0] if len(bureaus) == 1 else f"{len(bureaus)} 个单位" if bureaus else ""
    year = f"{report.year} 年度" if report.year else ""
    return "　".join(filter(None, ("预算级次核查结果", whose, year)))


def sentence(found: Tally) -> str:
    """The verdict on the submission in one sentence; never blank, and never approval by silence."""
    remarks = [f"{found.lines[Verdict.UNDECIDED]} 行须人工认定"] if found.lines[Verdict.UNDECIDED] else []
    remarks += [f"{found.findings[Severity.WARNING]} 处警告请核实"] if found.findings[Severity.WARNING] else []
    if not found.lines:
        remarks.insert(0, "没有可以判断级次的明细行")
    if not found.findings[Severity.ERROR]:
        return f"{'！ 未发现错误' if remarks else '✓ 通过：未发现错误'}{''.join(f'；{text}' for text in remarks)}。"
    opening = f"✗ 未通过：有 {found.findings[Severity.ERROR]} 处错误须更正"
    if found.lines[Verdict.WRONG]:
        fen = found.fen[Verdict.WRONG]
        money = f"、{in_unit(fen):,f} 万元" if fen else ""
        opening += f"，其中 {found.lines[Verdict.WRONG]} 行{money}的承担级次不符"
    return "；".join([opening, *remarks]) + "。"


def _verdicts(page: Page, found: Tally) -> None:
    """Lines and money by verdict."""
    page.add([(text, palette.HEADER) for text in ("结论", "行数", "金额（万元）", "含义", None, None)], 22)
    page.merge("D", "F")
    for verdict, meaning in _MEANINGS.items():
        name, fen = f"{palette.VERDICT_SIGNS[verdict]} {verdict.label}", found.fen[verdict]
        look, counted = palette.VERDICTS[verdict], (found.lines[verdict], palette.NUMBER)
        money = (float(in_unit(fen)), palette.AMOUNT)
        page.add([(name, look), counted, money, (meaning, palette.MEANING), *[(None, palette.MEANING)] * 2], 20)
        page.merge("D", "F")
    money = (float(in_unit(found.fen.total())), palette.TOTAL_AMOUNT)
    missing = f"另有 {found.unreadable} 行的金额没有填、读不出或超出范围，没有计入" if found.unreadable else None
    counted = (found.lines.total(), palette.TOTAL_NUMBER)
    page.add([("合计", palette.TOTAL), counted, money, (missing, palette.TOTAL), *[(None, palette.TOTAL)] * 2], 20)
    page.merge("D", "F")


def _severities(found: Tally) -> str:
    counts = "，".join(f"{severity.label} {found.findings[severity]} 处" for severity in Severity)
    return f"疑点共 {found.findings.total()} 处：{counts}"


def _provenance(report: Report) -> Iterator[str]:
    template = " ".join(report.template) if report.template else "不是标准模板"
    yield f"规则版本：{report.rulebook or '—'}　填报模板：{template}"
    yield f"所核查文件的 SHA-256：{report.sha256 or '—'}"


def _findings(page: Page, report: Report, sheets: dict[str, str], rows: int) -> Iterator[Finding]:
    """One row per finding, errors first; says how many there are if a sheet cannot hold them."""
    page.add([(text, palette.HEADER) for text in HEADINGS], 24)
    page.heading = page.row
    order = {sheet: index for index, sheet in enumerate(sheets.values())}
    ordered = sorted(report.findings, key=lambda finding: _reading_order(finding, order))
    room = rows - page.heading - 1
    projects = _projects(report)
    for finding in ordered[:room]:
        _finding(page, finding, sheets, _project(finding, projects))
        yield finding
    if not ordered:
        page.across("没有疑点。", palette.BODY, 20)
    if len(ordered) > room:
        page.across(f"疑点共 {len(ordered)} 处，本表只列得下前 {room} 处，其余见核查报告。", palette.BODY, 20)


def _projects(report: Report) -> dict[tuple[str, int], str]:
    """What each line is called, so that nobody must look up a cell to know; and whose it is, where there are many."""
    many = len({line.bureau for line in report.lines}) > 1
    told = (f"{line.name}\n{line.bureau}" if many and line.bureau else line.name for line in report.lines)
    return dict(zip(((line.sheet, line.row) for line in report.lines), told, strict=True))


def _project(finding: Finding, projects: dict[tuple[str, int], str]) -> str:
    return projects.get((finding.cell.sheet, finding.cell.row), "") if finding.cell else ""


def _reading_order(finding: Finding, order: dict[str, int]) -> tuple[int, int, int, int, str]:
    cell = finding.cell
    sheet = order.get(cell.sheet if cell else finding.sheet, -1)
    return finding.severity.rank, sheet, cell.row if cell else 0, cell.column if cell else 0, finding.code


def _finding(page: Page, finding: Finding, sheets: dict[str, str], project: str) -> None:
    target = _target(finding, sheets) if page.takes_links else None
    basis = quoted_clause(finding.basis) if finding.basis else None
    texts = (project, finding.value, finding.message, finding.accepted, finding.fix, basis)
    page.add(
        [
            (f"{palette.SIGNS[finding.severity]} {finding.severity.label}", palette.SEVERITIES[finding.severity]),
            (finding.code, palette.CENTRE),
            (place(finding), palette.LINK if target else palette.BODY),
            *((text, palette.BODY) for text in texts),
        ]
    )
    if target:
        page.link("C", target)


def place(finding: Finding) -> str:
    """Every cell of the finding, the sheet named once: 填报表!F7、G7."""
    cells = finding.cells
    if not cells:
        return finding.sheet or "整个文件"
    shown = [cell.address if cell.sheet == cells[0].sheet else str(cell) for cell in cells[:_CELLS_NAMED]]
    more = f" 等 {len(cells)} 格" if len(cells) > len(shown) else ""
    return f"{cells[0].sheet}!{'、'.join(shown)}{more}"


def _target(finding: Finding, sheets: dict[str, str]) -> str | None:
    cell = finding.cell
    sheet = sheets.get((cell.sheet if cell else finding.sheet).casefold())
    return None if sheet is None else f"{quoted(sheet)}!{cell.address if cell else 'A1'}"
