"""A matter and the facts of a line → the level that holds it, by which clause, or why that is open."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from checker.messages import cure
from checker.places import Division
from checker.plan import By, Function, Matter, Override, Plan, Share
from checker.terms import Clause, Level


@dataclass(frozen=True)
class Circumstances:
    """What a line says, each fact by itself; None where it does not say. No fact stands in for another.

    scope: the level whose area the work serves · affiliation: the level of the department that does it ·
    initiator: the level that set it up or organises it · function: a function the plan names (决策, 执行) ·
    transfer: the whole of the money comes from above (True), or none of it (False) · charged: the level it is
    charged to · text: the words of the line, in which parts, functions and initiators are looked for.
    """

    scope: Level | None = None
    affiliation: Level | None = None
    initiator: Level | None = None
    function: str = ""
    transfer: bool | None = None
    charged: Level | None = None
    division: Division | None = None
    text: str = ""


@dataclass(frozen=True)
class Holding:
    """Who holds a matter: levels is empty exactly where undecided says why.

    Several levels hold it together; shares says how, as far as the plan does. caveat is a condition of the clause
    that cannot be checked here. why and undecided are Chinese, fit to stand in a because; cure is what the bureau can
    do about undecided.
    """

    levels: tuple[Level, ...] = ()
    shares: tuple[Share, ...] = ()
    clause: Clause | None = None
    why: str = ""
    undecided: str = ""
    caveat: str = ""
    cure: str = ""

    @property
    def level(self) -> Level | None:
        """The one level that holds it; None where several do or nobody can say."""
        return self.levels[0] if len(self.levels) == 1 else None


def held_by(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    """Who holds the matter under the plan, given the facts of one line; what is open stays open, with its reason."""
    holding = _WAYS[matter.by](matter, facts, plan)
    holding = _overridden(holding, matter, facts, plan)
    holding = _open_place(holding, facts, plan)
    return replace(holding, caveat=_caveat(matter, holding))


def _by_scope(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    return _of_level(matter, facts.scope, "看不出工作属于哪一级的范围", "工作属于{}范围", plan)


def _by_affiliation(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    return _of_level(matter, facts.affiliation, "看不出由哪一级的部门承担", "按照隶属关系，由{}部门承担", plan)


def _by_initiator(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    told = [level for level, words in matter.tells.items() if any(word in facts.text for word in words)]
    level = facts.initiator or (told[0] if len(told) == 1 else None)
    return _of_level(matter, level, "看不出由哪一级设立或组织", "由{}设立或组织", plan)


def _of_level(matter: Matter, level: Level | None, unknown: str, known: str, plan: Plan) -> Holding:
    """The level a fact points at, if the plan gives it the matter."""
    if level is None:
        return Holding(clause=matter.wording, undecided=unknown)
    if level not in matter.clauses:
        return Holding(undecided=_no_clause(matter, level, plan), cure=cure("by_plan_above"))
    return Holding((level,), clause=matter.clauses[level], why=known.format(plan.called(level)))


def _no_clause(matter: Matter, level: Level, plan: Plan) -> str:
    """Why a level without a clause decides nothing: its own plan may list the matter, and is not at hand."""
    upper = [one.cited for one in plan.not_loaded if one.level is level]
    if upper:
        return f"属{plan.called(level)}的要看{'、'.join(upper)}，本程序没有装入该方案"
    return f"本方案没有把“{matter.name}”划给{plan.called(level)}的条款"


def _by_holder(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    """The levels with a clause, whoever does it; work of a higher level is for that level's plan."""
    levels = tuple(level for level in Level if level in matter.clauses)
    if facts.scope and facts.scope.is_above(levels[0]):
        return Holding(undecided=_no_clause(matter, facts.scope, plan), cure=cure("by_plan_above"))
    called = "、".join(plan.called(level) for level in levels)
    return Holding(levels, clause=matter.clauses[levels[0]], why=f"本方案只划给{called}，不论由谁办理")


def _open(matter: Matter, _facts: Circumstances, _plan: Plan) -> Holding:
    return Holding(clause=matter.wording, undecided="未列事项，须由财政部门具体确定")


