"""A submission read and judged → its findings: stamped, in reading order, consequences set aside."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from checker.checks import basis, contents, declared, levels, lines, plausibility, structure, totals, undecided
from checker.checks.registry import CHECKS, FAMILIES, Check, Judged, Submission, code, has
from checker.checks.settings import setting
from checker.reader import Budget
from checker.rulebook import Rulebook
from checker.terms import Cell, Finding

__all__ = ["CHECKS", "FAMILIES", "Check", "Submission", "code", "has", "run", "skipped"]

# Imported for the checks they declare; whatever order they were imported in, checks stand in that of their codes.
MODULES = (structure, contents, lines, plausibility, levels, declared, undecided, basis, totals)
for _code in sorted(CHECKS, key=lambda code: (tuple(FAMILIES).index(code[:2]), code)):
    CHECKS[_code] = CHECKS.pop(_code)


def run(budget: Budget, judged: Judged, rulebook: Rulebook, year: int | None = None) -> tuple[Finding, ...]:
    """Every finding of every check that can be run, in the order of sheets, rows and columns.

    judged is sheet → physical row → judgement; year overrides the budget year of the file.
    """
    submission = Submission(budget, judged, rulebook, year or budget.year)
    found = [
        _stamped(finding, check)
        for check in CHECKS.values()
        if not _why_skipped(check, submission)
        for finding in check.function(submission)
    ]
    return tuple(map(_shortened, _in_reading_order(_without_consequences(found), budget)))


def skipped(budget: Budget, judged: Judged, rulebook: Rulebook, year: int | None = None) -> dict[str, str]:
    """Code → why that check could not be run on this submission."""
    submission = Submission(budget, judged, rulebook, year or budget.year)
    reasons = {check.code: _why_skipped(check, submission) for check in CHECKS.values()}
    return {code: why for code, why in reasons.items() if why}


def _why_skipped(check: Check, submission: Submission) -> str:
    tables = submission.budget.tables
    for name in check.needs:
        if not any(has(table, name) for table in tables):
            return f"表中没有“{tables[0].definition.column(name).title}”" if tables else "没有可核查的表"
    return check.unless(submission) if check.unless else ""


def _stamped(finding: Finding, check: Check) -> Finding:
    sheet = finding.cell.sheet if finding.cell else finding.sheet
    return replace(finding, code=check.code, severity=check.severity, sheet=sheet, fix=finding.fix or check.fix)


def _without_consequences(found: Sequence[Finding]) -> list[Finding]:
    """The causes alone, each saying how many consequences are not listed (R-06)."""
    at: dict[tuple[Cell, str], int] = {}
    for place, finding in enumerate(found):
        if finding.cell:
            at.setdefault((finding.cell, finding.code), place)
    causes = {place: cause for place, finding in enumerate(found) if (cause := _cause(finding, place, at)) is not None}
    consequences = Counter(_root(cause, causes) for cause in causes.values())
    return [_counting(one, consequences[place]) for place, one in enumerate(found) if place not in causes]


def _cause(finding: Finding, own: int, at: Mapping[tuple[Cell, str], int]) -> int | None:
    keys = ((cell, code) for cell in finding.cells for code in CHECKS[finding.code].follows)
    return next((at[key] for key in keys if at.get(key, own) != own), None)


def _root(place: int, causes: Mapping[int, int]) -> int:
    while place in causes:
        place = causes[place]
    return place


def _counting(finding: Finding, consequences: int) -> Finding:
    if not consequences:
        return finding
    return replace(finding, message=f"{finding.message}（由此引起的{consequences}处疑点不再另列）")


def _in_reading_order(found: Iterable[Finding], budget: Budget) -> list[Finding]:
    """By place in the file, never by the text of the address: C3 stands before C10."""
    sheets = {table.sheet: place for place, table in enumerate(budget.tables, 1)}

    def place(finding: Finding) -> tuple[int, str, int, int, str]:
        cell = finding.cell
        sheet = sheets.get(finding.sheet, len(sheets) + 1) if finding.sheet else 0
        return sheet, finding.sheet, cell.row if cell else 0, cell.column if cell else 0, finding.code

    return sorted(found, key=place)


def _shortened(finding: Finding) -> Finding:
    """With no more cells than a reader can follow; the cut is declared."""
    most = setting("finding")["cells"]
    if len(finding.cells) <= most:
        return finding
    more = f"（涉及{len(finding.cells)}格，只标出前{most}格）"
    return replace(finding, cells=finding.cells[:most], message=finding.message + more)
