"""Outcomes → what a terminal shows: by file, errors first, alike findings together, every cut declared."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import click

from checker.checks import CHECKS
from checker.report.outcome import Outcome, conclusion, doubted, not_summed, overall, severity_counts, verdict_counts
from checker.report.safe import padded, plain, width
from checker.terms import Clause, Finding, JudgedLine, Report, Severity, Verdict

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_VERDICT_COLOURS = {Verdict.RIGHT: "green", Verdict.WRONG: "red", Verdict.UNDECIDED: "yellow", Verdict.OUTSIDE: None}
# Of one code so many entries are shown; errors more, since they must be mended. The rest is counted, never dropped.
_SHOWN = {Severity.ERROR: 10, Severity.WARNING: 3, Severity.INFO: 2}
_PLACES_SHOWN = 6
_PROJECTS_SHOWN = 3

Style = Callable[..., str]


@dataclass(frozen=True)
class Entry:
    """Findings that say the same of several places."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def address(self) -> str:
        return place(self.first)

    def elsewhere(self, everything: bool) -> str:
        """The further places, in order, with the exact total; all of them where everything is asked for."""
        if len(self.findings) == 1:
            return ""
        blocks = _blocks(self.findings[1:])
        shown = blocks if everything else blocks[:_PLACES_SHOWN]
        named = "、".join(_block(block, self.first.sheet) for block in shown)
        return f"（共 {len(self.findings)} 处，另见 {named}{'、…' if len(blocks) > len(shown) else ''}）"


