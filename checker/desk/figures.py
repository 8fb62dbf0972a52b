"""How submissions stand → the figures of a run, gathered in one pass, so that reports may be read one by one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from checker.across import Batch, Overlap, batch_of, compare
from checker.across.claims import home_of
from checker.changes import Changes
from checker.places import divisions, find
from checker.report import Outcome
from checker.terms import JudgedLine, Level, Report, Severity, Verdict

NO_PLACE = "（行政区划未填）"
NO_REASON = "其他"
LISTED = 5_000  # more lines nobody goes through on paper; the cut is declared
REVIEWED = 10_000
NO_BUREAU = "（单位未填）"


class Stands(Protocol):
    """A submission as it stands: what became of its newest file, what changed, and which files it replaces."""

    @property
    def outcome(self) -> Outcome: ...
    @property
    def changes(self) -> Changes | None: ...
    @property
    def replaces(self) -> tuple[str, ...]: ...


@dataclass
class Sums:
    """Lines and fen by verdict; blind are lines whose amount nobody can read."""

    lines: Counter[Verdict] = field(default_factory=Counter)
    fen: Counter[Verdict] = field(default_factory=Counter)
    blind: int = 0

    def add(self, line: JudgedLine) -> None:
        verdict = line.judgement.verdict
        self.lines[verdict] += 1
        self.fen[verdict] += line.amount_fen or 0
        self.blind += line.amount_fen is None

    def merge(self, other: "Sums") -> None:
        self.lines.update(other.lines)
        self.fen.update(other.fen)
        self.blind += other.blind


@dataclass(frozen=True)
class Row:
    """A line with the file it stands in, and whether an error was found in its row."""

    file: str
    line: JudgedLine
    has_error: bool = False

    @property
    def place(self) -> str:
        return division_name(self.line)

    @property
    def where(self) -> str:
        return str(self.line.cell) if self.line.cell else f"{self.line.sheet}!第{self.line.row}行"


@dataclass(frozen=True)
class Standing:
    """One submission in figures; sums is empty where nobody could read the file."""

    outcome: Outcome
    bureau: str
    place: str
    sums: Sums
    findings: Counter[Severity]
    changes: Changes | None
    is_fresh: bool
    replaces: tuple[str, ...] = ()


@dataclass
class Figures:
    """Everything the summary shows; level is the level of the office it is made for.

    Of a province's lines only those are held that can be shown: wrong and undecided the largest, for_review the first;
    total, reasons and reviewed count them all.
    """

    level: Level
    standings: list[Standing] = field(default_factory=list)
    total: Sums = field(default_factory=Sums)
    bureaus: dict[tuple[str, str], Sums] = field(default_factory=lambda: defaultdict(Sums))
    matters: dict[tuple[str, str], Sums] = field(default_factory=lambda: defaultdict(Sums))
    matrix: dict[tuple[Level, Level], Sums] = field(default_factory=lambda: defaultdict(Sums))
    codes: Counter[str] = field(default_factory=Counter)
    files_of_code: Counter[str] = field(default_factory=Counter)
    severities: dict[str, Severity] = field(default_factory=dict)
    wrong: list[Row] = field(default_factory=list)
    undecided: list[Row] = field(default_factory=list)
    reasons: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    for_review: list[Row] = field(default_factory=list)
    reviewed: int = 0
    rulebooks: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    overlaps: tuple[Overlap, ...] = ()

    @property
    def unreadable(self) -> list[Standing]:
        return [one for one in self.standings if one.outcome.report is None]

    @property
    def divisions(self) -> dict[str, Sums]:
        """The sums of the bureaus of each division, in the order of the code list."""
        found: dict[str, Sums] = defaultdict(Sums)
        for (place, _), sums in self.bureaus.items():
            found[place].merge(sums)
        return {place: found[place] for place in sorted(found, key=division_order)}


def gather(standings: Iterable[Stands], fresh: Collection[str] | None = None, level: Level = Level.CITY) -> Figures:
    """The figures; fresh names the files that this run checked, None where all of them are."""
    figures = Figures(level)
    batch: Batch = batch_of(_tallied(figures, standings, fresh))
    figures.overlaps = compare(batch)
    for rows in (figures.wrong, figures.undecided):
        _cut(rows)
    return figures


def larger_first(row: Row) -> tuple[int, str, str, int]:
    return -(row.line.amount_fen or 0), row.file, row.line.sheet, row.line.row


def _hold(rows: list[Row], row: Row) -> None:
    rows.append(row)
    if len(rows) >= 2 * LISTED:
        _cut(rows)


def _cut(rows: list[Row]) -> None:
    rows.sort(key=larger_first)
    del rows[LISTED:]


def _tallied(figures: Figures, standings: Iterable[Stands], fresh: Collection[str] | None) -> Iterator[Outcome]:
    """Each outcome in turn, once its figures are taken."""
    for one in standings:
        outcome, report = one.outcome, one.outcome.report
        sums = Sums()
        if report:
            _tally_report(figures, outcome.file, report, sums)
        figures.standings.append(
            Standing(
                outcome,
                _whose(report),
                _where(report),
                sums,
                Counter(finding.severity for finding in report.findings) if report else Counter(),
                one.changes,
                fresh is None or outcome.file in fresh,
                one.replaces,
            )
        )
        yield outcome


def _tally_report(figures: Figures, file: str, report: Report, sums: Sums) -> None:
    figures.rulebooks[report.rulebook] += 1
    figures.years.update([report.year] if report.year else [])
    figures.codes.update(finding.code for finding in report.findings)
    figures.files_of_code.update({finding.code for finding in report.findings})
    figures.severities.update({finding.code: finding.severity for finding in report.findings})
    errors = {
        (cell.sheet, cell.row)
        for finding in report.findings
        if finding.severity is Severity.ERROR
        for cell in finding.cells[:1]
    }
    for line in report.lines:
        row = Row(file, line, (line.sheet, line.row) in errors)
        for one in (sums, figures.total, figures.bureaus[row.place, line.bureau or NO_BUREAU]):
            one.add(line)
        _tally_line(figures, row)


def _tally_line(figures: Figures, row: Row) -> None:
    line, judgement = row.line, row.line.judgement
    if judgement.verdict is not Verdict.OUTSIDE:
        figures.matters[judgement.section or "", judgement.matter or ""].add(line)
    if judgement.responsible_level and line.charged_level:
        figures.matrix[judgement.responsible_level, line.charged_level].add(line)
    if judgement.verdict is Verdict.WRONG:
        _hold(figures.wrong, row)
    if judgement.verdict is Verdict.UNDECIDED:
        figures.reasons[judgement.reason or NO_REASON].add(line)
        _hold(figures.undecided, row)
    if figures.level in {line.charged_level, judgement.responsible_level} or line.charged_level is None:
        figures.reviewed += 1
        if len(figures.for_review) < REVIEWED:
            figures.for_review.append(row)


def division_name(line: JudgedLine) -> str:
    """A division as people call it, whether it was given by code, by name, or only in the bureau's name."""
    home = home_of(line.division, line.bureau)
    found = find(home) if home else None
    return found.name if found else home or NO_PLACE


def division_order(name: str) -> tuple[int, str]:
    order = {division.name: place for place, division in enumerate(divisions())}
    return order.get(name, len(order)), name


def _whose(report: Report | None) -> str:
    bureaus = list(dict.fromkeys(line.bureau for line in report.lines if line.bureau)) if report else []
    return bureaus[0] if len(bureaus) == 1 else f"{len(bureaus)}个单位汇总" if bureaus else ""


def _where(report: Report | None) -> str:
    places = list(dict.fromkeys(division_name(line) for line in report.lines)) if report else []
    return places[0] if len(places) == 1 else f"{len(places)}个行政区划" if places else ""
