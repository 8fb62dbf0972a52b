"""One file → what became of it: its report, or why there is none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checker.money import show
from checker.terms import Report, Severity, Verdict

_DOUBTED = "LN12"  # an amount perhaps in the wrong unit, summed all the same


@dataclass(frozen=True)
class Outcome:
    """What became of one file; without a report, error says why as (code, Chinese message naming the cure).

    marked names the marked copy that was written, if one was.
    """

    file: str
    sha256: str = ""
    report: Report | None = None
    error: tuple[str, str] | None = None
    marked: str = ""

    @property
    def passed(self) -> bool:
        return self.report is not None and not self.report.counts[Severity.ERROR]


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0: nothing of severity error; 1: errors found; 2: a file could not be checked, or handed back."""
    outcomes = tuple(outcomes)
    if not all(outcome.report for outcome in outcomes) or any(outcome.error for outcome in outcomes):
        return 2
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def conclusion(outcome: Outcome) -> str:
    """The verdict on a file in one sentence: never blank, and never approval by silence."""
    if outcome.report is None:
        return "无法核查，尚无结论。"
    counts = outcome.report.counts
    opening = f"发现 {counts['error']} 处错误，请修改后重新报送" if counts["error"] else "未发现错误"
    remarks = [
        f"{count} {unit}"
        for count, unit in ((counts["undecided"], "行待认定，须人工判断"), (counts["warning"], "处警告，请核实"))
        if count
    ]
    if not outcome.report.lines:
        remarks.insert(0, "没有可以判断级次的明细行")
    return "；".join([opening, *remarks]) + "。"


def overall(outcomes: Iterable[Outcome]) -> str:
    """The verdict on a whole run in one sentence."""
    return told(None if outcome.report is None else outcome.report.counts for outcome in outcomes)


def told(counts: Iterable[Mapping[str, int] | None]) -> str:
    """The same from the counts of each report alone, None where there is no report."""
    states = Counter("无法核查" if one is None else "有错误" if one[Severity.ERROR] else "无错误" for one in counts)
    parts = [f"{states[state]} 个{state}" for state in ("有错误", "无法核查", "无错误") if states[state]]
    return f"共核查 {states.total()} 个文件：{'，'.join(parts)}。"


def amounts(report: Report) -> dict[Verdict, int]:
    """Fen by verdict; a line without a readable amount adds nothing."""
    sums = dict.fromkeys(Verdict, 0)
    for line in report.lines:
        sums[line.judgement.verdict] += line.amount_fen or 0
    return sums


def verdict_counts(report: Report) -> str:
    """级次相符 15 行 120.5万元 · 级次不符 4 行 … : every verdict is named, also where no line has it."""
    sums, counts = amounts(report), report.counts
    return " · ".join(
        f"{verdict.label} {counts[verdict]} 行" + (f" {show(sums[verdict])}" if sums[verdict] else "")
        for verdict in Verdict
    )


def not_summed(report: Report) -> int:
    """How many lines add nothing to the amounts: theirs is blank, unreadable, or cannot be meant."""
    return sum(line.amount_fen is None for line in report.lines)


def doubted(report: Report) -> int:
    """How many findings say that an amount which is summed may be ten thousand times too large or small."""
    return sum(finding.code == _DOUBTED for finding in report.findings)


def severity_counts(report: Report) -> str:
    """错误 4 · 警告 2 · 提示 1"""
    return " · ".join(f"{severity.label} {report.counts[severity]}" for severity in Severity)
