"""LN: what is wrong with a cell of a line, whatever the plan says."""

import re
from collections.abc import Iterator
from functools import lru_cache
from statistics import median

from checker.checks.registry import Submission, code, column_values, has
from checker.checks.settings import setting
from checker.codes import code_list
from checker.definition import Column
from checker.money import FEN, show
from checker.reader import Failure, Table
from checker.rulebook import Rulebook
from checker.terms import Cell, Finding, Severity
from checker.text import normalise

_LONGEST_SHOWN = 40
_CODE = re.compile(r"(\d+)[\s\-—_：:]*(.*)")


def _failures(submission: Submission, *kinds: str) -> Iterator[tuple[Table, Failure, Column, Cell]]:
    for table in submission.budget.tables:
        for failure in table.failures:
            if failure.kind in kinds and has(table, failure.field):
                yield table, failure, table.definition.column(failure.field), table.cell(failure.row, failure.field)


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…（共{len(text)}个字）"


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
        if failure.field in table.columns:
            yield Finding(f"“{column.title}”没有填写", (cell,), accepted=column.accepted)


@code(
    "LN02",
    "不在可选范围内",
    why="这一栏只能填下拉列表中的内容，别的写法不能准确对应。",
    fix="从下拉列表中选择；没有合适的，选填栏可以留空。",
    follows=("ST07", "ST08"),
)
def not_in_list(submission: Submission) -> Iterator[Finding]:
    """The usual other spellings have been understood before; what is left names nothing. ST20 tells of the unit."""
    unknown = [(failure.value, column, cell) for _, failure, column, cell in _failures(submission, "list")]
    for text, column, cell in [*unknown, *_unknown_matters(submission)]:
        if column.field != "unit":
            shown = _shown(text)
            yield Finding(f"“{column.title}”填的是“{shown}”，不在可选范围内", (cell,), shown, column.accepted)


def _unknown_matters(submission: Submission) -> Iterator[tuple[str, Column, Cell]]:
    """Declared matters that no plan in force for the line has; without a plan there is nothing to compare with."""
    for table in submission.tables("matter", "division"):
        divisions = column_values(table, "division")
        for row, text in column_values(table, "matter").items():
            titles = _matter_titles(submission, divisions[row]) if text else frozenset()
            if titles and normalise(text) not in titles:
                yield text, table.definition.column("matter"), table.cell(row, "matter")


def _matter_titles(submission: Submission, division: str | None) -> frozenset[str]:
    return (
        _titles_in_force(submission.rulebook, division, submission.year)
        if division and submission.year
        else frozenset()
    )


@lru_cache(maxsize=256)
def _titles_in_force(rulebook: Rulebook, division: str, year: int) -> frozenset[str]:
    matters = (matter for plan in rulebook.in_force(division, year) for matter in plan.matters)
    return frozenset(normalise(text) for one in matters for text in (one.id, one.name, one.title))


@code(
    "LN03",
    "数字看不懂",
    why="读不成数字的金额不能核对，也不能计入合计；程序不猜。",
    fix="只填数字，不带“约”“左右”和起止范围，逗号只用来分隔千位。",
    follows=("ST07", "ST08"),
)
def number_unreadable(submission: Submission) -> Iterator[Finding]:
    """Text that two readers might take for different numbers, or for none."""
    for _, failure, column, cell in _failures(submission, "number"):
        shown = _shown(failure.value)
        yield Finding(f"“{column.title}”填的是“{shown}”，不能读成一个确定的数", (cell,), shown, column.accepted)


@code(
    "LN04",
    "数字超出范围",
    why="预算金额应大于0，资金来源不能是负数，都不能大得超出常理。",
    fix="核对数字、正负号和单位（万元）。",
    follows=("ST07", "ST08"),
)
def out_of_range(submission: Submission) -> Iterator[Finding]:
    """Beyond the limits of the table definition."""
    for _, failure, column, cell in _failures(submission, "range"):
        shown = _shown(failure.value)
        yield Finding(f"“{column.title}”填的是{shown}，超出范围", (cell,), shown, column.accepted)


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
        shown = _shown(failure.value)
        yield Finding(f"“{column.title}”填的是“{shown}”，不是规定位数的代码", (cell,), shown, column.accepted)


def _no_code_list(submission: Submission) -> str:
    if submission.year is None:
        return "预算年度不明，不知用哪一年的科目表"
    lists = [code_list(name, submission.year) for name in setting("codes_of").values()]
    return "" if any(lists) else f"{submission.year}年度的科目表未收录"


def _codes(submission: Submission) -> Iterator[tuple[Cell, Column, str, str, str, bool]]:
    """Cell, column, code, name written beside it, name in the list of the year, whether the code is surely unknown."""
    for field, name in setting("codes_of").items():
        known = code_list(name, submission.year) if submission.year else None
        for table in submission.tables(field) if known else ():
            for row, text in column_values(table, field).items():
                if text and known and (read := _CODE.fullmatch(str(text))):
                    digits, beside = read[1], normalise(read[2])
                    column, cell = table.definition.column(field), table.cell(row, field)
                    yield cell, column, digits, beside, known.names.get(digits, ""), known.lacks(digits)


