"""One line under one plan, with all that was found in it → its judgement: the clause against the charged level."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checker.belonging import Kind, Subject
from checker.comparison import all_from_above, compare
from checker.facts import Facts
from checker.holding import Circumstances, Holding, held_by
from checker.messages import doubt, title
from checker.note import quoted, ruling, taken_for, words_of
from checker.plan import By, Matter, Plan
from checker.reasons import (
    BY_OFFICE,
    DETERMINABLE,
    DISAGREES,
    FROM_ABOVE,
    LEVEL_UNCLEAR,
    OPEN,
    SEVERAL,
    UNLISTED,
    UPPER,
    denied,
    outside,
    several,
    unlisted,
    upper,
    vague,
)
from checker.recognition import Candidate, Recognition
from checker.subject import beside
from checker.terms import Evidence, Judgement, Line, Verdict
from checker.vocabulary import fold

if TYPE_CHECKING:
    from checker.register import Determinations


TEXT = ("name", "content", "basis")
_OF_PLACE = ("one_county", "scope_of_level_below")  # doubts about a place, which say nothing of whose the bureau is


@dataclass(frozen=True)
class Case:
    """All that is known of a line under one plan before the verdict."""

    line: Line
    plan: Plan
    facts: Facts
    seen: Recognition
    subject: Subject
    determinations: "Determinations | None" = None


def decide(case: Case) -> Judgement:
    """What the declared matter, the words, and where the plan leaves it open the office, make of a line."""
    return _determined(case, _with_declared(case) or _by_subject(case))


def _with_declared(case: Case) -> Judgement | None:
    """What the declared matter changes: it names a line that says too little, and may contradict one that says more."""
    declared = case.plan.matter(case.line.matter) if case.line.matter else None
    kind, main = case.subject.kind, case.subject.main
    if declared is None or kind is Kind.DENIED:
        return None
    if kind is Kind.VAGUE or (kind is Kind.NOTHING and not case.line.content):
        return _of_matter(case, declared, Evidence("matter", case.line.matter))
    if kind is Kind.MATTER and main and case.plan.matter(main.topic.name) == declared:
        return None
    if kind is Kind.UNLISTED and declared.by is By.OPEN:
        return None
    if any(one.topic.name == declared.name and one.named for one in case.seen.candidates) and kind is Kind.MATTER:
        return _of_matter(case, declared, Evidence("matter", case.line.matter))
    return _disputed(case, declared)


def _disputed(case: Case, declared: Matter) -> Judgement:
    """The words name something else: the verdict stands only where both readings give the same level."""
    by_words = _by_subject(case)
    by_declared = _of_matter(case, declared, Evidence("matter", case.line.matter))
    told = quoted(tuple(one for one in by_words.evidence if one.field in TEXT))
    note = f"填报的{title('matter')}是“{declared.name}”，而{told}说的不是这一事项"
    same = by_words.responsible_level and by_words.responsible_level is by_declared.responsible_level
    if same or (by_words.verdict is Verdict.OUTSIDE and case.subject.kind is Kind.RUNNING):
        return replace(by_words, disputed=declared.name, because=f"{note}。{by_words.because}")
    return replace(
        by_words,
        verdict=Verdict.UNDECIDED,
        because=f"{note}，请核实。{by_words.because}",
        responsible_level=None,
        reason=DISAGREES,
        disputed=declared.name,
    )


def _by_subject(case: Case) -> Judgement:
    main = case.subject.main
    match case.subject.kind:
        case Kind.MATTER if main:
            matter = case.plan.matter(main.topic.name)
            return _of_matter(case, matter) if matter else unlisted(case.plan, case.subject, main)
        case Kind.UNLISTED if main:
            return unlisted(case.plan, case.subject, main)
        case Kind.UPPER if main:
            return upper(case.plan, case.subject, main)
        case Kind.SEVERAL:
            return several(case.subject, case.seen.listed)
        case Kind.DENIED if main:
            return denied(main, case.subject.denied)
        case Kind.VAGUE:
            return vague(case.seen.own)
    return outside(case.subject)


def _of_matter(case: Case, matter: Matter, declared: Evidence | None = None) -> Judgement:
    """The verdict on a line that is one matter of the plan."""
    holding = _holding(case, matter)
    words = (declared,) if declared else words_of(case.subject.main)
    of_level = () if matter.by is By.HOLDER else case.facts.evidence  # 不论由谁办理: nothing else led to it
    base = Judgement(
        Verdict.UNDECIDED,
        taken_for(matter, words, declared),
        matter=matter.id,
        section=matter.section,
        clause=holding.clause,
        evidence=(*words, *of_level),
        levels=holding.levels,
        caveat=holding.caveat,
    )
    if not holding.levels:
        why, to_do = _why_open(case, holding)
        return replace(base, because=f"{base.because}，但{why}", reason=_reason_open(case, matter), cure=to_do)
    if others := _of_other_level(case, matter, holding):
        return replace(_to_be_split(case, others), matter=matter.id, section=matter.section, levels=holding.levels)
    return _decide(case, matter, holding, base)


def _reason_open(case: Case, matter: Matter) -> str:
    """Which kind of open it is; a bureau above every level the plan divides falls to the plan of its own level."""
    if matter.by is By.OPEN:
        return OPEN
    if case.facts.cause == "handed_down":
        return FROM_ABOVE
    own = case.facts.affiliation
    return UPPER if own and all(own.is_above(level) for level in case.plan.divides) else LEVEL_UNCLEAR


def _to_be_split(case: Case, others: tuple[Candidate, ...]) -> Judgement:
    """A line of matters of different levels: each part with its level, its clause and the words that name it."""
    parts = tuple(one for one in (case.subject.main, *others) if one)
    told = "；".join(_of_part(case, one) for one in parts)
    because = f"一行里有几件事，应由不同级次承担，请拆分成几行：{told}"
    evidence = tuple(item for one in parts for item in words_of(one))
    names = tuple(one.topic.name for one in parts)
    return Judgement(Verdict.UNDECIDED, because, parts=names, reason=SEVERAL, evidence=evidence)


def _of_part(case: Case, part: Candidate) -> str:
    matter = case.plan.matter(part.topic.name)
    holding = _holding(case, matter) if matter else None
    if not matter or not holding or not holding.levels:
        return f"“{part.topic.name}”由哪一级承担看不出"
    return f"“{matter.name}”，{ruling(case.plan, matter, holding)}"


def _decide(case: Case, matter: Matter, holding: Holding, base: Judgement) -> Judgement:
    ruled = (
        f"{base.because}。{ruling(case.plan, matter, holding)}。{_why(case, matter, holding)}。{_listed(case, holding)}"
    )
    return compare(case.line, case.plan, case.facts, holding, base, ruled)


def _listed(case: Case, holding: Holding) -> str:
    """The other matters of a line that lists several of one level."""
    others = [one.topic.name for one in case.seen.listed if one is not case.subject.main]
    if case.subject.main not in case.seen.listed:
        return ""
    levels = "、".join(case.plan.called(level) for level in holding.levels)
    return f"同一行还列有{'、'.join(f'“{name}”' for name in others)}，也由{levels}承担。"


def _determined(case: Case, judgement: Judgement) -> Judgement:
    """What the office has determined decides a line that the plan leaves to it (未列事项、具体确定), and no other.

    A line that says too little, holds several matters, or falls to the plan of a level above is not the office's to
    determine by wording; an ended determination is told and decides nothing.
    """
    if case.determinations is None or judgement.reason not in DETERMINABLE:
        return judgement
    main = case.subject.main
    topic = main.topic.name if main and judgement.reason == UNLISTED else ""
    ruling = case.determinations.ruling(case.line, case.plan.id, topic)
    asked = judgement.because.removesuffix(BY_OFFICE) if ruling.determination else judgement.because
    told = replace(judgement, because="；".join(filter(None, (asked, ruling.told))))
    if ruling.determination is None:
        return told
    holding = Holding((ruling.determination.level,))
    base = replace(told, levels=holding.levels, document=ruling.determination.cited, reason="")
    return compare(case.line, case.plan, case.facts, holding, base, f"{told.because}。")


def _holding(case: Case, matter: Matter) -> Holding:
    facts, line = case.facts, case.line
    belongs = facts.affiliation if not facts.doubt or facts.cause in _OF_PLACE else None
    performed = None if facts.of_other else facts.work or belongs
    return held_by(
        matter,
        Circumstances(
            scope=facts.work,
            affiliation=performed,
            transfer=all_from_above(line),
            charged=line.charged_level,
            division=facts.division,
            text=fold(f"{line.name}。{line.content}"),
        ),
        case.plan,
    )


def _why_open(case: Case, holding: Holding) -> tuple[str, str]:
    """Why no level can be told, and what the bureau can do about it."""
    if case.facts.doubt:
        return case.facts.doubt, case.facts.cure
    if words := case.facts.of_other:
        told = doubt("other_level_takes_part", words=words.words)
        return told.why, told.cure
    return holding.undecided, holding.cure


def _of_other_level(case: Case, matter: Matter, holding: Holding) -> tuple[Candidate, ...]:
    """Other matters the line pays for that another level holds."""
    main = case.subject.main
    if main is None or main.topic.name != matter.name:
        return ()
    others = ((candidate, case.plan.matter(candidate.topic.name)) for candidate in beside(main, case.seen))
    return tuple(one for one, other in others if other and _holding(case, other).levels != holding.levels)


def _why(case: Case, matter: Matter, holding: Holding) -> str:
    return case.facts.why if matter.by is By.SCOPE and case.facts.why else holding.why
