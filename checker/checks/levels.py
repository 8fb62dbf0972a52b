"""LV: lines charged to a level that does not hold the matter, and money asked of such a level."""

from collections.abc import Iterator

from checker.checks.judged import NEEDED, UNCHARGED, cells_behind, charged_level, holders_of
from checker.checks.registry import Submission, cells_of, code, text_at
from checker.checks.settings import setting
from checker.cures import charge, elsewhere
from checker.plan import By
from checker.reader import Table
from checker.terms import Evidence, Finding, Judgement, Level, Severity, Verdict
from checker.text import normalise


def _wrong(submission: Submission, kind: str) -> Iterator[Finding]:
    for table, row, judgement in submission.judged_lines():
        charged = charged_level(table, row) if judgement.verdict is Verdict.WRONG else None
        if charged and _kind(submission, judgement, charged) == kind:
            yield _wrong_finding(table, row, judgement, charged)


def _kind(submission: Submission, judgement: Judgement, charged: Level) -> str:
    """Which of the three wrongs it is; each line has one."""
    found = submission.rulebook.matter(judgement.matter or "")
    if found and found[1].by is By.AFFILIATION:
        return "affiliation"
    return "pushed down" if any(level.is_above(charged) for level in holders_of(judgement)) else "pushed up"


def _wrong_finding(table: Table, row: int, judgement: Judgement, charged: Level) -> Finding:
    holders = "、".join(holders_of(judgement))
    return Finding(
        judgement.because,
        cells_behind(table, row, judgement),
        value=charged.value,
        accepted=holders if judgement.affiliation in (None, *holders_of(judgement)) else f"列入{holders}预算",
        fix=charge(holders_of(judgement), charged, judgement.affiliation),
        basis=judgement.clause,
    )


@code(
    "LV01",
    "上级事项由下级承担",
    why="谁的财政事权，谁承担支出责任；上级的事项不得转由下级出钱。",
    fix="单位就属应承担的上级的，改“{charged_level}”；不属的，从本单位的申报表中删去这一行，由上级主管部门申报。",
    needs=NEEDED,
    follows=UNCHARGED,
)
def pushed_down(submission: Submission) -> Iterator[Finding]:
    """The level that holds the matter stands above the level it is charged to."""
    yield from _wrong(submission, "pushed down")


@code(
    "LV02",
    "下级事项由上级承担",
    why="谁的财政事权，谁承担支出责任；下级的事项列入上级预算，会挤占上级财力。",
    fix="单位就属应承担的下级的，改“{charged_level}”；不属的，从本单位的申报表中删去，由下级主管部门申报；上级确需支持的，通过转移支付安排。",
    needs=NEEDED,
    follows=UNCHARGED,
)
def pushed_up(submission: Submission) -> Iterator[Finding]:
    """The level that holds the matter stands below the level it is charged to."""
    yield from _wrong(submission, "pushed up")


@code(
    "LV03",
    "{charged_level}与隶属关系不符",
    why="按照隶属关系划分的事项，由实施单位的同级财政承担。",
    fix="由本单位实施的，把“{charged_level}”改为本单位所属的级次；由别级单位实施的，从本单位的申报表中删去，由实施单位申报。",
    needs=NEEDED,
    follows=UNCHARGED,
)
def against_affiliation(submission: Submission) -> Iterator[Finding]:
    """The plan divides the matter by affiliation, and another level than the bureau's own pays."""
    yield from _wrong(submission, "affiliation")


@code(
    "LV09",
    "要求其他级次分摊或配套",
    why="各级不得要求其他级次分担应属自身事权范围内的支出，也不得违规要求下级安排配套资金。",
    fix="删去分摊、配套的要求，由应承担的级次全额安排；确属共同承担的，请附上规定分担办法的文件。",
    severity=Severity.WARNING,
)
def cost_shifted(submission: Submission) -> Iterator[Finding]:
    """Words of the line ask money of a level that does not hold the matter; naming the holder itself is no shift."""
    for table, row, judgement in submission.judged_lines():
        words, holders = judgement.cost_shift, holders_of(judgement)
        if words is None or judgement.verdict is Verdict.OUTSIDE:
            continue
        demanded = _demanded(words)
        if not holders or not demanded or demanded - {*holders}:
            accepted = f"由{'、'.join(holders)}承担" if holders else "由应承担的级次承担"
            told = f"该事项应{accepted}" if holders else "该事项由哪一级承担尚待认定"
            cells = cells_of(table, row, [words.field, *NEEDED])
            yield Finding(f"写有“{words.words}”，{told}", cells, words.words, accepted, basis=judgement.clause)


def _demanded(words: Evidence) -> set[Level]:
    """The levels the words ask for money, as far as they name them."""
    signs = setting("demanded").items()
    return {Level(level) for level, texts in signs if any(text in normalise(words.words) for text in texts)}


@code(
    "LV14",
    "共同财政事权，须分清各级承担的部分",
    why="这类事项由几级共同承担，一行只写一个级次，看不出写的是全部经费还是本级承担的部分。",
    fix="按方案规定的比例或分工，只填本级承担的部分；其余由其他级次申报。",
    severity=Severity.INFO,
    needs=NEEDED,
)
def shared(submission: Submission) -> Iterator[Finding]:
    """Several levels hold the matter together, and one of them pays for this line."""
    for table, row, judgement in submission.judged_lines():
        if len(judgement.levels) > 1 and judgement.verdict is Verdict.RIGHT:
            charged, holders = text_at(table, row, "charged_level"), "、".join(judgement.levels)
            cells = cells_behind(table, row, judgement)
            yield Finding(judgement.because, cells, charged, holders, basis=judgement.clause)


@code(
    "LV15",
    "应列入其他级次的预算",
    why="各级预算只列本级承担的支出。级次填对了，但留在别级单位的申报表里，承担它的那一级预算里仍没有这笔钱。",
    fix="从本单位的申报表中删去，由承担级次的主管部门列入该级预算。",
    severity=Severity.WARNING,
    needs=NEEDED,
    follows=("LV11",),
)
def of_another_budget(submission: Submission) -> Iterator[Finding]:
    """What a line comes to whose level alone was put right: rightly charged, and asked of the wrong budget."""
    for table, row, judgement in submission.judged_lines():
        holder, own = judgement.responsible_level, judgement.affiliation
        if judgement.verdict is Verdict.RIGHT and holder and own not in (None, holder) and len(judgement.levels) < 2:
            cells = [table.cell(row, name) for name in ("charged_level", "bureau_level") if name in table.columns]
            message = f"应由{holder}承担，填报的也是{holder}；但填报单位属{own}，列在它的申报表里，进不了{holder}预算"
            yield Finding(message, tuple(cells), holder.value, f"列入{holder}预算", elsewhere(holder), judgement.clause)
