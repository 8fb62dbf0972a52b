"""TO: what does not add up, or stands twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from checker.checks.registry import Submission, code, column_values
from checker.checks.settings import setting
from checker.money import show
from checker.reader import Table, Total
from checker.terms import Cell, Finding, Severity
from checker.text import normalise

_FUNDS = ("own_funds", "transfer", "other_funds")
_PLACES_SHOWN = 6
_UNREADABLE = ("LN03", "LN04", "LN14", "ST07", "ST08")


@code(
    "TO01",
    "资金来源合计不等于预算金额",
    why="三项资金来源填了任何一项，就应说明全部预算金额从哪里来。",
    fix="两边都核对：预算金额错的，改预算金额；资金来源错的，改资金来源，没有的留空。改到两边相等。",
    needs=("amount",),
    follows=("LN01", *_UNREADABLE),
)
def funds_do_not_add_up(submission: Submission) -> Iterator[Finding]:
    """Exact in fen; blank is 0 where any of the three is filled in."""
    broken = _broken(submission)
    for table in submission.tables("amount"):
        funds = {name: column_values(table, name) for name in _FUNDS}
        for row, amount in column_values(table, "amount").items():
            parts = {name: values[row] for name, values in funds.items() if values.get(row) is not None}
            total = sum(parts.values())
            if parts and amount is not None and abs(total - amount) > setting("totals")["funds"]:
                cells = [cell for name in ("amount", *_FUNDS) for cell in _filled(table, name, [row], broken)]
                yield _funds_finding(table, tuple(cells), amount, total, parts)


def _broken(submission: Submission) -> frozenset[Cell]:
    """The cells that hold something nobody can read: a formula without a value, an error."""
    budget = submission.budget
    return frozenset([*budget.formulas_without_value, *(cell for cell, _ in budget.error_cells)])


def _filled(table: Table, name: str, rows: Iterable[int], broken: frozenset[Cell]) -> list[Cell]:
    """The cells of one field that hold something, or must: a blank one is no part of what does not add up."""
    if name not in table.columns:
        return []
    cells, needed = {row: table.cell(row, name) for row in rows}, table.definition.column(name).required
    return [cell for row, cell in cells.items() if needed or cell in broken or not table.is_blank(row, name)]


def _funds_finding(table: Table, cells: tuple[Cell, ...], amount: int, total: int, parts: dict[str, int]) -> Finding:
    told = "＋".join(f"{table.definition.column(name).title}{show(fen)}" for name, fen in parts.items())
    summed = f"{told}，算得合计{show(total)}" if len(parts) > 1 else f"资金来源只有{told}"
    return Finding(
        f"{summed}；预算金额填的是{show(amount)}，差{show(abs(total - amount))}",
        cells,
        value=f"预算金额{show(amount)}；{told}",
        accepted="预算金额与资金来源之和相等",
    )


@code(
    "TO02",
    "合计行与明细不符",
    why="合计行与各行之和不等，说明有行漏加、重加，或改了明细没有改合计。",
    fix="哪一行的金额错了，先改那一行；各行都没有错的，用求和公式重算合计，或删去合计行：标准表上方会自动合计。",
    follows=("LN01", *_UNREADABLE),
)
def total_row_disagrees(submission: Submission) -> Iterator[Finding]:
    """A blank line counts 0; a line that cannot be read makes the total nobody's fault, so it is its consequence."""
    broken = _broken(submission)
    for table in submission.budget.tables:
        for total in table.totals:
            for name, amount in total.amounts.items():
                if amount is not None and total.covers:
                    yield from _total_finding(table, total, name, amount, broken)


def _total_finding(table: Table, total: Total, name: str, amount: int, broken: frozenset[Cell]) -> Iterator[Finding]:
    values = column_values(table, name)
    lines = sum(values[row] or 0 for row in total.covers)
    if abs(lines - amount) <= setting("totals")["rows"]:
        return
    title, first, last = table.definition.column(name).title, total.covers[0], total.covers[-1]
    summed = f"第{first}至{last}行" if first != last else f"第{first}行"
    yield Finding(
        f"“{total.word}”的{title}是{show(amount)}，{summed}共{len(total.covers)}行明细之和是{show(lines)}，"
        f"差{show(abs(lines - amount))}",
        (table.cell(total.row, name), *_filled(table, name, total.covers, broken)),
        value=show(amount),
        accepted=f"与各行之和相等，各行之和算得{show(lines)}",
    )


@code(
    "TO03",
    "同一项目填报了两次",
    why="同一单位的同名项目由同一级次承担，很可能是重复申报。",
    fix="确属重复的，删去一行；不是重复的，在“{name}”中写明区别。",
    severity=Severity.WARNING,
    needs=("name",),
    follows=("LN10",),
)
def same_item_twice(submission: Submission) -> Iterator[Finding]:
    """Same bureau, name and charged level, over all tables; one item split by level is as the guide asks for."""
    found: dict[tuple[str, ...], list[tuple[Table, int]]] = defaultdict(list)
    for table in submission.tables("name"):
        bureaus, levels = column_values(table, "bureau"), column_values(table, "charged_level")
        for row, name in column_values(table, "name").items():
            if name:
                key = (normalise(bureaus.get(row) or ""), normalise(name), levels.get(row) or "")
                found[key].append((table, row))
    for (_, name, level), lines in found.items():
        if len(lines) > 1:
            cells = [table.cell(row, "name") for table, row in lines]
            places = "、".join(map(str, cells[:_PLACES_SHOWN])) + ("等" if len(cells) > _PLACES_SHOWN else "")
            told = f"同一单位由{level}承担的“{name}”" if level else f"同一单位的“{name}”"
            yield Finding(f"{told}填报了{len(cells)}次：{places}", tuple(cells), name, "一个项目一行")
