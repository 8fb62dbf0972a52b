"""Words of an officer's note: what a line is taken for, by which words, and what the clause says."""

from checker.holding import Holding
from checker.plan import Matter, Plan
from checker.recognition import Candidate
from checker.terms import Evidence

_SHOWN = 3  # how many words a note quotes


def taken_for(matter: Matter, words: tuple[Evidence, ...], declared: Evidence | None) -> str:
    """Which matter the line is, by its words or by what the bureau declared."""
    if declared:
        return f"按填报的事权事项，是“{matter.name}”"
    return f"按{quoted(words)}，是“{matter.name}”"


def ruling(plan: Plan, matter: Matter, holding: Holding) -> str:
    """What the clause gives to whom, in its own words."""
    clause = holding.clause
    quote = f"{matter.number}“{clause.quote}”" if clause else matter.number
    if len(holding.levels) > 1:
        return quote
    return f"{quote}由{plan.called(holding.levels[0])}承担"


def by_words(main: Candidate) -> str:
    """按“…”、“…”: what the reading of a line stands on."""
    return f"按{quoted(words_of(main))}"


def quoted(words: tuple[Evidence, ...]) -> str:
    """Words in quotation marks, none twice."""
    told = dict.fromkeys(f"“{evidence.words}”" for evidence in words[:_SHOWN])
    return "、".join(told) or "明细的文字"


def words_of(candidate: Candidate | None) -> tuple[Evidence, ...]:
    """The heaviest words of a candidate, none of them part of another."""
    told: list[Evidence] = []
    for one in candidate.evidence if candidate else ():
        if not any(one.words in other.words or other.words in one.words for other in told):
            told.append(one)
    return tuple(told[:_SHOWN])
