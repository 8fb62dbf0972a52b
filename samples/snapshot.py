"""Report → the text beside a sample: one verdict a line, then one finding a line, all of them and nothing cut."""

from collections.abc import Iterator

from checker.errors import UnreadableWorkbook
from checker.pipeline import check
from checker.rulebook import Rulebook
from checker.terms import Finding, JudgedLine, Report, Verdict


def told(content: bytes, rulebook: Rulebook) -> str:
    """What the checker says of a workbook, or why it could not be checked."""
    try:
        return snapshot(check(content, rulebook))
    except UnreadableWorkbook as error:
        return f"无法核查 {error.code} {error.message}\n"


def snapshot(report: Report) -> str:
    """The rulebook's version is left out: it changes with every comma of a plan, and what is said does not."""
    return "\n".join([*_head(report), "", *map(_verdict, report.lines), "", *map(_finding, report.findings)]) + "\n"


def _head(report: Report) -> Iterator[str]:
    counts = report.counts
    yield f"模板 {' '.join(report.template) if report.template else '未能识别'} · {report.year}年度"
    yield (
        f"明细{len(report.lines)}行：相符{counts['right']} 不符{counts['wrong']} "
        f"待认定{counts['undecided']} 不属本方案{counts['outside']}"
    )
    yield f"疑点{len(report.findings)}处：错误{counts['error']} 警告{counts['warning']} 提示{counts['info']}"


def _verdict(line: JudgedLine) -> str:
    """With its reason only where no finding gives it."""
    judgement = line.judgement
    levels = f"填报{line.charged_level or '空'} 应为{judgement.responsible_level or '—'}"
    why = f"：{judgement.because}" if judgement.verdict is Verdict.OUTSIDE else ""
    told = f"{judgement.verdict.label} {levels} {judgement.matter or '—'} {line.name}{why}"
    return _one_line(f"{line.sheet}!{line.row} {told}")


def _finding(finding: Finding) -> str:
    where = finding.cell or finding.sheet or "整个文件"
    also = f"（另涉 {'、'.join(cell.address for cell in finding.cells[1:])}）" if finding.cells[1:] else ""
    return _one_line(f"{where} {finding.code} {finding.severity.label} {finding.message}{also}")


def _one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "⏎")
