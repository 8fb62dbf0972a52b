"""The vocabulary: the words every other module speaks, as plain frozen data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache


class Level(StrEnum):
    """级次: who holds a fiscal power and bears its expenditure, highest first."""

    CENTRAL = "中央"
    PROVINCE = "省级"
    CITY = "市级"
    COUNTY = "县级"

    @property
    def rank(self) -> int:
        """0 for the highest level; compare ranks, never the texts."""
        return _LEVEL_RANKS[self]

    def is_above(self, other: "Level") -> bool:
        return self.rank < other.rank


_LEVEL_RANKS = {level: rank for rank, level in enumerate(Level)}


class Verdict(StrEnum):
    """结论: what the plan says of one line; every line gets exactly one."""

    RIGHT = "right"
    WRONG = "wrong"
    UNDECIDED = "undecided"
    OUTSIDE = "outside"

    @property
    def label(self) -> str:
        return _VERDICT_LABELS[self]


_VERDICT_LABELS = {
    Verdict.RIGHT: "级次相符",
    Verdict.WRONG: "级次不符",
    Verdict.UNDECIDED: "待认定",
    Verdict.OUTSIDE: "不属本方案",
}


class Severity(StrEnum):
    """How much a finding weighs; only an error makes a submission fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "警告", "info": "提示"}[self]

    @property
    def rank(self) -> int:
        return _SEVERITY_RANKS[self]


_SEVERITY_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@cache
def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the file as sent; row and column count from 1, as Excel shows them."""

    sheet: str
    row: int
    column: int

    @property
    def address(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}"


@dataclass(frozen=True, slots=True)
class Clause:
    """条款: the words of a plan that give a matter to a level.

    number is its place in the document (二（四）); quote stands word for word in the archived source.
    """

    plan: str
    document: str
    number: str
    quote: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """疑点: what a check says of one place in the file.

    The first of cells is the one to look at; a finding about the whole workbook has none.
    code and severity are stamped by checks.run(), so each is written once, where the check is declared.
    """

    message: str
    cells: tuple[Cell, ...] = ()
    value: str = ""
    accepted: str = ""
    fix: str = ""
    basis: Clause | None = None
    code: str = ""
    severity: Severity = Severity.ERROR
    sheet: str = ""

    @property
    def cell(self) -> Cell | None:
        return self.cells[0] if self.cells else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that led to a verdict, and the field of the line they stand in."""

    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """预算明细: what the judgement needs of one line, normalised; blank fields are empty or None.

    division is a GB/T 2260 code or a name of the code list; charged_as_typed is what stands for the charged level
    where it names none.
    """

    name: str = ""
    content: str = ""
    basis: str = ""
    matter: str = ""
    nature: str = ""
    scope: str = ""
    mode: str = ""
    bureau: str = ""
    division: str = ""
    bureau_level: Level | None = None
    charged_level: Level | None = None
    charged_as_typed: str = ""
    own_funds: int | None = None
    transfer: int | None = None
    other_funds: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one line and everything a reader needs to disagree with it.

    reason groups undecided and outside lines (a short Chinese phrase, the same for the same cause);
    parts names the matters of a line that must be split; section is the plan's Chinese numeral.
    cost_shift are words that make another level pay; disputed names the declared matter the words speak against;
    scope_doubt are words that speak against the declared scope; affiliation is the level the bureau belongs to;
    caveat is a condition of the clause that nobody could check here; levels holds all holders of a shared matter;
    document is the determination that decided, if one did; doubt is why nobody can tell whose work it is, whether
    the verdict rests on that or not; cure is what the bureau can do about a line that is undecided for that reason.
    """

    verdict: Verdict
    because: str
    matter: str | None = None
    section: str | None = None
    responsible_level: Level | None = None
    clause: Clause | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    parts: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    cost_shift: Evidence | None = None
    disputed: str = ""
    scope_doubt: Evidence | None = None
    affiliation: Level | None = None
    caveat: str = ""
    document: str = ""
    doubt: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One line of the file beside its judgement; evidence is given with its cells.

    amount_fen is None where there is none, or none that can be counted; division is a GB/T 2260 code or a name as
    written; cell is where the name stands; digest is the same for lines that say the same in all other columns.
    """

    sheet: str
    row: int
    bureau: str
    bureau_level: Level | None
    name: str
    amount_fen: int | None
    charged_level: Level | None
    judgement: Judgement
    evidence: Sequence[tuple[Cell, str]] = ()
    division: str = ""
    content: str = ""
    cell: Cell | None = None
    digest: str = ""


@dataclass(frozen=True)
class Report:
    """Everything one check says of one workbook; equal bytes and equal rulebooks give equal reports.

    template is (id, version); tables names per sheet the header row and the last used column,
    so that result columns can be set right of the table.
    """

    sha256: str
    rulebook: str
    template: tuple[str, str] | None = None
    year: int | None = None
    lines: tuple[JudgedLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple["TablePlace", ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Lines by verdict and findings by severity."""
        counts = dict.fromkeys([*Verdict, *Severity], 0)
        for line in self.lines:
            counts[line.judgement.verdict] += 1
        for finding in self.findings:
            counts[finding.severity] += 1
        return {str(key): count for key, count in counts.items()}


@dataclass(frozen=True)
class TablePlace:
    """Where a table stands on its sheet: header row, first and last line, last column in use."""

    sheet: str
    header_row: int
    last_row: int
    last_column: int
