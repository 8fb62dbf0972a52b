"""A report → what its page shows: lines with their findings, filtered and cut into pages, and what stands apart."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from checker.checks import CHECKS
from checker.report.json import from_json
from checker.report.outcome import Outcome, amounts
from checker.terms import Finding, JudgedLine, Report, Severity, Verdict

PAGE = 50
TO_DO, ALL = "todo", "all"


@dataclass(frozen=True)
class Row:
    """One line of the file with what was found in its row."""

    line: JudgedLine
    findings: tuple[Finding, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(words for _, words in self.line.evidence)

    @property
    def elsewhere(self) -> tuple[tuple[str, str], ...]:
        """Words that led to the verdict and stand in neither name nor content, each with its cell."""
        shown = f"{self.line.name}\n{self.line.content}"
        return tuple((cell.address, words) for cell, words in self.line.evidence if words not in shown)

    @property
    def says_why(self) -> bool:
        """Whether a finding repeats why the line was judged so; once is enough."""
        return any(self.line.judgement.because in finding.message for finding in self.findings)

    @property
    def needs_work(self) -> bool:
        weighty = any(finding.severity is not Severity.INFO for finding in self.findings)
        return weighty or self.line.judgement.verdict in {Verdict.WRONG, Verdict.UNDECIDED}


@dataclass(frozen=True)
class Part:
    """A share of the amount, for the bar: from and width in thousandths."""

    verdict: Verdict
    start: int
    width: int


@dataclass(frozen=True)
class Shown:
    """One page of a result; choices are the filters with the number of lines under each."""

    report: Report
    counts: dict[str, int]
    choice: str
    number: int
    pages: int
    rows: tuple[Row, ...]
    choices: dict[str, int]
    apart: tuple[tuple[Finding, ...], ...]
    amounts: dict[Verdict, int]
    bar: tuple[Part, ...]
    skipped: tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=16)
def read_outcome(name: str, report: bytes) -> Outcome:
    """The outcome a report was written from, as far as its JSON tells; pages of one file are turned many times."""
    entry = json.loads(report)["files"][0]
    if entry["error"]:
        return Outcome(name, entry["sha256"], error=(entry["error"]["code"], entry["error"]["message"]))
    return Outcome(name, entry["sha256"], from_json(json.dumps(entry)))


def shown(report: Report, choice: str = "", number: int = 1) -> Shown:
    """The page of a report that a reader asks for; what cannot be is put right, since it comes from an address bar."""
    rows = _rows(report)
    choices = _choices(rows, report)
    choice = choice if choice in choices else TO_DO if choices[TO_DO] else ALL
    wanted = [row for row in rows if _is_wanted(row, choice)]
    pages = max(1, -(-len(wanted) // PAGE))
    number = min(max(number, 1), pages)
    sums = amounts(report)
    return Shown(
        report=report,
        counts=report.counts,
        choice=choice,
        number=number,
        pages=pages,
        rows=tuple(wanted[(number - 1) * PAGE : number * PAGE]),
        choices=choices,
        apart=_apart(report),
        amounts=sums,
        bar=_bar(sums),
        skipped=_skipped(report),
    )


def _rows(report: Report) -> list[Row]:
    found: dict[tuple[str, int], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if finding.cell:
            found[finding.cell.sheet, finding.cell.row].append(finding)
    return [Row(line, tuple(found[line.sheet, line.row])) for line in report.lines]


def _choices(rows: list[Row], report: Report) -> dict[str, int]:
    verdicts = {str(verdict): report.counts[verdict] for verdict in Verdict}
    return {TO_DO: sum(row.needs_work for row in rows), **verdicts, ALL: len(rows)}


def _is_wanted(row: Row, choice: str) -> bool:
    return choice == ALL or (row.needs_work if choice == TO_DO else row.line.judgement.verdict == choice)


def _apart(report: Report) -> tuple[tuple[Finding, ...], ...]:
    """The findings of no line, those that say the same together, errors first."""
    lines = {(line.sheet, line.row) for line in report.lines}
    left = [one for one in report.findings if one.cell is None or (one.cell.sheet, one.cell.row) not in lines]
    groups: dict[tuple[int, str, str], list[Finding]] = defaultdict(list)
    for finding in left:
        groups[finding.severity.rank, finding.code, finding.message].append(finding)
    return tuple(tuple(groups[key]) for key in sorted(groups))


def _bar(sums: dict[Verdict, int]) -> tuple[Part, ...]:
    total, start, parts = sum(sums.values()), 0, []
    for verdict in Verdict:
        width = round(1000 * sums[verdict] / total) if total else 0
        if width:
            parts.append(Part(verdict, start, min(width, 1000 - start)))
            start += width
    return tuple(parts)


def _skipped(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Why checks were not made, each with the checks it concerns."""
    reasons = sorted(report.skipped.items(), key=lambda item: (item[1], item[0]))
    return tuple(
        (why, tuple(f"{CHECKS[code].title}（{code}）" if code in CHECKS else code for code, _ in group))
        for why, group in groupby(reasons, key=lambda item: item[1])
    )
