"""Checks declared → the registry: each code with its Chinese title, why and fix beside the function that finds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checker.binding import binding
from checker.definition import Column
from checker.messages import titled
from checker.reader import Budget, Table
from checker.rulebook import Rulebook
from checker.terms import Cell, Finding, Judgement, Severity

Judged = Mapping[str, Mapping[int, Judgement]]


@dataclass(frozen=True, eq=False)
class Submission:
    """报送: what every check sees. judged is sheet → physical row → judgement; year is the budget year."""

    budget: Budget
    judged: Judged
    rulebook: Rulebook
    year: int | None = None

    def tables(self, *fields: str) -> Iterator[Table]:
        """The tables that have all these fields, as a column or in the header block."""
        return (table for table in self.budget.tables if all(has(table, name) for name in fields))

    def judged_lines(self) -> Iterator[tuple[Table, int, Judgement]]:
        for table in self.budget.tables:
            for row, judgement in self.judged.get(table.sheet, {}).items():
                yield table, row, judgement

    def taken_for_granted(self, table: Table, column: Column) -> str:
        """By which plans the lines were judged where this cell of the header block should say it, as a sentence."""
        if column.field not in ("year", "division") or column.field in table.columns:
            return ""
        divisions = dict.fromkeys(column_values(table, "division").values()) or {None: None}
        told = (binding(division or "", self.year, self.rulebook).told for division in divisions)
        return "".join(f"。{one}" for one in dict.fromkeys(filter(None, told)))


def has(table: Table, name: str) -> bool:
    return name in table.columns or name in table.header


def column_values(table: Table, name: str) -> dict[int, Any]:
    """Row → value of one field, None where blank; empty where the table has no such field."""
    if not has(table, name) or name not in table.lines:
        return {}
    series = table.lines[name]
    values = (None if missing else value for value, missing in zip(series.tolist(), series.isna(), strict=True))
    return dict(zip(series.index.tolist(), values, strict=True))


def text_at(table: Table, row: int, name: str) -> str:
    """One field of a line as text; empty where blank or absent."""
    value = table.lines.at[row, name] if name in table.lines else None
    return value if isinstance(value, str) else ""


def cells_of(table: Table, row: int, names: Iterable[str]) -> tuple[Cell, ...]:
    """Where these fields of a line stand, each place once, without those the sheet does not have."""
    return tuple(dict.fromkeys(table.cell(row, name) for name in names if has(table, name)))


Function = Callable[[Submission], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """核查: one finding code. Without one of the fields it needs, or where unless gives a reason, it is skipped.

    A finding that names a cell at which a check it follows has found something is that finding's consequence.
    texts are title, why and fix as declared, where a column stands as its {field}.
    """

    code: str
    texts: tuple[str, str, str]
    severity: Severity
    function: Function
    needs: tuple[str, ...] = ()
    unless: Callable[[Submission], str] | None = None
    follows: tuple[str, ...] = ()

    @cached_property
    def title(self) -> str:
        return titled(self.texts[0])

    @cached_property
    def why(self) -> str:
        return titled(self.texts[1])

    @cached_property
    def fix(self) -> str:
        return titled(self.texts[2])


CHECKS: dict[str, Check] = {}

# The families in the order they are run, listed and explained; XS is checked over a whole batch.
FAMILIES = {"ST": "结构", "LN": "明细", "LV": "级次", "BA": "依据", "TO": "合计与重复", "XS": "跨报送"}


def code(
    code: str,
    title: str,
    *,
    why: str,
    fix: str,
    severity: Severity = Severity.ERROR,
    needs: tuple[str, ...] = (),
    unless: Callable[[Submission], str] | None = None,
    follows: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Declare the function below as the one check behind a finding code.

    title, why and fix are what the bureau reads (in Chinese, a column as its {field}); the function's docstring is
    what the next developer reads (in English).
    """

    def declare(function: Function) -> Function:
        if code in CHECKS:
            raise ValueError(f"{code} is already {CHECKS[code].function.__qualname__}")
        CHECKS[code] = Check(code, (title, why, fix), severity, function, needs, unless, follows)
        return function

    return declare
