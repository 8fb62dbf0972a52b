"""LV: what the plan says of the level a line is charged to, and what keeps it from saying so."""

from collections.abc import Iterator

from checker import judgement as grounds
from checker.checks.registry import Submission, cells_of, code, text_at
from checker.checks.settings import setting
from checker.plan import By
from checker.reader import Table
from checker.terms import Cell, Evidence, Finding, Judgement, Level, Severity, Verdict
from checker.text import normalise

_CHARGED = ("LN01", "LN02", "ST07", "ST08")
_NEEDED = ("charged_level",)


def _cells(table: Table, row: int, judgement: Judgement, *first: str) -> tuple[Cell, ...]:
    """The cell to look at first, then those whose words led to the verdict."""
    return cells_of(table, row, [*(first or _NEEDED), *(item.field for item in judgement.evidence)])


def _wrong(submission: Submission, kind: str) -> Iterator[Finding]:
    for table, row, judgement in submission.judged_lines():
        charged = _charged(table, row)
        if judgement.verdict is Verdict.WRONG and charged and _kind(submission, judgement, charged) == kind:
            yield _wrong_finding(table, row, judgement, charged)


def _charged(table: Table, row: int) -> Level | None:
    text = text_at(table, row, "charged_level")
    return Level(text) if text in tuple(Level) else None


def _stated(level: Level | None) -> str:
    return level.value if level else ""


def _holders(judgement: Judgement) -> tuple[Level, ...]:
    """Highest first: one, but for a shared matter."""
    return judgement.levels or ((judgement.responsible_level,) if judgement.responsible_level else ())


def _kind(submission: Submission, judgement: Judgement, charged: Level) -> str:
    """Which of the three wrongs it is; each line has one."""
    found = submission.rulebook.matter(judgement.matter or "")
    if found and found[1].by is By.AFFILIATION:
        return "affiliation"
    return "pushed down" if any(level.is_above(charged) for level in _holders(judgement)) else "pushed up"


def _wrong_finding(table: Table, row: int, judgement: Judgement, charged: Level) -> Finding:
    holders = "、".join(_holders(judgement))
    return Finding(
        f"应由{holders}承担。{'；'.join(filter(None, [judgement.because, judgement.caveat]))}",
        _cells(table, row, judgement),
        value=charged.value,
        accepted=holders,
        fix=f"改由{holders}预算申报，“承担级次”由“{charged}”改为“{holders}”。认为判断有误的，写明理由请财政部门认定。",
        basis=judgement.clause,
    )


@code(
    "LV01",
    "上级事项由下级承担",
    why="谁的财政事权，谁承担支出责任；上级的事项不得转由下级出钱。",
    fix="改由应承担的上级预算申报，把“承担级次”改为应承担的级次。",
    needs=_NEEDED,
    follows=_CHARGED,
)
def pushed_down(submission: Submission) -> Iterator[Finding]:
    """The level that holds the matter stands above the level it is charged to."""
    yield from _wrong(submission, "pushed down")


@code(
    "LV02",
    "下级事项由上级承担",
    why="谁的财政事权，谁承担支出责任；下级的事项列入上级预算，会挤占上级财力。",
    fix="改由应承担的下级预算申报；上级确需支持的，通过转移支付安排，不列本级支出。",
    needs=_NEEDED,
    follows=_CHARGED,
)
def pushed_up(submission: Submission) -> Iterator[Finding]:
    """The level that holds the matter stands below the level it is charged to."""
    yield from _wrong(submission, "pushed up")


@code(
    "LV03",
    "承担级次与隶属关系不符",
    why="按照隶属关系划分的事项，由实施单位的同级财政承担。",
    fix="把“承担级次”改为实施单位所属的级次。",
    needs=_NEEDED,
    follows=_CHARGED,
)
def against_affiliation(submission: Submission) -> Iterator[Finding]:
    """The plan divides the matter by affiliation, and another level than the bureau's own pays."""
    yield from _wrong(submission, "affiliation")


@code(
    "LV04",
    "填报的事权事项与文字不符",
    why="判断以项目名称和内容写明的事为准；所选事项与文字不是一回事时，不知以哪个为准。",
    fix="按实际工作改选“事权事项”，或补写项目内容；拿不准的留空。",
    severity=Severity.WARNING,
    needs=("matter",),
    follows=("LN02",),
)
def declared_matter_disagrees(submission: Submission) -> Iterator[Finding]:
    """The matter chosen from the list is not the one the words name."""
    for table, row, judgement in submission.judged_lines():
        if judgement.disputed or judgement.reason == grounds.DISAGREES:
            declared = text_at(table, row, "matter")
            seen = _title(submission, judgement.matter)
            told = f"文字写的是“{seen}”{_words(judgement)}" if seen else judgement.because
            message = f"“事权事项”选的是“{declared}”，{told}"
            yield Finding(message, _cells(table, row, judgement, "matter"), declared, seen, basis=judgement.clause)


