"""LN: what is wrong with a cell of a line, whatever the plan says."""

from collections.abc import Iterator

from checker.checks.numbers import obstacle
from checker.checks.registry import Submission, code, column_values, has
from checker.checks.wording import cut
from checker.definition import Column
from checker.money import show
from checker.reader import Failure, Table
from checker.terms import Cell, Finding, Severity
from checker.text import normalise


def _failures(submission: Submission, *kinds: str) -> Iterator[tuple[Table, Failure, Column, Cell]]:
    for table in submission.budget.tables:
        for failure in table.failures:
            if failure.kind in kinds and has(table, failure.field):
                yield table, failure, table.definition.column(failure.field), table.cell(failure.row, failure.field)


@code(
    "LN01",
    "必填项没有填",
    why="缺了必填项，这一行不完整，有的还无法判断级次。",
    fix="补填这一格。",
    follows=("ST07", "ST08"),
)
def required_blank(submission: Submission) -> Iterator[Finding]:
    """Fields of the header block are told by ST06."""
    for table, failure, column, cell in _failures(submission, "required"):
        if failure.row > table.header_row:
            yield Finding(f"“{column.title}”没有填写", (cell,), accepted=column.accepted)


@code(
    "LN02",
    "不在可选范围内",
    why="这一栏只能填下拉列表中的内容，别的写法不能准确对应。",
    fix="从下拉列表中选择；必填的栏不能空着，选填的栏没有合适的可以留空。",
    follows=("ST07", "ST08"),
)
def not_in_list(submission: Submission) -> Iterator[Finding]:
    """The usual other spellings have been understood before; what is left names nothing. ST20 tells of the unit."""
    found = ((table, failure.value, column, cell) for table, failure, column, cell in _failures(submission, "list"))
    for table, text, column, cell in [*found, *_unknown_matters(submission)]:
        if column.field != "unit":
            shown, taken = cut(text), submission.taken_for_granted(table, column)
            message = f"“{column.title}”填的是“{shown}”，不在可选范围内（{column.accepted}）{taken}"
            fix = "从下拉列表中选择，不能空着。" if column.required else "从下拉列表中选择；没有合适的，留空。"
            yield Finding(message, (cell,), shown, column.accepted, fix)


def _unknown_matters(submission: Submission) -> Iterator[tuple[Table, str, Column, Cell]]:
    """Declared matters that no plan in force for the line has; without a plan there is nothing to compare with."""
    titles: dict[str, frozenset[str]] = {}
    for table in submission.tables("matter", "division"):
        divisions = column_values(table, "division")
        for row, text in column_values(table, "matter").items():
            division = divisions[row]
            if text and division and division not in titles:
                titles[division] = _matter_titles(submission, division)
            if text and division and titles[division] and normalise(text) not in titles[division]:
                yield table, text, table.definition.column("matter"), table.cell(row, "matter")


def _matter_titles(submission: Submission, division: str) -> frozenset[str]:
    plans = submission.rulebook.in_force(division, submission.year) if submission.year else ()
    matters = (matter for plan in plans for matter in plan.matters)
    return frozenset(normalise(text) for one in matters for text in (one.id, one.name, one.title))


@code(
    "LN03",
    "数字看不懂",
    why="读不成数字的金额不能核对，也不能计入合计；程序不猜。",
    fix="只填数字，不带“约”“左右”和起止范围，逗号只用来分隔千位；年度填四位数字。",
    follows=("ST07", "ST08"),
)
def number_unreadable(submission: Submission) -> Iterator[Finding]:
    """Text that two readers might take for different numbers, or for none."""
    for table, failure, column, cell in _failures(submission, "number"):
        shown = cut(failure.value)
        told, fix = f"读不成{column.accepted}", f"填{column.accepted}{'' if column.required else '，或留空'}。"
        if column.dtype == "amount":
            cause, fix = obstacle(failure.value, table.units.get(column.field, table.definition.unit))
            told = f"{cause}，读不成一个确定的数{_left_out(column)}"
        taken = submission.taken_for_granted(table, column)
        yield Finding(f"“{column.title}”填的是“{shown}”，{told}{taken}", (cell,), shown, column.accepted, fix)


def _left_out(column: Column) -> str:
    return "；这一行的金额没有计入合计" if column.field == "amount" else ""


