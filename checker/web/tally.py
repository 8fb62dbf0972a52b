"""Reports in the store → the figures of a selection; a report never changes, so each is read once and remembered."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from checker.checks import CHECKS
from checker.desk.figures import Sums, division_name, division_order
from checker.errors import Lost, UnreadableWorkbook
from checker.ledger import Job
from checker.report.json import from_json
from checker.store import Store
from checker.terms import JudgedLine, Level, Verdict

_OF_LEVELS = frozenset(code for code in CHECKS if code.startswith("LV"))
_REMEMBERED = 4096  # reports, some ten kilobytes each


@dataclass(frozen=True)
class Tally:
    """What one report adds to the figures; matrix is by responsible and charged level.

    undecided are lines, each with the code of what was found of its level.
    """

    total: Sums
    places: dict[str, Sums]
    matrix: dict[tuple[Level, Level], Sums]
    undecided: tuple[tuple[JudgedLine, str], ...]


@dataclass
class Figures:
    """A selection in figures; blind are files without a report, files those with one."""

    files: int = 0
    blind: int = 0
    total: Sums = field(default_factory=Sums)
    places: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    matrix: dict[tuple[Level, Level], Sums] = field(default_factory=lambda: defaultdict(Sums))
    undecided: dict[str, list[tuple[Job, JudgedLine, str]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def levels(self) -> list[Level]:
        """Those that occur, highest first."""
        return [level for level in Level if any(level in key for key in self.matrix)]

    def cell(self, holder: Level | None, charged: Level | None) -> tuple[int, int]:
        """Lines and fen; None stands for every level."""
        found = Sums()
        for (one, other), sums in self.matrix.items():
            if holder in {None, one} and charged in {None, other}:
                found.merge(sums)
        return found.lines.total(), found.fen.total()

    @property
    def ordered_places(self) -> list[tuple[str, Sums]]:
        return [(place, self.places[place]) for place in sorted(self.places, key=division_order)]

    @property
    def reasons(self) -> list[tuple[str, list[tuple[Job, JudgedLine, str]]]]:
        """Undecided lines by reason, the most frequent first, larger amounts first."""
        ordered = sorted(self.undecided.items(), key=lambda item: (-len(item[1]), item[0]))
        return [(why, sorted(lines, key=lambda one: -(one[1].amount_fen or 0))) for why, lines in ordered]


def figures(store: Store, jobs: Iterable[Job]) -> Figures:
    """The figures of these submissions together."""
    found = Figures()
    for job in jobs:
        one = _told(store, job)
        if one is None:
            found.blind += 1
        else:
            _add(found, job, one)
    return found


def _told(store: Store, job: Job) -> Tally | None:
    """What a submission adds; None of one without a report, also where the store lost it."""
    try:
        return tally(store, job.result.report) if job.result and job.result.report else None
    except (Lost, UnreadableWorkbook):
        return None


def _add(found: Figures, job: Job, one: Tally) -> None:
    found.files += 1
    found.total.merge(one.total)
    for place, sums in one.places.items():
        found.places[place].merge(sums)
    for key, sums in one.matrix.items():
        found.matrix[key].merge(sums)
    for line, code in one.undecided:
        found.undecided[line.judgement.reason].append((job, line, code))


@lru_cache(_REMEMBERED)
def tally(store: Store, report: str) -> Tally:
    """What the report with this hash adds."""
    total, places, undecided = Sums(), defaultdict[str, Sums](Sums), []
    matrix = defaultdict[tuple[Level, Level], Sums](Sums)
    read = from_json(store.read(report))
    codes = {(one.cell.sheet, one.cell.row): one.code for one in read.findings if one.cell and one.code in _OF_LEVELS}
    for line in read.lines:
        holder, charged = line.judgement.responsible_level, line.charged_level
        for sums in (total, places[division_name(line)], *([matrix[holder, charged]] if holder and charged else [])):
            sums.add(line)
        if line.judgement.verdict is Verdict.UNDECIDED:
            undecided.append((line, codes.get((line.sheet, line.row), "")))
    return Tally(total, dict(places), dict(matrix), tuple(undecided))