def _title(submission: Submission, matter: str | None) -> str:
    found = submission.rulebook.matter(matter or "")
    return found[1].title if found else ""


@code(
    "LV05",
    "填报的实施范围与文字不符",
    why="许多事项按范围划分：全市性的归市级，本地区的归县级；范围填错，级次就会判错。",
    fix="按工作实际覆盖的范围改选“实施范围”，或在项目内容中写明服务哪些地方。",
    severity=Severity.WARNING,
    needs=("scope",),
    follows=("LN02",),
)
def declared_scope_disagrees(submission: Submission) -> Iterator[Finding]:
    """The scope chosen from the list is not the one the words or the bureau speak of."""
    for table, row, judgement in submission.judged_lines():
        words = judgement.scope_doubt
        if words and judgement.verdict is not Verdict.OUTSIDE:
            scope = text_at(table, row, "scope")
            cells = cells_of(table, row, ["scope", words.field])
            message = f"“实施范围”填的是“{scope}”，文字写的是“{words.words}”"
            yield Finding(message, cells, scope, "与项目名称、内容一致的范围", basis=judgement.clause)


def _undecided(submission: Submission, *reasons: str) -> Iterator[Finding]:
    for table, row, judgement in submission.judged_lines():
        if judgement.verdict is Verdict.UNDECIDED and judgement.reason in reasons:
            cells, charged = _cells(table, row, judgement), _stated(_charged(table, row))
            yield Finding(judgement.because, cells, charged, basis=judgement.clause)


@code(
    "LV06",
    "一行含几项不同级次的事",
    why="几件事由不同级次承担，或其中有未列事项，合在一行无法判断，也无法分清各级出多少钱。",
    fix="按事项拆成几行，分别填写项目内容、承担级次和金额。",
    severity=Severity.WARNING,
    needs=_NEEDED,
)
def several_matters(submission: Submission) -> Iterator[Finding]:
    """The parts are named, with the words that name them."""
    for table, row, judgement in submission.judged_lines():
        if judgement.verdict is Verdict.UNDECIDED and judgement.reason == grounds.SEVERAL:
            parts = "、".join(f"“{part}”" for part in judgement.parts)
            told = f"本行含{parts}{_words(judgement)}。" if parts else ""
            cells = _cells(table, row, judgement)
            yield Finding(told + judgement.because, cells, "、".join(judgement.parts), "一行只含同一级次承担的事项")


@code(
    "LV07",
    "未列事项，须由财政部门认定",
    why="划分方案没有列明这类事项，由财政部门按改革总体要求和事项特点具体确定；这不是填报错误。",
    fix="请财政部门认定由哪一级承担，并登记认定文件；认定前不作级次结论。",
    severity=Severity.WARNING,
    needs=_NEEDED,
)
def unlisted(submission: Submission) -> Iterator[Finding]:
    """Not in the plan, or left open by it: nobody but the office decides."""
    yield from _undecided(submission, grounds.UNLISTED, grounds.OPEN)


@code(
    "LV08",
    "可能属上级事权，上级方案未收录",
    why="这类事项可能已列入中央或省级财政事权，所收录的方案不能单独判断。",
    fix="对照中央、省级划分方案核实；属上级事权的，不由本级列支，确受委托的按上级转移支付列示。",
    severity=Severity.WARNING,
    needs=_NEEDED,
)
def upper_plan_not_loaded(submission: Submission) -> Iterator[Finding]:
    """The plan of the level above would have to say."""
    yield from _undecided(submission, grounds.UPPER)


@code(
    "LV09",
    "要求其他级次分摊或配套",
    why="市、县不得要求对方分担应属自身事权范围内的支出，也不得违规要求下级安排配套资金。",
    fix="删去分摊、配套的要求，由应承担的级次全额安排；确属共同承担的，请附上规定分担办法的文件。",
    severity=Severity.WARNING,
)
def cost_shifted(submission: Submission) -> Iterator[Finding]:
    """Words of the line ask money of a level that does not hold the matter; naming the holder itself is no shift."""
    for table, row, judgement in submission.judged_lines():
        words, holders = judgement.cost_shift, _holders(judgement)
        if words is None or judgement.verdict is Verdict.OUTSIDE:
            continue
        demanded = _demanded(words)
        if not holders or not demanded or demanded - {*holders}:
            accepted = f"由{'、'.join(holders)}承担" if holders else "由应承担的级次承担"
            told = f"该事项应{accepted}" if holders else "该事项由哪一级承担尚待认定"
            cells = cells_of(table, row, [words.field, *_NEEDED])
            yield Finding(f"写有“{words.words}”，{told}", cells, words.words, accepted, basis=judgement.clause)