@code(
    "LN04",
    "数字超出范围",
    why="预算金额应大于0，资金来源不能是负数，都不能大得超出常理。",
    fix="核对数字、正负号和单位。",
    follows=("ST07", "ST08"),
)
def out_of_range(submission: Submission) -> Iterator[Finding]:
    """Beyond the limits of the table definition."""
    for table, failure, column, cell in _failures(submission, "range"):
        shown = cut(failure.value)
        message = f"“{column.title}”填的是{shown}，超出范围（{column.accepted}）{_left_out(column)}"
        message += submission.taken_for_granted(table, column)
        fix = "" if column.dtype == "amount" else f"填{column.accepted}。"
        yield Finding(message, (cell,), shown, column.accepted, fix)


@code(
    "LN05",
    "代码格式不对",
    why="位数不对的代码不能对应科目；以数字存放时前面的0会丢失，长代码会变成科学记数。",
    fix="按位数填写代码，格式设为文本；代码后可以写科目名称。",
    follows=("ST07", "ST08"),
)
def code_malformed(submission: Submission) -> Iterator[Finding]:
    """Not the digits a code of this column has."""
    for _, failure, column, cell in _failures(submission, "pattern"):
        shown = cut(failure.value)
        yield Finding(f"“{column.title}”填的是“{shown}”，不是{column.accepted}", (cell,), shown, column.accepted)


@code(
    "LN08",
    "数字以文字存放",
    why="以文字存放的数字，求和时会漏掉；程序已按数字读出，请核对读得对不对。",
    fix="把格式改为数值后重新填写，不带单位和其他文字。",
    severity=Severity.WARNING,
    follows=("LN03", "LN04", "LN14"),
)
def number_as_text(submission: Submission) -> Iterator[Finding]:
    """Read all the same, and the value as read is shown."""
    for table, failure, column, cell in _failures(submission, "coerced"):
        value = _value(table, failure, column)
        yield Finding(f"“{column.title}”的“{failure.value}”按{value}读出", (cell,), failure.value, column.accepted)


def _value(table: Table, failure: Failure, column: Column) -> str:
    in_line = failure.field in table.columns
    value = table.lines.at[failure.row, failure.field] if in_line else table.header[failure.field].value
    return show(int(str(value)), table.definition.unit) if column.dtype == "amount" else str(value)


@code(
    "LN09",
    "含全角或不可见字符",
    why="从网页、聊天软件粘贴的文字常带这类字符，会使查找、筛选和对应失灵；本次已替换后核查。",
    fix="重新输入这一格，或粘贴时选“只保留文本”。",
    severity=Severity.INFO,
    follows=("LN01", "LN02", "LN03", "LN04", "LN05", "LN08", "LN10", "LN11", "LN13", "LN14", "LN15"),
)
def tidied(submission: Submission) -> Iterator[Finding]:
    """Full-width letters and digits, no-break and invisible characters, put right before comparing."""
    for _, failure, column, cell in _failures(submission, "tidied"):
        message = f"“{column.title}”含全角或不可见字符，已替换后核查"
        yield Finding(message, (cell,), cut(failure.value), "半角数字、字母，没有不可见字符")


@code(
    "LN13",
    "文字太长",
    why="超出长度的文字多半是粘贴错了，系统也装不下。",
    fix="写明要点，其余放到附件。",
)
def too_long(submission: Submission) -> Iterator[Finding]:
    """Longer than the table definition allows."""
    for _, failure, column, cell in _failures(submission, "length"):
        message = f"“{column.title}”有{len(failure.value)}个字，最多{column.max_length}个字"
        yield Finding(message, (cell,), cut(failure.value), column.accepted)


@code(
    "LN14",
    "金额小数位过多",
    why="金额最小到分，即万元的6位小数；再多的位数会在合计时产生差额。",
    fix="四舍五入到分，最多保留6位小数。",
    follows=("ST07", "ST08"),
)
def too_precise(submission: Submission) -> Iterator[Finding]:
    """Parts of a fen."""
    for _, failure, column, cell in _failures(submission, "precision"):
        shown = cut(failure.value)
        yield Finding(f"“{column.title}”填的是{shown}，不足一分的部分已四舍五入", (cell,), shown, column.accepted)


@code(
    "LN15",
    "日期看不懂",
    why="读不成日期的填报日期不能使用；它不影响判断。",
    fix="按“2026-11-23”的样子填写。",
    severity=Severity.WARNING,
    follows=("ST07", "ST08"),
)
def date_unreadable(submission: Submission) -> Iterator[Finding]:
    """Nothing else depends on it."""
    for _, failure, column, cell in _failures(submission, "date"):
        shown = cut(failure.value)
        yield Finding(f"“{column.title}”填的是“{shown}”，不是日期", (cell,), shown, column.accepted)
