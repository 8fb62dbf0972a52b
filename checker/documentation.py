"""Checks and rulebook → what is written about them: docs/codes.md, docs/matters.md, and `checker explain`."""

from collections.abc import Iterator, Mapping
from functools import cache

from checker.across import ACROSS, AcrossCheck
from checker.checks import CHECKS, FAMILIES, Check
from checker.declaration import known_keys, read
from checker.definition import TableDefinition, definitions
from checker.files import SCHEMAS
from checker.plan import By, Matter, Plan
from checker.rulebook import Rulebook

WAYS = {
    By.SCOPE: "按工作的范围：服务哪一级的地区，就由哪一级承担",
    By.AFFILIATION: "按隶属关系：由实施单位的同级财政承担",
    By.HOLDER: "只由列明的级次承担，不论由谁办理",
    By.OPEN: "方案未列明，由财政部门具体确定",
    By.SHARED: "共同财政事权，由几级共同承担",
    By.INITIATOR: "按设立或组织的主体：由哪一级设立、组织，就由哪一级承担",
    By.FUNCTION: "按职能：决策、执行等分别由不同级次承担",
    By.ENTRUSTED: "委托事项：上级的事权，由下级办理，资金由上级转移支付安排",
}
_DECLARED: Mapping[str, Check | AcrossCheck] = {**CHECKS, **ACROSS}
_GENERATED = "<!-- 本文件由 make docs 生成，请勿手改。 -->"


@cache
def unreadable() -> Mapping[str, Mapping[str, str]]:
    """Code of an UnreadableWorkbook → its title and cure; raises BadDeclaration."""
    path = SCHEMAS / "unreadable.yaml"
    declared = read(path)
    keys = {"title": "text", "cure": "text"}
    return {code: known_keys(one, keys, f"{path.name}: {code}", tuple(keys)) for code, one in declared.items()}


def explain(word: str, rulebook: Rulebook) -> str | None:
    """What a finding code, a reason for not checking, or a matter means, as text; None where the word is none."""
    if check := _DECLARED.get(word.strip().upper()):
        return "\n".join([f"{check.code} {check.title}（{check.severity.label}）", *_told(check)])
    if reason := unreadable().get(word.strip().lower()):
        return f"{word.strip().lower()} {reason['title']}（无法核查）\n怎么办：{reason['cure']}"
    if found := _matter(word, rulebook):
        plan, matter = found
        return "\n".join([matter.heading, *_described(matter, plan), f"出自：{plan.document.cited}"])
    return None


def _matter(word: str, rulebook: Rulebook) -> tuple[Plan, Matter] | None:
    """By number, name or both; by a part of the name where only one matter has it."""
    parts = [(plan, matter) for plan in rulebook.plans for matter in plan.matters if word.strip() in matter.name]
    return rulebook.matter(word) or (parts[0] if len(parts) == 1 else None)


def codes() -> str:
    """docs/codes.md."""
    families = (line for family, name in FAMILIES.items() for line in _family(family, name))
    return "\n".join([_GENERATED, *_OPENING, *families, *_not_checked()]) + "\n"


_OPENING = (
    "# 疑点代码",
    "",
    "每个疑点有一个代码，代码不重复使用。`checker explain 代码` 显示同样的内容。",
    "错误须改正后重新报送；警告请核实；提示仅供了解。",
    "",
)


def _family(family: str, name: str) -> Iterator[str]:
    checks = [check for check in _DECLARED.values() if check.code.startswith(family)]
    if not checks:
        return
    yield from (f"## {family} {name}", "", "| 代码 | 疑点 | 轻重 |", "|---|---|---|")
    yield from (f"| [{one.code}](#{one.code.lower()}) | {one.title} | {one.severity.label} |" for one in checks)
    yield ""
    for check in checks:
        yield from (f'### <a id="{check.code.lower()}"></a>{check.code} {check.title}', "")
        yield from (f"- {line}" for line in _told(check))
        yield ""


def _told(check: Check | AcrossCheck) -> Iterator[str]:
    yield f"轻重：{check.severity.label}"
    yield f"为什么：{check.why}"
    yield f"怎么改：{check.fix}"
    if check.needs:
        titles = "、".join(_table().column(name).title for name in check.needs)
        yield f"需要的列：{titles}；没有时不作此项核查，并说明原因"
    if check.follows:
        yield f"同一格已有 {'、'.join(check.follows)} 时不另列，只计数"


def _table() -> TableDefinition:
    return next(iter(definitions().values()))


def _not_checked() -> Iterator[str]:
    yield from ("## 无法核查的原因", "", "出现这些情况时没有核查结论，退出码是 2。", "")
    yield from ("| 代码 | 原因 | 怎么办 |", "|---|---|---|")
    yield from (f"| {code} | {reason['title']} | {reason['cure']} |" for code, reason in unreadable().items())


def matters(rulebook: Rulebook) -> str:
    """docs/matters.md."""
    plans = (line for plan in rulebook.plans for line in _plan(plan))
    return "\n".join([_GENERATED, "# 财政事权事项", "", *plans]) + "\n"


def _plan(plan: Plan) -> Iterator[str]:
    years = f"{plan.valid_from}至{plan.valid_to}年度" if plan.valid_to else f"{plan.valid_from}年度起"
    yield from (f"## {plan.document.title}", "")
    yield f"- 方案编号：`{plan.id}`；适用：{years}"
    yield f"- 印发：{plan.document.issuer}，{plan.document.dated}，文号照录“{plan.document.number}”"
    yield f"- 原文存档：`schemas/sources/{plan.document.source}`（SHA-256 `{plan.document.sha256}`）"
    yield from (f"- 上级方案{upper.cited}未收录：{upper.note}" for upper in plan.not_loaded)
    yield ""
    for numeral, section in plan.sections.items():
        yield from (f"### {numeral}、{section.heading}", "")
        for matter in plan.of_section(numeral):
            yield from (f"#### {matter.title}", "")
            yield from (f"- {line}" for line in _described(matter, plan))
            yield ""
    yield from _settings(plan)


def _described(matter: Matter, plan: Plan) -> Iterator[str]:
    yield f"怎样定级次：{WAYS[matter.by]}"
    for level, clause in matter.clauses.items():
        reads = f"（读作：{matter.reads[level]}）" if level in matter.reads else ""
        yield f"{plan.called(level)}：“{clause.quote}”{reads}"
    if lacking := [plan.called(level) for level in plan.levels if level not in matter.clauses]:
        yield from (f"{called}：方案中没有条款" for called in lacking if matter.clauses)
    if matter.wording:
        yield f"原文：“{matter.wording.quote}”"
    for share in matter.shares:
        part = f"“{share.part}”" if share.part else ""
        yield f"{share.tier}{part}由{plan.called(share.level)}承担{f'{share.percent:g}%' if share.percent else ''}"
    for exclusion in matter.exclusions:
        upper = "、".join(one.cited for one in exclusion.not_loaded)
        unknown = f"；{upper}未收录" if upper else ""
        yield f"{plan.called(exclusion.level)}的前提：“{exclusion.clause.quote}”{unknown}"
    if matter.note:
        yield f"说明：{matter.note}"


def _settings(plan: Plan) -> Iterator[str]:
    if plan.settings:
        yield from ("### 待财政部门确认的处理", "")
        yield from (f"- {setting.note}" for setting in plan.settings)
        yield ""
    if plan.not_encoded:
        yield from ("### 读过而没有编入的条款", "", "| 位置 | 原文 | 为什么 |", "|---|---|---|")
        yield from (f"| {one.number} | {one.quote} | {one.why} |" for one in plan.not_encoded)
        yield ""