def _demanded(words: Evidence) -> set[Level]:
    """The levels the words ask for money, as far as they name them."""
    signs = setting("demanded").items()
    return {Level(level) for level, texts in signs if any(text in normalise(words.words) for text in texts)}


_TOLD_ELSEWHERE = ("SEVERAL", "UNLISTED", "OPEN", "UPPER", "DISAGREES", "LEVEL_UNCLEAR", "FROM_ABOVE")


@code(
    "LV10",
    "写得不够明确，不能判断",
    why="看不出做的是哪一项工作，就不能说由哪一级承担；程序不猜。",
    fix="在“项目名称”和“项目内容”中写清做什么、在哪里做、不包括什么，然后重新核查。",
    severity=Severity.WARNING,
    needs=_NEEDED,
    follows=("LN10", "LN11", *_CHARGED),
)
def too_vague(submission: Submission) -> Iterator[Finding]:
    """Undecided for want of words, and for every reason that has no code of its own."""
    told = {getattr(grounds, name) for name in _TOLD_ELSEWHERE}
    reasons = {judgement.reason for _, _, judgement in submission.judged_lines()}
    yield from _undecided(submission, *(reasons - told))


@code(
    "LV11",
    "单位级次与单位名称不符",
    why="单位自身隶属哪一级是判断的重要依据；填报的级次与名称看出的不一致时，判断可能出错。",
    fix="核对单位隶属关系后改正“单位级次”；市局派驻县区的分局填“市级”。",
    severity=Severity.WARNING,
    needs=("bureau_level",),
    follows=("LN01", "LN02", "ST06"),
)
def affiliation_disagrees(submission: Submission) -> Iterator[Finding]:
    """The level told by the bureau's name is not the level it states; a header cell is told once."""
    seen: set[Cell] = set()
    for table, row, judgement in submission.judged_lines():
        stated, named = text_at(table, row, "bureau_level"), judgement.affiliation
        if named is None or not stated or stated == named:
            continue
        cells = cells_of(table, row, ["bureau_level", "bureau"])
        if cells[0] not in seen:
            seen.add(cells[0])
            bureau = text_at(table, row, "bureau")
            yield Finding(f"“{bureau}”从名称看属{named}，“单位级次”填的是{stated}", cells, stated, named.value)


@code(
    "LV12",
    "看不出属于哪一级的工作",
    why="事项看得出，但工作范围、组织者或隶属关系写得不够，两级都有可能。",
    fix="在“项目内容”中写明由谁组织、面向哪些地方；同时填写“实施范围”和“单位级次”。",
    severity=Severity.WARNING,
    needs=_NEEDED,
    follows=(*_CHARGED, "ST06", "LV11"),
)
def level_unclear(submission: Submission) -> Iterator[Finding]:
    """The matter is known, the fact that tells its level is not."""
    yield from _undecided(submission, grounds.LEVEL_UNCLEAR)


@code(
    "LV13",
    "资金来自上级，级次待认定",
    why="用上级下达的资金办下级的事，不等于级次错了；但钱由谁出、事由谁办要分开说明。",
    fix="把上级下达的部分填入“上级转移支付”，本级安排的填入“本级财力”，并写明下达文件。",
    severity=Severity.WARNING,
    needs=_NEEDED,
)
def money_from_above(submission: Submission) -> Iterator[Finding]:
    """Transfers from above never make a line wrong by themselves."""
    yield from _undecided(submission, grounds.FROM_ABOVE)


@code(
    "LV14",
    "共同财政事权，须分清各级承担的部分",
    why="这类事项由几级共同承担，一行只写一个级次，看不出写的是全部经费还是本级承担的部分。",
    fix="按方案规定的比例或分工，只填本级承担的部分；其余由其他级次申报。",
    severity=Severity.INFO,
    needs=_NEEDED,
)
def shared(submission: Submission) -> Iterator[Finding]:
    """Several levels hold the matter together, and one of them pays for this line."""
    for table, row, judgement in submission.judged_lines():
        if len(judgement.levels) > 1 and judgement.verdict is Verdict.RIGHT:
            charged, holders = _stated(_charged(table, row)), "、".join(judgement.levels)
            cells = _cells(table, row, judgement)
            yield Finding(f"由{holders}共同承担。{judgement.because}", cells, charged, holders, basis=judgement.clause)


def _words(judgement: Judgement) -> str:
    words = "、".join(f"“{item.words}”" for item in judgement.evidence)
    return f"（依据文字：{words}）" if words else ""
