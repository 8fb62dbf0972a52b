"""Why no level of a plan holds a line: the reasons, and the judgements that say so."""

from checker import vocabulary
from checker.belonging import Kind, Subject
from checker.messages import title
from checker.note import by_words, words_of
from checker.plan import By, Plan
from checker.recognition import Candidate
from checker.terms import Evidence, Judgement, Level, Verdict

# Why a line is undecided or outside: the groups a reader sees, one phrase for one cause.
UNLISTED = "未列事项"
UPPER = "上级事权"
SEVERAL = "多事项需拆分"
VAGUE = "事项不明"
LEVEL_UNCLEAR = "级次不明"
FROM_ABOVE = "上级资金"
OPEN = "具体确定"
DISAGREES = "填报与文字不一致"
RUNNING = "机构运转"
OTHER_DOMAIN = "其他领域"
DETERMINABLE = (UNLISTED, OPEN)  # what the plan leaves to the office; of no other line a determination says anything
BY_OFFICE = "，由财政部门认定"
NOTHING = "没有本领域内容"


def unlisted(plan: Plan, subject: Subject, main: Candidate) -> Judgement:
    """A matter of the domain that the plan leaves to be determined."""
    last = next((matter for matter in plan.matters if matter.by is By.OPEN), None)
    because = f"{by_words(main)}，属于{_why(main)}，本方案没有列出这一事项"
    if subject.doubted and main.topic.kind != vocabulary.UNLISTED:
        because = (
            f"{by_words(main)}，可能与“{main.topic.name}”有关，但整行的写法更像本方案没有列出的事项"
            "（如补助奖励、代理费、保险费、评比），程序不作判断"
        )
    if last and last.wording:
        because += f"。{last.number}规定其他未列事项“{last.wording.quote}”{BY_OFFICE}"
    return Judgement(
        Verdict.UNDECIDED,
        because,
        matter=last.id if last else None,
        section=last.section if last else None,
        clause=last.wording if last else None,
        evidence=words_of(main),
        reason=UNLISTED,
    )


def _why(main: Candidate) -> str:
    """What an unlisted topic is; where the words do not say what it is done to, no more than they say."""
    bare = all(main.topic.is_bare(one.words) for one in main.evidence)
    return (main.topic.otherwise if bare else "") or main.topic.why or main.topic.name


def upper(plan: Plan, subject: Subject, main: Candidate) -> Judgement:
    """A matter the plan leaves to plans above that are not at hand."""
    level = Level(main.topic.level) if main.topic.level else None
    plans = "、".join(upper.cited for upper in plan.not_loaded if level is None or upper.level is level)
    because = f"{by_words(main)}，是“{main.topic.name}”，本方案没有划给{'、'.join(map(plan.called, plan.divides))}"
    if subject.doubted and main.topic.kind != vocabulary.UPPER:
        because = (
            f"{by_words(main)}，可能与“{main.topic.name}”有关，但整行的写法更像上级的事项"
            "（如审查授权、上级立项和拨款），程序不作判断"
        )
    because += f"。本程序没有装入{level or '上级'}的方案{plans}，由财政部门认定" if plans else "，应由上级的方案确定"
    return Judgement(Verdict.UNDECIDED, because, evidence=words_of(main), reason=UPPER)


def several(subject: Subject, listed: tuple[Candidate, ...] = ()) -> Judgement:
    """Several things in one line, of which the plan knows only some; all of those it lists are told."""
    both = tuple(one for one in (subject.main, subject.beside) if one)
    parts = tuple(one.topic.name for one in (listed if subject.main in listed else both))
    because = f"一行里有几件事（{'、'.join(parts)}），本方案只能对其中一部分作出认定，请拆分成几行"
    evidence = tuple(item for one in (subject.main, subject.beside) if one for item in words_of(one))
    return Judgement(Verdict.UNDECIDED, because, evidence=evidence, reason=SEVERAL, parts=parts)


def outside(subject: Subject) -> Judgement:
    """Nothing of this plan: running the office, or another domain."""
    main, kind = subject.main, subject.kind
    if kind is Kind.RUNNING and main is None:
        because = f"填报的{title('nature')}是机构自身运转，方案划分的是事项，不涉及机构运转"
        return Judgement(Verdict.OUTSIDE, because, reason=RUNNING)
    if kind is Kind.RUNNING and main:
        because = f"{by_words(main)}，是机构自身的运转支出，方案划分的是事项，不涉及机构运转"
        return Judgement(Verdict.OUTSIDE, because, evidence=words_of(main), reason=RUNNING)
    if main:
        because = f"{by_words(main)}，属“{main.topic.name}”，不是本方案的事项"
        return Judgement(Verdict.OUTSIDE, because, evidence=words_of(main), reason=OTHER_DOMAIN)
    return Judgement(Verdict.OUTSIDE, "名称和内容里没有本方案的事项", reason=NOTHING)


def denied(main: Candidate, words: str) -> Judgement:
    """A line that says in one column it is not what it is called in another."""
    because = (
        f"{by_words(main)}，像是“{main.topic.name}”，但明细又写明不做或没有“{words}”，前后不一致，不能据以认定；"
        f"请把“{title('name')}”改成实际要做的事"
    )
    return Judgement(Verdict.UNDECIDED, because, evidence=words_of(main), reason=VAGUE)


def vague(own: tuple[Evidence, ...]) -> Judgement:
    """A line that does not say what is done; own are the words by which it is of the domain at all."""
    because = "写得太笼统，看不出是哪一个事项，请写明做什么"
    because = f"属本领域，但{because}" if own else because
    return Judgement(Verdict.UNDECIDED, because, evidence=own, reason=VAGUE)