def _blocks(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings in order, those on one cell below the other together."""
    blocks: list[list[Finding]] = []
    for finding in findings:
        below = blocks[-1][-1].cell if blocks else None
        if below and finding.cell == replace(below, row=below.row + 1):
            blocks[-1].append(finding)
        else:
            blocks.append([finding])
    return blocks


def _block(block: list[Finding], sheet: str) -> str:
    """K12, or K12至K18; with its sheet where that is another than the first's."""
    first, last = block[0], block[-1]
    begin = first.cell.address if first.cell and first.sheet == sheet else place(first)
    return begin if first is last or not last.cell else f"{begin}至{last.cell.address}"


def place(finding: Finding) -> str:
    """填报表!K12, the sheet where no cell is meant, or the whole file."""
    return plain(str(finding.cell or finding.sheet or "整个文件"))


def render(outcomes: Iterable[Outcome], *, colour: bool = False, everything: bool = False, lines: bool = False) -> str:
    """The text of a whole run; everything lists each finding, lines adds the verdict on each line."""
    outcomes = tuple(outcomes)
    style: Style = click.style if colour else lambda text, **_: text
    blocks = ["\n".join(_file(outcome, style, everything, lines)) for outcome in outcomes]
    if len(outcomes) > 1:
        blocks.append(style(overall(outcomes), bold=True))
    return "\n\n".join(blocks) + "\n"


def _file(outcome: Outcome, style: Style, everything: bool, lines: bool) -> Iterator[str]:
    yield style(plain(outcome.file), bold=True, underline=True)
    if outcome.report:
        yield style(f"  {_provenance(outcome.report)}", dim=True)
        yield from _spaced(_findings(outcome.report, style, everything))
        yield from _spaced(_lines(outcome.report.lines, style) if lines else ())
        yield from _totals(outcome.report)
    if outcome.error:
        failed = "无法核查" if outcome.report is None else "未能标注"
        yield f"  {style(failed, fg='red', bold=True)}  {plain(outcome.error[1])}"
    if outcome.marked:
        yield f"  标注：{plain(outcome.marked)}"
    yield f"  结论：{style(conclusion(outcome), bold=True, fg='green' if outcome.passed else 'red')}"


def _spaced(rows: Iterable[str]) -> Iterator[str]:
    """The rows with a blank one after them, if there are any."""
    rows = tuple(rows)
    yield from (*rows, "") if rows else ()


def _provenance(report: Report) -> str:
    template = f"模板 {' '.join(report.template)}" if report.template else "模板未能识别"
    year = f"{report.year} 年度" if report.year else "年度不明"
    return plain(f"{template} · {year} · 规则 {report.rulebook}")


def _totals(report: Report) -> Iterator[str]:
    yield f"  明细 {len(report.lines)} 行：{verdict_counts(report)}"
    if left_out := not_summed(report):
        yield f"  其中 {left_out} 行的金额没有计入：没有填、读不出或超出范围"
    if suspected := doubted(report):
        yield f"  其中 {suspected} 处金额疑似填错单位，仍按填报数计入"
    yield f"  疑点 {len(report.findings)} 处：{severity_counts(report)}"
    reasons = sorted(report.skipped.items(), key=lambda item: (item[1], item[0]))
    for why, codes in groupby(reasons, key=lambda item: item[1]):
        yield f"  未做的核查：{'、'.join(f'{CHECKS[code].title}（{code}）' for code, _ in codes)}。原因：{plain(why)}"


def _findings(report: Report, style: Style, everything: bool) -> Iterator[str]:
    projects = _projects(report)
    ordered = sorted(report.findings, key=lambda finding: (finding.severity.rank, finding.code))
    entries = [_alike(group) for _, group in groupby(ordered, key=lambda finding: finding.code)]
    columns = max((width(entry.address) for code in entries for entry in code), default=0)
    for code in entries:
        limit = len(code) if everything else _SHOWN[code[0].first.severity]
        yield from _entries(code[:limit], columns, style, projects, everything)
        if code[limit:]:
            yield style(f"  {' ' * columns}  {_cut(code, limit)}", dim=True)


def _alike(findings: Iterable[Finding]) -> list[Entry]:
    """Findings of one code → entries that say the same and ask for the same, in the order of their first place."""
    entries: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        entries.setdefault((finding.message, finding.fix), []).append(finding)
    return [Entry(tuple(group)) for group in entries.values()]


def _cut(entries: list[Entry], limit: int) -> str:
    total = sum(len(entry.findings) for entry in entries)
    hidden = sum(len(entry.findings) for entry in entries[limit:])
    return f"{entries[0].first.code} 共 {total} 处，其余 {hidden} 处未列出，加 --all 全部列出"


def _projects(report: Report) -> dict[tuple[str, int], str]:
    """What each line is called, and whose it is where there are many bureaus: an address alone tells nobody."""
    many = len({line.bureau for line in report.lines}) > 1
    told = (f"{line.name}（{line.bureau}）" if many and line.bureau else line.name for line in report.lines)
    return dict(zip(((line.sheet, line.row) for line in report.lines), told, strict=True))


def _about(entry: Entry, projects: dict[tuple[str, int], str]) -> str:
    """The projects it is about, wherever it stands on a line."""
    cells = [finding.cell for finding in entry.findings if finding.cell]
    named = list(dict.fromkeys(filter(None, (projects.get((cell.sheet, cell.row)) for cell in cells))))
    return "、".join(named[:_PROJECTS_SHOWN]) + (f" 等 {len(named)} 项" if len(named) > _PROJECTS_SHOWN else "")


def _entries(
    entries: list[Entry], columns: int, style: Style, projects: dict[tuple[str, int], str], everything: bool
) -> Iterator[str]:
    """The entries of one code; what several have in common, the cure and the basis, stands once below them."""
    indent = " " * (columns + 4)
    for (fix, basis), group in groupby(entries, key=lambda entry: (entry.first.fix, entry.first.basis)):
        for entry in group:
            finding = entry.first
            yield "  ".join(
                [
                    "  " + style(padded(entry.address, columns), fg="cyan"),
                    style(finding.code, fg=_COLOURS[finding.severity], bold=True),
                    style(finding.severity.label, fg=_COLOURS[finding.severity]),
                    plain(finding.message) + style(plain(entry.elsewhere(everything)), dim=True),
                ]
            )
            if about := _about(entry, projects):
                yield style(f"{indent}项目：{plain(about)}", dim=True)
        for hint in filter(None, (fix and f"改法：{fix}", basis and _basis(basis, finding.message))):
            yield style(f"{indent}{plain(hint)}", dim=True)


def _basis(basis: Clause, message: str) -> str:
    """Where the clause stands, and its words unless the message above has just quoted them."""
    quoted = "" if basis.quote in message else f"“{basis.quote}”"
    return f"依据：《{basis.document}》{basis.number}{quoted}"


def _lines(lines: Iterable[JudgedLine], style: Style) -> Iterator[str]:
    """One row a line of the file: its verdict, and the words that led to it."""
    for line in lines:
        judgement = line.judgement
        verdict = style(padded(judgement.verdict.label, 10), fg=_VERDICT_COLOURS[judgement.verdict])
        yield f"  {plain(line.sheet)}!{line.row:<5} {verdict}  {plain(line.name)}：{plain(judgement.because)}"
