"""The reports on two workbooks of one bureau → what was mended, what is new, and what is still as it was."""

from collections import defaultdict
from dataclasses import dataclass

from checker.terms import Finding, Report

_Key = tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """fixed are findings of the earlier report, the others of the later one; each in the order of its file."""

    fixed: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    still_open: tuple[Finding, ...] = ()

    @property
    def sentence(self) -> str:
        """What a bureau reads first when its corrected workbook comes back."""
        return (
            f"与上次报送相比：已改正 {len(self.fixed)} 处，新出现 {len(self.new)} 处，"
            f"仍未改正 {len(self.still_open)} 处。"
        )


def compare(before: Report, after: Report) -> Changes:
    """Tell the findings of two reports apart; lines are known by bureau and name, so inserted rows change nothing.

    A finding that comes twice in one and once in the other is once still open and once fixed or new.
    """
    earlier: dict[_Key, list[Finding]] = defaultdict(list)
    for key, finding in _keyed(before):
        earlier[key].append(finding)
    new, still_open = [], []
    for key, finding in _keyed(after):
        if earlier[key]:
            earlier[key].pop(0)
            still_open.append(finding)
        else:
            new.append(finding)
    left = {id(finding) for several in earlier.values() for finding in several}
    fixed = tuple(finding for finding in before.findings if id(finding) in left)
    return Changes(fixed, tuple(new), tuple(still_open))


def _keyed(report: Report) -> list[tuple[_Key, Finding]]:
    """What makes a finding the same in another file: its code, the line it is about, and the column or the place.

    What stands outside the lines is known by its words, a line without a name by its row.
    """
    lines = {(line.sheet, line.row): (line.bureau, line.name or str(line.row)) for line in report.lines}
    keyed = []
    for finding in report.findings:
        cell = finding.cell
        line = lines.get((cell.sheet, cell.row)) if cell else None
        place = (*line, str(cell.column)) if cell and line else (finding.sheet, finding.message)
        keyed.append(((finding.code, *place), finding))
    return keyed
