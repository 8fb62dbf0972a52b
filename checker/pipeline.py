"""check(): the bytes of one submission and the law in, a Report out; no path, no clock, no global state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import blake2b
from typing import Any

from checker import checks
from checker.binding import UNSAID, Binding, binding
from checker.errors import UnreadableWorkbook
from checker.judgement import judge_all
from checker.messages import doubt
from checker.places import find
from checker.reader import Budget, Table, read
from checker.register import Determinations, Register, waive
from checker.rulebook import Rulebook
from checker.terms import Cell, Evidence, JudgedLine, Judgement, Level, Line, Report, TablePlace, Verdict
from checker.text import tidy
from checker.workbook import text_of

_LINE_FIELDS = tuple(field.name for field in fields(Line))
_LEVEL = {level.value: level for level in Level}
_UNREAD = "charged_as_typed"
_CARRIED = {"serial", "name", "content", "charged_level", "amount"}
_LEVELS = {"bureau_level", "charged_level"}
_BLANK = dict.fromkeys((*_LEVELS, "amount", "own_funds", "transfer", "other_funds"))


def check(
    content: bytes,
    rulebook: Rulebook,
    register: Register | None = None,
    year: int | None = None,
    plan: str | None = None,
    on: date | None = None,
) -> Report:
    """Judge every line of one submission under the plans in force and run every check on it.

    year overrides the budget year the file states; plan leaves only the plan with this id. An entry of the register
    must hold on the day `on`, else in the budget year.
    raises: UnreadableWorkbook for what is no submission, and where no plan is in force for any of its lines;
    BadDeclaration for a plan that is not loaded.
    """
    budget = read(content)
    rulebook = rulebook.only([plan]) if plan else rulebook
    register, year = register or Register(), year or budget.year
    plans, determinations = _bindings(budget, rulebook, year), register.during(year, on)
    lines = tuple(line for table in budget.tables for line in _judged_lines(table, plans, determinations))
    judged = {
        table.sheet: {line.row: line.judgement for line in lines if line.sheet == table.sheet}
        for table in budget.tables
    }
    return Report(
        sha256=budget.sha256,
        rulebook=" + ".join(filter(None, (rulebook.version, register.version))),
        template=budget.template,
        year=year,
        lines=lines,
        findings=waive(checks.run(budget, judged, rulebook, year), lines, register, year, on),
        tables=tuple(TablePlace(one.sheet, one.header_row, one.last_row, one.last_column) for one in budget.tables),
        skipped=checks.skipped(budget, judged, rulebook, year),
    )


def _bindings(budget: Budget, rulebook: Rulebook, year: int | None) -> dict[str, Binding]:
    """Division as it stands in a line → the plans that bind it in the budget year."""
    divisions = {division for table in budget.tables for division in table.lines["division"].fillna("").unique()}
    found = {division: binding(division, year, rulebook) for division in divisions}
    if not any(one.choices for one in found.values()):
        raise _none_in_force(rulebook, year, divisions)
    return found


def _none_in_force(rulebook: Rulebook, year: int | None, divisions: set[str]) -> UnreadableWorkbook:
    known = "；".join(
        f"《{plan.document.title}》（{plan.id}，{_called(plan.place)}，{plan.valid_from} 年度起）"
        for plan in rulebook.plans
    )
    where = "、".join(sorted(map(_called, filter(None, divisions)))) or "（行政区划未填）"
    return UnreadableWorkbook(
        "no-plan-in-force",
        f"{where}在 {year or '未填的'} 预算年度没有生效的划分方案，无法判断级次。已装入：{known}。"
        "请核对表中的预算年度和行政区划；年度填错的，改正后重新核查。",
    )


def _called(division: str) -> str:
    """A division as people call it, whether it was given by code or by name."""
    place = find(division)
    return place.name if place else division


def _judged_lines(table: Table, plans: dict[str, Binding], determinations: Determinations) -> Iterator[JudgedLine]:
    """Every line of a table with its verdict, in the order of the file."""
    lines = list(_lines(table))
    judgements = _judgements(lines, plans, determinations)
    amounts, named = _amounts(table), checks.has(table, "name")
    where = _Where(table)
    rows = zip(table.lines.index.tolist(), amounts, lines, judgements, _digests(table), strict=True)
    for row, amount, line, judgement, digest in rows:
        yield JudgedLine(
            sheet=table.sheet,
            row=row,
            bureau=line.bureau,
            bureau_level=line.bureau_level,
            name=line.name,
            amount_fen=amount,
            charged_level=line.charged_level,
            judgement=judgement,
            evidence=_Words(row, where, judgement.evidence),
            division=line.division,
            content=line.content,
            cell=table.cell(row, "name") if named else None,
            digest=digest,
        )


def _digests(table: Table) -> Iterator[str]:
    """Of every line a sign of what it says in the columns that a judged line does not carry."""
    names = (column.field for column in table.definition.columns if column.field not in _CARRIED)
    columns = (_plain(table, name) for name in names)
    for said in zip(*columns, strict=True):
        yield blake2b("\x1f".join(map(str, said)).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _amounts(table: Table) -> list[int | None]:
    """The amounts that can be counted: one that cannot be meant (-1) is a finding of its own and no part of a sum."""
    refused = {failure.row for failure in table.failures if (failure.field, failure.kind) == ("amount", "range")}
    rows = zip(table.lines.index.tolist(), _plain(table, "amount"), strict=True)
    return [None if row in refused else amount for row, amount in rows]


def _judgements(lines: list[Line], plans: dict[str, Binding], determinations: Determinations) -> list[Judgement]:
    """The lines of all divisions that the same plans bind are judged in one go."""
    judged = [_without_plan()] * len(lines)
    for bound in {one for one in plans.values() if one.choices}:
        places = [place for place, line in enumerate(lines) if plans[line.division] == bound]
        ours = [lines[place] for place in places]
        found = [judge_all(ours, choice, determinations) for choice in bound.choices]
        for place, *ways in zip(places, *found, strict=True):
            judged[place] = _agreed(ways, bound)
    return judged


def _without_plan() -> Judgement:
    """What is said of every line that no plan binds."""
    told = doubt("no_plan")
    return Judgement(Verdict.UNDECIDED, told.why, reason="没有生效的方案", cure=told.cure)


def _agreed(ways: list[Judgement], bound: Binding) -> Judgement:
    """The judgement that every set of plans that may bind the line leads to; no verdict rests on a guess."""
    latest = ways[-1]
    if not bound.unsaid:
        return latest
    if len({(one.verdict, one.responsible_level) for one in ways}) == 1:
        return replace(latest, because=f"{latest.because}。{bound.told}")
    because = f"{bound.unsaid}没有填清楚，可能适用的几种方案结论不同，不能判断由哪一级承担"
    return Judgement(Verdict.UNDECIDED, because, reason=UNSAID, cure=f"填清楚{bound.unsaid}，重新核查。")


def _lines(table: Table) -> Iterator[Line]:
    """The lines of a table as the judgement takes them."""
    columns = (_unread_levels(table) if name == _UNREAD else _plain(table, name) for name in _LINE_FIELDS)
    for values in zip(*columns, strict=True):
        yield Line(*values)


def _unread_levels(table: Table) -> list[str]:
    """What the bureau typed for the charged level, where it names none."""
    levels = _plain(table, "charged_level")
    typed = table.raw.get("charged_level") or [""] * len(levels)
    return ["" if level else tidy(text_of(value)) for level, value in zip(levels, typed, strict=True)]


def _plain(table: Table, name: str) -> list[Any]:
    """A column as plain Python: levels, whole numbers or None, and "" for text that is blank or absent."""
    if name not in table.lines:
        return [_BLANK.get(name, "")] * len(table.lines)
    column, blank = table.lines[name], _BLANK.get(name, "")
    values = [blank if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
    return [value and _LEVEL[value] for value in values] if name in _LEVELS else values


class _Where(dict[str, Cell | int]):
    """Where the fields of a table's lines stand: the column, or the cell of the header block."""

    def __init__(self, table: Table) -> None:
        given = (name for name in (*_LINE_FIELDS, "amount") if checks.has(table, name))
        super().__init__({name: table.columns.get(name) or table.header[name].cell for name in given})
        self.sheet = table.sheet


@dataclass(frozen=True, slots=True, eq=False)
class _Words(Sequence[tuple[Cell, str]]):
    """The words that led to a verdict, each with the cell it stands in; a million lines hold them only when asked."""

    row: int
    where: _Where
    evidence: tuple[Evidence, ...]

    def __iter__(self) -> Iterator[tuple[Cell, str]]:
        for one in self.evidence:
            place = self.where.get(one.field)
            if place is not None:
                yield (place if isinstance(place, Cell) else Cell(self.where.sheet, self.row, place)), one.words

    def __len__(self) -> int:
        return sum(one.field in self.where for one in self.evidence)

    def __getitem__(self, index: Any) -> Any:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
