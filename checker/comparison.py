"""The levels that hold a matter against the level a line is charged to → right, wrong, or open because of the money."""

from dataclasses import replace

from checker import cures
from checker.facts import Facts, handed_down
from checker.holding import Holding
from checker.messages import cure, title
from checker.plan import Plan
from checker.reasons import FROM_ABOVE, LEVEL_UNCLEAR
from checker.terms import Evidence, Judgement, Level, Line, Verdict


def compare(line: Line, plan: Plan, facts: Facts, holding: Holding, base: Judgement, ruled: str) -> Judgement:
    """The verdict on a line whose levels are known; base is what is known of it, ruled the clause told as sentences."""
    charged, holders = line.charged_level, "、".join(map(plan.called, holding.levels))
    base = replace(base, responsible_level=holding.level or holding.levels[0])
    if charged is None:
        return replace(base, because=f"{ruled}应由{holders}承担，{_uncharged(line)}", reason=LEVEL_UNCLEAR)
    if charged in holding.levels and not (facts.from_above and line.transfer is None):
        because = _with_caveat(f"{ruled}填报由{plan.called(charged)}承担，相符", holding)
        return replace(base, verdict=Verdict.RIGHT, because=because, responsible_level=holding.level or charged)
    if open_ := _open_for_money(line, plan, facts, holding, charged):
        told, to_do, evidence = open_
        base = replace(base, because=f"{base.because}。{told}", cure=to_do, evidence=(*base.evidence, *evidence))
        return replace(base, reason=FROM_ABOVE, responsible_level=None)
    because = f"应由{holders}承担，填报的是{plan.called(charged)}。{ruled.removesuffix('。')}"
    return replace(base, verdict=Verdict.WRONG, because=_with_caveat(because, holding))


def all_from_above(line: Line) -> bool | None:
    """Whether the whole of the money comes from above; None where the columns do not say, or it is mixed."""
    if not line.transfer:
        return False if line.own_funds else None
    return None if line.own_funds or line.other_funds else True


def _uncharged(line: Line) -> str:
    column, typed = title("charged_level"), line.charged_as_typed
    return f"填报的{column}“{typed}”不是可选的级次" if typed else f"{column}没有填写"


def _open_for_money(
    line: Line, plan: Plan, facts: Facts, holding: Holding, charged: Level
) -> tuple[str, str, tuple[Evidence, ...]] | None:
    """Why money that moves between levels leaves open which of them pays, what to do, and the words that say so."""
    holders = "、".join(map(plan.called, holding.levels))
    if money := facts.from_above:
        told = f"写明“{money.words}”，填报由{plan.called(charged)}承担：是上级安排的资金还是级次填错，文字不足以认定"
        return told, cures.from_above(holding.levels, charged), (money,)
    if (transfer := handed_down(line)) and all(charged.is_above(level) for level in holding.levels):
        told = f"该事项应由{holders}承担，上级用转移支付支持的不算级次不符，是否确属转移支付须核实"
        return f"{title('nature')}是“{transfer.words}”：{told}", cure("transferred"), (transfer,)
    if all_from_above(line) and all(level.is_above(charged) for level in holding.levels):
        told = f"该事项应由{holders}承担。资金全部填在“{title('transfer')}”：确由{holders}下达的不算级次不符，须核实"
        return told, cures.paid_from_above(holding.levels), ()
    return None


def _with_caveat(because: str, holding: Holding) -> str:
    """A verdict under a condition says so wherever it is read."""
    return f"{because}。{holding.caveat}" if holding.caveat else because
