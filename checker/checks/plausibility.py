"""LN: what can be read in a cell and still cannot well be meant: codes, placeholders, amounts in the wrong unit."""

import re
from collections.abc import Iterator
from statistics import median

from checker.checks.registry import Submission, code, column_values
from checker.checks.settings import setting
from checker.checks.wording import folded, placeholders
from checker.codes import code_list
from checker.definition import Column
from checker.messages import titled
from checker.money import FEN, show
from checker.reader import Table
from checker.terms import Cell, Finding, Severity
from checker.text import normalise

_CODE = re.compile(r"(\d+)[\s\-—_：:]*(.*)")


def _no_code_list(submission: Submission) -> str:
    if submission.year is None:
        return "预算年度不明，不知用哪一年的科目表"
    lists = [code_list(name, submission.year) for name in setting("codes_of").values()]
    return "" if any(lists) else f"本程序没有{submission.year}年度的科目表"


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


def _placeholders(submission: Submission, which: str) -> Iterator[tuple[Column, Cell, str]]:
    for field in setting("placeholders")[which]:
        for table in submission.tables(field):
            words = placeholders(table)
            for row, text in column_values(table, field).items():
                if text and folded(text) in words:
                    yield table.definition.column(field), table.cell(row, field), text


@code(
    "LN10",
    "必填项只填了占位文字",
    why="“待填”“XX”“无”等于没有填，看不出做什么。",
    fix="换成实际内容。",
)
def placeholder_in_required(submission: Submission) -> Iterator[Finding]:
    """The words are declared with the table."""
    for column, cell, text in _placeholders(submission, "required"):
        yield Finding(f"“{column.title}”只填了“{text}”，没有实际内容", (cell,), text, f"实际的{column.title}")


@code(
    "LN11",
    "{content}只填了占位文字",
    why="判断级次主要看{content}；“同上”“见附件”在逐行核查时没有内容可看。",
    fix="写清做什么、在哪里做、不包括什么；确实没有可写的，留空。",
    severity=Severity.WARNING,
)
def placeholder_in_optional(submission: Submission) -> Iterator[Finding]:
    """Fields that may be blank, but not pretend to be filled in."""
    for column, cell, text in _placeholders(submission, "optional"):
        yield Finding(f"“{column.title}”只填了“{text}”，没有实际内容", (cell,), text, f"实际的{column.title}，或留空")


@code(
    "LN12",
    "疑似元、万元混淆",
    why="金额与同表其他各行相差上万倍，多半是单位填错；程序不猜，仍按万元计算。",
    fix="核对金额单位：以元填的，除以10000改为万元；多除了一次的，乘以10000改回。确是这个数的，在“{remark}”中说明。",
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
                message = f"预算金额{value}，{told[0]}；合计中仍按填报数计入"
                yield Finding(message, (table.cell(row, "amount"),), value, "以万元为单位的金额", told[1])


def _whole_table(table: Table, middle: int, lines: int) -> Finding:
    unit = table.definition.unit
    where = Cell(table.sheet, table.header_row, table.columns["amount"])
    message = f"{lines}行金额的中位数是{show(middle, unit)}，疑似整表按元填写，不再逐行列出；合计中仍按填报数计入"
    return Finding(message, (where,), show(middle, unit), "以万元为单位的金额", titled(_WHOLE_TABLE))


_TOO_LARGE = "核对金额单位。以元填的，除以10000改为万元；确是这个数的，在“{remark}”中说明。"
_WHOLE_TABLE = "核对金额单位。整表按元填的，各行都除以10000改为万元；确是这些数的，在“{remark}”中说明。"
_TOO_SMALL = "核对金额单位。多除了一次10000的，乘以10000改回；确是这个数的，在“{remark}”中说明。"


def _suspicion(table: Table, fen: int, middle: int) -> tuple[str, str] | None:
    """What makes an amount doubtful, and the cure."""
    limits, unit = setting("amounts"), FEN[table.definition.unit]
    most = table.definition.column("amount").plausible_maximum
    if most and fen >= most * unit:
        return f"一行达到{show(most * unit)}以上，疑似把元填成了万元", titled(_TOO_LARGE)
    if middle and fen >= max(limits["only_from"] * unit, limits["times_the_median"] * middle):
        times = f"是同表各行中位数{show(middle, table.definition.unit)}的{fen // middle}倍"
        return f"{times}，疑似把元填成了万元", titled(_TOO_LARGE)
    if fen < limits["below"] * unit:
        return "不足100元，疑似把万元数又除了一次10000", titled(_TOO_SMALL)
    return None