@code(
    "LN06",
    "科目代码不在当年科目表中",
    why="上一级科目下的明细科目已全部收录，其中没有这个代码；科目每年调整，可能用了旧代码。",
    fix="对照财政部当年《政府收支分类科目》核对代码。",
    severity=Severity.WARNING,
    unless=_no_code_list,
    follows=("LN05",),
)
def code_unknown(submission: Submission) -> Iterator[Finding]:
    """Only below a code whose every child is listed that year."""
    for cell, column, digits, _, _, lacking in _codes(submission):
        if lacking:
            message = f"“{column.title}”{digits}不在{submission.year}年度科目表中"
            yield Finding(message, (cell,), digits, f"{submission.year}年度的科目代码")


@code(
    "LN07",
    "科目代码与名称不一致",
    why="代码和名称指的不是同一个科目，不知以哪个为准。",
    fix="核对后改正代码或名称。",
    severity=Severity.WARNING,
    unless=_no_code_list,
    follows=("LN05",),
)
def code_and_name_disagree(submission: Submission) -> Iterator[Finding]:
    """The name may be shortened or carry those of the codes above it, so containing one another is agreement."""
    for cell, column, digits, beside, listed, _ in _codes(submission):
        named = normalise(listed)
        if beside and named and beside not in named and named not in beside:
            message = f"“{column.title}”{digits}应是“{listed}”，写的是“{beside}”"
            yield Finding(message, (cell,), f"{digits} {beside}", f"{digits} {listed}")


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
        yield Finding(message, (cell,), _shown(failure.value), "半角数字、字母，没有不可见字符")


def _placeholders(submission: Submission, which: str) -> Iterator[tuple[Column, Cell, str]]:
    for field in setting("placeholders")[which]:
        for table in submission.tables(field):
            words = {normalise(word).casefold() for word in table.definition.placeholders}
            for row, text in column_values(table, field).items():
                if text and normalise(str(text)).casefold() in words:
                    yield table.definition.column(field), table.cell(row, field), str(text)


@code(
    "LN10",
    "必填项只填了占位文字",
    why="“待填”“XX”“无”等于没有填，看不出做什么。",
    fix="换成实际内容。",
)
def placeholder_in_required(submission: Submission) -> Iterator[Finding]:
    """The words are declared with the table."""
    for column, cell, text in _placeholders(submission, "required"):
        yield Finding(f"“{column.title}”只填了“{text}”，没有实际内容", (cell,), text, column.accepted)


@code(
    "LN11",
    "项目内容只填了占位文字",
    why="判断级次主要看项目内容；“同上”“见附件”在逐行核查时没有内容可看。",
    fix="写清做什么、在哪里做、不包括什么；确实没有可写的，留空。",
    severity=Severity.WARNING,
)
def placeholder_in_optional(submission: Submission) -> Iterator[Finding]:
    """Fields that may be blank, but not pretend to be filled in."""
    for column, cell, text in _placeholders(submission, "optional"):
        yield Finding(f"“{column.title}”只填了“{text}”，没有实际内容", (cell,), text, column.accepted)


@code(
    "LN12",
    "疑似元、万元混淆",
    why="金额与同表其他各行相差上万倍，多半是单位填错；程序不猜，仍按万元计算。",
    fix="核对金额单位。以元填的，除以10000改为万元；确是这个数的，请在备注中说明。",
    severity=Severity.WARNING,
    needs=("amount",),
    follows=("LN03", "LN04", "LN14"),
)
def unit_mixed_up(submission: Submission) -> Iterator[Finding]:
    """A whole table in the wrong unit is one finding at the title; else each outlier is its own."""
    for table in submission.tables("amount"):
        amounts = {row: fen for row, fen in column_values(table, "amount").items() if fen and fen > 0}
        limits, unit = setting("amounts"), FEN[table.definition.unit]
        many = len(amounts) >= limits["fewest_lines"]
        middle = median(amounts.values()) if amounts else 0
        if many and middle >= limits["whole_table_median"] * unit:
            yield _whole_table(table, int(middle), len(amounts))
            continue
        for row, fen in amounts.items():
            if told := _suspicion(table, fen, int(middle) if many else 0):
                value = show(fen, table.definition.unit)
                yield Finding(f"预算金额{value}，{told}", (table.cell(row, "amount"),), value, "以万元为单位的金额")


def _whole_table(table: Table, middle: int, lines: int) -> Finding:
    unit = table.definition.unit
    where = Cell(table.sheet, table.header_row, table.columns["amount"])
    message = f"{lines}行金额的中位数是{show(middle, unit)}，疑似整表按元填写，不再逐行列出"
    return Finding(message, (where,), show(middle, unit), "以万元为单位的金额")


def _suspicion(table: Table, fen: int, middle: int) -> str:
    limits, unit = setting("amounts"), FEN[table.definition.unit]
    most = table.definition.column("amount").plausible_maximum
    if most and fen >= most * unit:
        return f"一行超过{show(most * unit)}，疑似把元填成了万元"
    if middle and fen >= max(limits["only_from"] * unit, limits["times_the_median"] * middle):
        return f"是同表各行中位数{show(middle, table.definition.unit)}的{fen // middle}倍，疑似把元填成了万元"
    if fen < limits["below"] * unit:
        return "不足100元，疑似把万元数又除了一次10000"
    return ""


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
        yield Finding(message, (cell,), _shown(failure.value), column.accepted)


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
        shown = _shown(failure.value)
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
        shown = _shown(failure.value)
        yield Finding(f"“{column.title}”填的是“{shown}”，不是日期", (cell,), shown, column.accepted)
