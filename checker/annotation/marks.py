"""A report → what shall stand where: a tint and a comment per cell found, and the result cells of each line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from checker.annotation import palette
from checker.annotation.comments import MARK
from checker.annotation.frame import COLUMNS, ROWS
from checker.terms import Cell, Clause, Finding, JudgedLine, Judgement, Report, Severity, TablePlace, Verdict

TITLES = ("核查结论", "应承担级次", "疑点代码", "疑点说明", "依据", "修改建议")
WIDTHS = (12, 12, 11, 56, 56, 40)
# A finding may relate hundreds of cells, and Excel draws every comment: the first ones are enough to follow it.
RELATED = 100
COMMENTS = 50_000
_FINDINGS_A_COMMENT = 12
_NOTHING = "—"
Place = tuple[int, int]


@dataclass
class SheetMarks:
    """Everything that goes on one sheet of the bureau's."""

    tints: dict[Place, Severity] = field(default_factory=dict)
    findings: dict[Place, list[tuple[Finding, bool]]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[int, JudgedLine] = field(default_factory=dict)
    tables: list[TablePlace] = field(default_factory=list)
    rows: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))


def by_sheet(report: Report) -> dict[str, SheetMarks]:
    """The marks of a report, sheet by sheet; cells outside any sheet Excel knows are left to the summary."""
    marks: dict[str, SheetMarks] = defaultdict(SheetMarks)
    for finding in report.findings:
        _mark(marks, finding)
    for line in report.lines:
        marks[line.sheet].lines[line.row] = line
    for table in report.tables:
        marks[table.sheet].tables.append(table)
    return dict(marks)


def _mark(marks: dict[str, SheetMarks], finding: Finding) -> None:
    for index, cell in enumerate(dict.fromkeys(filter(_exists, finding.cells))):
        sheet, place = marks[cell.sheet], (cell.row, cell.column)
        known = sheet.tints.get(place, finding.severity)
        sheet.tints[place] = min(known, finding.severity, key=lambda severity: severity.rank)
        if index < RELATED:
            sheet.findings[place].append((finding, index > 0))
        if finding not in sheet.rows[cell.row]:
            sheet.rows[cell.row].append(finding)


def _exists(cell: Cell) -> bool:
    return 1 <= cell.row <= ROWS and 1 <= cell.column <= COLUMNS


def moved(marks: SheetMarks, shown: dict[Place, Place]) -> SheetMarks:
    """The same marks with those inside merged areas on the cell that shows the area."""
    result = SheetMarks(lines=marks.lines, tables=marks.tables, rows=marks.rows)
    for place, severity in marks.tints.items():
        at = shown.get(place, place)
        result.tints[at] = min(severity, result.tints.get(at, severity), key=lambda each: each.rank)
    for place, found in marks.findings.items():
        together = result.findings[shown.get(place, place)]
        together += [entry for entry in found if entry not in together]
    return result


def comment_texts(marks: SheetMarks) -> dict[Place, str]:
    """The comment of each cell found, errors first where there are more cells than comments Excel bears."""
    places = sorted(marks.findings, key=lambda place: (marks.tints[place].rank, place))
    return {place: _comment(marks.findings[place]) for place in sorted(places[:COMMENTS])}


def _comment(found: list[tuple[Finding, bool]]) -> str:
    ordered = sorted(found, key=lambda entry: (entry[0].severity.rank, entry[0].code))
    texts = [_paragraph(finding, related) for finding, related in ordered[:_FINDINGS_A_COMMENT]]
    if len(ordered) > len(texts):
        texts.append(f"……本单元格共 {len(ordered)} 项疑点，其余见首页清单。")
    return "\n".join([MARK, *texts])


def _paragraph(finding: Finding, related: bool) -> str:
    lines = [headline(finding)]
    if related and finding.cell:
        lines.append(f"　与 {finding.cell.address} 一并核对。")
    if finding.accepted:
        lines.append(f"　应填：{finding.accepted}")
    if finding.fix:
        lines.append(f"　改法：{finding.fix}")
    if finding.basis:
        lines.append(f"　依据：{quoted(finding.basis)}")
    return "\n".join(lines)


def headline(finding: Finding) -> str:
    """✗ 错误 LV01：the message."""
    code = f" {finding.code}" if finding.code else ""
    return f"{palette.SIGNS[finding.severity]} {finding.severity.label}{code}：{finding.message}"


@lru_cache(maxsize=1024)
def quoted(clause: Clause) -> str:
    """《document》number：“quote”."""
    document = clause.document if "《" in clause.document or not clause.document else f"《{clause.document}》"
    source = f"{document}{clause.number}"
    return f"{source}：“{clause.quote}”" if clause.quote else source


class Result(NamedTuple):
    """The result cells of one line, in the order of TITLES."""

    verdict: Verdict | None
    severity: Severity | None
    texts: tuple[str, ...]


def result(marks: SheetMarks, row: int) -> Result | None:
    """What the result columns say of a row; None for a row that is no line and has no finding."""
    line, findings = marks.lines.get(row), marks.rows.get(row)
    if line and not findings:
        return _verdict_alone(line.judgement)
    return _with_findings(line.judgement if line else None, findings) if findings else None


def _verdict_alone(judgement: Judgement) -> Result:
    clause = quoted(judgement.clause) if judgement.clause else ""
    level = judgement.responsible_level or _NOTHING
    return Result(judgement.verdict, None, (judgement.verdict.label, level, "", judgement.because, clause, ""))


def _with_findings(judgement: Judgement | None, findings: list[Finding]) -> Result:
    findings = sorted(findings, key=lambda finding: (finding.severity.rank, finding.code))
    texts = (
        judgement.verdict.label if judgement else _NOTHING,
        (judgement.responsible_level or _NOTHING) if judgement else _NOTHING,
        _joined((finding.code for finding in findings), "、"),
        _joined(_explanations(findings, judgement.because if judgement else "")),
        _joined(quoted(clause) for clause in _clauses(findings, judgement)),
        _joined(finding.fix for finding in findings),
    )
    return Result(judgement.verdict if judgement else None, findings[0].severity, texts)


def _explanations(findings: list[Finding], because: str) -> Iterator[str]:
    """Every finding's message; the reason of the verdict too, unless a message says it already."""
    messages = [headline(finding) for finding in findings]
    yield from messages
    if because and not any(because in message for message in messages):
        yield because


def _clauses(findings: list[Finding], judgement: Judgement | None) -> Iterator[Clause]:
    if judgement and judgement.clause:
        yield judgement.clause
    yield from (finding.basis for finding in findings if finding.basis)


def _joined(texts: Iterable[str], by: str = "\n") -> str:
    return by.join(dict.fromkeys(filter(None, texts)))