def _shared(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    """Every level with a share; of components, the one whose part the line names."""
    shares, missing = _shares_for(matter, facts, plan)
    if missing:
        return Holding(clause=matter.wording, undecided=missing)
    levels = tuple(level for level in Level if any(share.level is level for share in shares))
    return Holding(levels, shares, matter.wording, f"共同财政事权：{_told(shares, plan)}")


def _shares_for(matter: Matter, facts: Circumstances, plan: Plan) -> tuple[tuple[Share, ...], str]:
    """The shares that bear on this line, or why none can be told."""
    if any(share.tier for share in matter.shares):
        return _shares_of_tier(matter.shares, facts, plan)
    if any(share.part for share in matter.shares):
        shares = tuple(one for one in matter.shares if any(word in facts.text for word in (one.part, *one.words)))
        return shares, _unclear_part(shares)
    return matter.shares, ""


def _shares_of_tier(shares: tuple[Share, ...], facts: Circumstances, plan: Plan) -> tuple[tuple[Share, ...], str]:
    """The shares of the division's tier; without one, all of them where every tier has the same levels."""
    id_ = facts.division.id if facts.division else ""
    own = tuple(share for share in shares if id_ in plan.classes.get(share.tier, ()))
    tiers = {share.tier for share in shares}
    levels = {frozenset(share.level for share in shares if share.tier == tier) for tier in tiers}
    return (own or shares), "" if own or len(levels) == 1 else "分档分担，看不出属于哪一档"


def _unclear_part(shares: tuple[Share, ...]) -> str:
    if not shares:
        return "分项承担，看不出属于哪一项"
    return "" if len({share.level for share in shares}) == 1 else "分项承担，几项由不同级次分别承担，须拆分"


def _told(shares: tuple[Share, ...], plan: Plan) -> str:
    return "，".join(_told_one(share, plan) for share in shares)


def _told_one(share: Share, plan: Plan) -> str:
    called = plan.called(share.level)
    if share.part:
        return f"“{share.part}”由{called}承担"
    number = f"{called}{share.percent:g}%" if share.percent is not None else f"{called}（未定比例）"
    return f"{share.tier}{number}"


def _by_function(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    told = [one for one in matter.functions if _is_meant(one, facts)]
    if len({one.level for one in told}) != 1:
        functions = "、".join(f"{one.name}由{plan.called(one.level)}" for one in matter.functions)
        return Holding(undecided=f"按职能划分（{functions}），看不出只是哪一种")
    level = told[0].level
    return Holding((level,), clause=matter.clause(level), why=f"{told[0].name}由{plan.called(level)}承担")


def _is_meant(function: Function, facts: Circumstances) -> bool:
    if facts.function:
        return function.name == facts.function
    return any(word in facts.text for word in function.words)


def _entrusted(matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    """The power stays above; execution below is paid by a special transfer, so with it the lower level is right."""
    power, execution = matter.power, matter.execution
    assert power is not None  # noqa: S101 - loading refuses an entrusted matter without them
    assert execution is not None  # noqa: S101
    if facts.charged is not execution or facts.transfer is False:
        why = f"{plan.called(power)}财政事权，委托{plan.called(execution)}办理，由{plan.called(power)}承担支出责任"
        return Holding((power,), clause=matter.wording, why=why)
    if facts.transfer:
        why = f"{plan.called(power)}财政事权，委托{plan.called(execution)}办理，资金为上级专项转移支付"
        return Holding((execution,), clause=matter.wording, why=why)
    return Holding(clause=matter.wording, undecided="受委托事项，看不出资金是否全部为上级专项转移支付")


_WAYS: dict[By, Callable[[Matter, Circumstances, Plan], Holding]] = {
    By.SCOPE: _by_scope,
    By.AFFILIATION: _by_affiliation,
    By.INITIATOR: _by_initiator,
    By.HOLDER: _by_holder,
    By.OPEN: _open,
    By.SHARED: _shared,
    By.FUNCTION: _by_function,
    By.ENTRUSTED: _entrusted,
}


def _overridden(holding: Holding, matter: Matter, facts: Circumstances, plan: Plan) -> Holding:
    """The holding after the plan's exceptions for the class of divisions the line belongs to."""
    for override in plan.overrides:
        if _applies(override, matter, facts) and any(level in override.levels for level in holding.levels):
            levels = tuple(override.levels.get(level, level) for level in holding.levels)
            shares = tuple(replace(one, level=override.levels.get(one.level, one.level)) for one in holding.shares)
            why = f"{holding.why}；{override.name}另有规定，由{'、'.join(map(plan.called, dict.fromkeys(levels)))}承担"
            return replace(holding, levels=tuple(dict.fromkeys(levels)), shares=shares, clause=override.clause, why=why)
    return holding


def _applies(override: Override, matter: Matter, facts: Circumstances) -> bool:
    if override.matters and matter.id not in override.matters:
        return False
    return facts.division is not None and facts.division.id in override.divisions


def _open_place(holding: Holding, facts: Circumstances, plan: Plan) -> Holding:
    """The lowest level's matter in a place the plan's settings leave open is open too; the one above keeps its own."""
    setting = plan.treatment(facts.division)
    if setting is None or setting.level is not None or plan.divides[-1] not in holding.levels:
        return holding
    return Holding(clause=holding.clause, undecided=setting.note.removesuffix("。"), cure=cure("by_the_office"))


def _caveat(matter: Matter, holding: Holding) -> str:
    """未列入…: the clause holds for local work, as far as upper plans nobody loaded do not list it."""
    for exclusion in matter.exclusions:
        if exclusion.level in holding.levels and exclusion.not_loaded:
            plans = "、".join(f"《{upper.title}》" for upper in exclusion.not_loaded)
            return (
                f"这一条以“{exclusion.clause.quote}”为前提。本程序没有装入{plans}，"
                "是否已列入由财政部门的审核人对照，填报单位不用处理"
            )
    return ""
