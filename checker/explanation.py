"""One line → an officer's note: the verdict, why, and every other reading with what spoke for it and why it lost."""

from collections.abc import Iterator, Sequence

from checker.facts import establish
from checker.judgement import judge
from checker.messages import title
from checker.note import in_cell
from checker.plan import Plan
from checker.recognition import Candidate, recognise
from checker.register import Determinations
from checker.subject import subject
from checker.terms import Evidence, Judgement, Line
from checker.vocabulary import MATTERS, OTHER_DOMAINS, RUNNING, UNLISTED, UPPER
from checker.vocabulary_file import vocabulary_of

_KINDS = {
    MATTERS: "方案事项",
    UNLISTED: "未列事项",
    UPPER: "上级事权",
    RUNNING: "机构运转",
    OTHER_DOMAINS: "其他领域",
}
_SHOWN = 8


def explain(line: Line, plans: Sequence[Plan], determinations: Determinations | None = None) -> str:
    """The judgement of a line under the plans in force, told so that the reader can disagree with it."""
    judgement = judge(line, plans, determinations)
    told = [*_verdict(line, judgement)]
    for plan in plans:
        told += _readings(line, plan)
    return "\n".join(told)


def _verdict(line: Line, judgement: Judgement) -> Iterator[str]:
    level = judgement.responsible_level
    charged = f"填报由{line.charged_level}承担" if line.charged_level else "没有填写承担级次"
    yield f"结论：{judgement.verdict.label}" + (f"（应由{level}承担，{charged}）" if level else f"（{charged}）")
    yield f"理由：{judgement.because}。"
    if judgement.clause:
        yield f"条款：{judgement.clause.document} {judgement.clause.number}：“{judgement.clause.quote}”"
    if judgement.cure:
        yield f"怎么办：{judgement.cure}"
    if judgement.cost_shift:
        yield f"另：{_words(judgement.cost_shift)}要求另一级财政出钱，须核实"


def _readings(line: Line, plan: Plan) -> Iterator[str]:
    """Every candidate under one plan, and what was found about levels."""
    seen = recognise(line, vocabulary_of(plan))
    about = subject(line, seen)
    yield f"\n按《{plan.document.title}》，这一行可能是："
    for candidate in seen.candidates[:_SHOWN]:
        chosen = about.main is not None and candidate.topic == about.main.topic
        why = "取此" if chosen else f"未取：{_why_lost(candidate, about.main)}"
        words = "、".join(_words(in_cell(one, line)) for one in candidate.evidence[:4])
        yield f"  {candidate.topic.name}（{_KINDS[candidate.topic.kind]}，分量 {candidate.score:.1f}）{words}。{why}"
    if not seen.candidates:
        yield "  （没有认出任何事项）"
    facts = establish(line, plan)
    affiliation = facts.affiliation or "看不出"
    work = facts.why or facts.doubt
    found = "、".join(_words(in_cell(one, line)) for one in facts.evidence)
    yield f"级次：单位隶属{affiliation}；{work}" + (f"（{found}）" if found else "")


def _why_lost(candidate: Candidate, chosen: Candidate | None) -> str:
    if chosen is None:
        return "词语不足以认定"
    if candidate.taken:
        return f"排在资金用途（{chosen.topic.name}）之前，只是它的对象"
    if not candidate.in_name and chosen.in_name:
        return "只在项目内容里提到"
    if not candidate.named and chosen.named:
        return "没有直接说出这一事项的词"
    return f"分量不如“{chosen.topic.name}”"


def _words(evidence: Evidence) -> str:
    return f"{title(evidence.field)}“{evidence.words}”"
