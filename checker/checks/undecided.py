"""LV: lines the plan does not decide, one code for each reason and each cure."""

from collections.abc import Iterator

from checker import reasons as grounds
from checker.binding import UNSAID
from checker.checks.judged import NEEDED, UNCHARGED, cells_behind, quoted
from checker.checks.registry import Submission, cells_of, code, has, text_at
from checker.terms import Finding, Severity, Verdict

_TOLD_ELSEWHERE = (
    grounds.SEVERAL,
    grounds.UNLISTED,
    grounds.OPEN,
    grounds.UPPER,
    grounds.DISAGREES,
    grounds.LEVEL_UNCLEAR,
    grounds.FROM_ABOVE,
)


def _undecided(submission: Submission, *reasons: str) -> Iterator[Finding]:
    """A level that is known, against a column that is not there, is told once for the table (ST02)."""
    for table, row, judgement in submission.judged_lines():
        if judgement.responsible_level and not has(table, "charged_level"):
            continue
        if judgement.verdict is Verdict.UNDECIDED and judgement.reason in reasons:
            cells, charged = cells_behind(table, row, judgement), text_at(table, row, "charged_level")
            yield Finding(judgement.because, cells, charged, fix=judgement.cure, basis=judgement.clause)


@code(
    "LV06",
    "一行含几项不同级次的事",
    why="几件事由不同级次承担，或其中有未列事项，合在一行无法判断，也无法分清各级出多少钱。",
    fix="按事项拆成几行，分别填写{content}、{charged_level}和{amount}。",
    severity=Severity.WARNING,
    needs=NEEDED,
)
def several_matters(submission: Submission) -> Iterator[Finding]:
    """The parts are named, with the words that name them."""
    for table, row, judgement in submission.judged_lines():
        if judgement.verdict is Verdict.UNDECIDED and judgement.reason == grounds.SEVERAL:
            cells, parts = cells_behind(table, row, judgement), "、".join(judgement.parts)
            message = f"{judgement.because}{quoted(judgement)}"
            yield Finding(message, cells, parts, "一行只含同一级次承担的事项", basis=judgement.clause)


@code(
    "LV07",
    "未列事项，须由财政部门认定",
    why="划分方案没有列明这类事项，由财政部门按改革总体要求和事项特点具体确定；这不是填报错误。",
    fix="填报单位不用改。由财政部门认定由哪一级承担，并登记认定文件；认定前不作级次结论。",
    severity=Severity.WARNING,
    needs=NEEDED,
)
def unlisted(submission: Submission) -> Iterator[Finding]:
    """Not in the plan, or left open by it: nobody but the office decides."""
    yield from _undecided(submission, grounds.UNLISTED, grounds.OPEN)


@code(
    "LV08",
    "可能属上级事权，没有装入上级方案",
    why="这类事项可能已列入上级财政事权；本程序没有装入上级的方案，不能单独判断。",
    fix="填报单位先不用改，由财政部门的审核人对照上级方案认定。属上级事权的，从本级申报表中删去；受委托办理的，列为上级转移支付。",
    severity=Severity.WARNING,
    needs=NEEDED,
)
def upper_plan_not_loaded(submission: Submission) -> Iterator[Finding]:
    """The plan of the level above would have to say."""
    yield from _undecided(submission, grounds.UPPER)


@code(
    "LV10",
    "写得不够明确，不能判断",
    why="看不出做的是哪一项工作，就不能说由哪一级承担；程序不猜。",
    fix="在“{name}”和“{content}”中写清做什么、在哪里做、不包括什么，然后重新核查。",
    severity=Severity.WARNING,
    needs=NEEDED,
    follows=("LN03", "LN04", "LN10", "LN11", "ST06", *UNCHARGED),
)
def too_vague(submission: Submission) -> Iterator[Finding]:
    """Undecided for want of words, and for every reason that has no code of its own."""
    for table, row, judgement in submission.judged_lines():
        if judgement.verdict is Verdict.UNDECIDED and judgement.reason not in _TOLD_ELSEWHERE:
            unsaid = ("year", "division") if judgement.reason == UNSAID else ()
            cells = cells_of(table, row, ["charged_level", "name", "content", *unsaid])
            name = text_at(table, row, "name")
            yield Finding(judgement.because, cells, name, "写明做什么", judgement.cure, judgement.clause)


@code(
    "LV12",
    "看不出属于哪一级的工作",
    why="事项看得出，但工作范围、组织者或隶属关系写得不够，两级都有可能。",
    fix="在“{content}”中写明由谁组织、面向哪些地方、做的是哪一部分；写不清的，由财政部门认定。",
    severity=Severity.WARNING,
    needs=NEEDED,
    follows=(*UNCHARGED, "ST06", "LV05", "LV11"),
)
def level_unclear(submission: Submission) -> Iterator[Finding]:
    """The matter is known, the fact that tells its level is not."""
    yield from _undecided(submission, grounds.LEVEL_UNCLEAR)


@code(
    "LV13",
    "资金在级次之间转移，级次待认定",
    why="用上级下达的资金办事，或把资金转移给下级办事，不等于级次错了；但钱由谁出、事由谁办要分开说明。",
    fix="上级下达的部分填入“{transfer}”，本级安排的填入“{own_funds}”；对下转移的写明给哪里、办什么；并写明下达文件。",
    severity=Severity.WARNING,
    needs=NEEDED,
)
def money_from_above(submission: Submission) -> Iterator[Finding]:
    """Transfers from above never make a line wrong by themselves."""
    yield from _undecided(submission, grounds.FROM_ABOVE)
